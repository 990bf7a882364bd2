/**
 * The files of the database at one moment, held by hard links, so that the database may delete them while they are
 * shipped. Synchronous: a few system calls, and one for each file that was not shipped before.
 *
 * Why it is consistent: MANIFEST names the SST files and what is in the WALs. SST files do not change; WAL and MANIFEST
 * only grow, so their first bytes up to today's length are today's content. Only this thread writes to the WAL. The
 * background threads may commit a new version in between: then the list of files or MANIFEST's length has changed, and
 * all is done again. A version is written to MANIFEST before it shows in the list; so while background work is running,
 * files that are in the folder but not in the list are held as well, and those that MANIFEST does not name are no harm.
 *
 * Mostly less is needed. The tables and MANIFEST of an older checkpoint with all logs since then are the same state:
 * that which a crash would leave if nothing had been flushed or compacted meanwhile. So as long as the logs are short a
 * checkpoint is its base and the new end of the log, and what the background makes of the tables is shipped only with the
 * first one whose logs are too long, as the changelog backend of Apache Flink (FLIP-158) does. Until then the logs that
 * RocksDB no longer needs are kept in its archive.
 */
import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { isLog, logFiles, numberOfLog } from './log-files.js';
import type { LiveSst, RocksDatabase } from './rocks-database.js';
import { diskError } from './rocks-errors.js';
import { bytesOf, hasTable, inFiles, type ShippedParts } from './shipped-files.js';

export interface FrozenFile {
  /** Name in the database's folder. */
  readonly name: string;
  /** What counts of it; a growing file may be longer by now. */
  readonly bytes: number;
  /** Where it can be read; undefined when all that counts of it was shipped before, or is its tail. */
  readonly path: string | undefined;
  /** What counts of it behind what was shipped in files, where that is little. */
  readonly tail?: Uint8Array;
}

export interface FrozenFiles {
  /** SST files of the version, and what else does not grow. */
  readonly final: readonly FrozenFile[];
  /** WALs, MANIFEST, and SST files that may still be written and that nobody may need. */
  readonly growing: readonly FrozenFile[];
  /** Content of CURRENT; undefined when it is among the final ones. */
  readonly current: string | undefined;
}

/** Versions change at most some times a second; this is far more than ever needed. */
const ATTEMPTS = 1000;
const CURRENT = 'CURRENT';
/**
 * Logs of a checkpoint, bytes: a restore writes them again, some ten megabytes a second. About what the memtables hold, and
 * so no more than it may be anyway.
 */
export const LOG_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Of the end of a log, bytes: less is kept with the checkpoint's metadata. A file of its own has to be synced, as have the folders
 * that lead to it, each of which waits for the disk; the metadata is written anyway.
 */
export const TAIL_BYTES_MAX = 64 * 1024;

/**
 * @param folder for the links; emptied first
 * @param base what was shipped before and need not be held
 * @throws TidegateError TG423, TG424
 */
export function freezeFiles(database: RocksDatabase, folder: string, base: ShippedParts): FrozenFiles {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      rmSync(folder, { recursive: true, force: true });
      const frozen = freezeLogs(database, folder, base) ?? tryFreeze(database, folder, base);
      if (frozen !== undefined) return frozen;
    } catch (error) {
      // A file went away between the list and the link: the list is of yesterday.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        throw diskError(`hold the files of ${database.folder}`, error);
    }
  }
  throw diskError(`hold the files of ${database.folder}`, 'they change all the time');
}

/**
 * The files of the base, and what has come to its logs: no table, whatever was flushed and compacted since.
 * @returns undefined where the logs are no longer there, or too long
 */
function freezeLogs(database: RocksDatabase, folder: string, base: ShippedParts): FrozenFiles | undefined {
  const names = [...base.keys()];
  const newest = Math.max(...names.filter(isLog).map(numberOfLog));
  const grown = logFiles(database.folder).filter(({ name }) => numberOfLog(name) >= newest);
  // What a store was restored from are tables alone, of another database.
  if (!base.has(CURRENT) || grown.length === 0 || numberOfLog(grown[0]!.name) !== newest) return undefined;
  const final = names
    .filter((name) => !isLog(name) || numberOfLog(name) < newest)
    .map((name) => ({ name, bytes: bytesOf(base.get(name)!), path: undefined }));
  const logs = [...final.filter(({ name }) => isLog(name)), ...grown];
  if (logs.reduce((sum, { bytes }) => sum + bytes, 0) > LOG_BYTES_MAX) return undefined;
  const growing = grown.map(({ name, path, bytes }, i) => {
    const shipped = inFiles(base.get(name) ?? []);
    const isSmall = shipped.length > 0 && bytes - bytesOf(shipped) <= TAIL_BYTES_MAX;
    // One that is written to no more is shipped whole now: else each would leave its end in the metadata.
    return i === grown.length - 1 && isSmall
      ? { name, bytes, path: undefined, tail: readTail(path, bytesOf(shipped), bytes) }
      : hold(path, folder, name, bytes);
  });
  return { final, growing, current: undefined };
}

function readTail(path: string, start: number, end: number): Uint8Array {
  const tail = new Uint8Array(end - start);
  const file = openSync(path, 'r');
  try {
    for (let at = 0; at < tail.length;) {
      const read = readSync(file, tail, at, tail.length - at, start + at);
      if (read === 0) throw new Error(`${path} has become shorter`);
      at += read;
    }
  } finally {
    closeSync(file);
  }
  return tail;
}

function hold(from: string, folder: string, name: string, bytes: number): FrozenFile {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  linkSync(from, path);
  return { name, bytes, path };
}

function tryFreeze(database: RocksDatabase, folder: string, base: ShippedParts): FrozenFiles | undefined {
  const at = (name: string): string => join(database.folder, name);
  const holdAs = (name: string, bytes: number): FrozenFile => hold(at(name), folder, name, bytes);
  const isShipped = (sst: LiveSst): boolean => hasTable(base, sst);
  const live = database.liveSsts();
  const wasChanging = database.isChanging;
  const current = readFileSync(at(CURRENT), 'utf8');
  const manifest = holdAs(current.trim(), statSync(at(current.trim())).size);
  const names = readdirSync(database.folder);
  const { firstWal } = database;
  const growing = names
    .filter((name) => isLog(name) && numberOfLog(name) >= firstWal)
    .map((name) => holdAs(name, statSync(at(name)).size));
  const final = live.map((sst) => (isShipped(sst) ? { ...sst, path: undefined } : holdAs(sst.name, sst.bytes)));
  if (wasChanging || database.isChanging) {
    const listed = new Set(live.map(({ name }) => name));
    for (const name of names)
      if (name.endsWith('.sst') && !listed.has(name)) growing.push(holdAs(name, statSync(at(name)).size));
  }
  const isSame =
    JSON.stringify(database.liveSsts()) === JSON.stringify(live) && statSync(manifest.path!).size === manifest.bytes;
  return isSame ? { final, growing: [...growing, manifest], current } : undefined;
}
