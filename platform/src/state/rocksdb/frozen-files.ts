/**
 * The files of the database at one moment, held by hard links, so that the database may delete them while they are
 * shipped. Synchronous: a few system calls, and one for each file that was not shipped before.
 *
 * Why it is consistent: MANIFEST names the SST files and what is in the WALs. SST files do not change; WAL and MANIFEST
 * only grow, so their first bytes up to today's length are today's content. Only this thread writes to the WAL. The
 * background threads may commit a new version in between: then the list of files or MANIFEST's length has changed, and
 * all is done again. A version is written to MANIFEST before it shows in the list; so while background work is running,
 * files that are in the folder but not in the list are held as well, and those that MANIFEST does not name are no harm.
 */
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LiveSst, RocksDatabase } from './rocks-database.js';
import { diskError } from './rocks-errors.js';

export interface FrozenFile {
  /** Name in the database's folder. */
  readonly name: string;
  /** What counts of it; a growing file may be longer by now. */
  readonly bytes: number;
  /** Where it can be read; undefined when it was shipped before. */
  readonly path: string | undefined;
}

export interface FrozenFiles {
  /** SST files of the version: final. */
  readonly tables: readonly FrozenFile[];
  /** WALs, MANIFEST, and SST files that may still be written and that nobody may need. */
  readonly growing: readonly FrozenFile[];
  /** Content of CURRENT. */
  readonly current: string;
}

/** Versions change at most some times a second; this is far more than ever needed. */
const ATTEMPTS = 1000;

/**
 * @param folder for the links; emptied first
 * @param isShipped whether a file of this name and length need not be held
 * @throws TidegateError TG423, TG424
 */
export function freezeFiles(
  database: RocksDatabase,
  folder: string,
  isShipped: (sst: LiveSst) => boolean,
): FrozenFiles {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      const frozen = tryFreeze(database, folder, isShipped);
      if (frozen !== undefined) return frozen;
    } catch (error) {
      // A file went away between the list and the link: the list is of yesterday.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        throw diskError(`hold the files of ${database.folder}`, error);
    }
  }
  throw diskError(`hold the files of ${database.folder}`, 'they change all the time');
}

function tryFreeze(
  database: RocksDatabase,
  folder: string,
  isShipped: (sst: LiveSst) => boolean,
): FrozenFiles | undefined {
  const at = (name: string): string => join(database.folder, name);
  const hold = (name: string, bytes: number): FrozenFile => {
    linkSync(at(name), join(folder, name));
    return { name, bytes, path: join(folder, name) };
  };
  const live = database.liveSsts();
  const wasChanging = database.isChanging;
  const current = readFileSync(at('CURRENT'), 'utf8');
  const manifest = hold(current.trim(), statSync(at(current.trim())).size);
  const names = readdirSync(database.folder);
  const { firstWal } = database;
  const growing = names
    .filter((name) => name.endsWith('.log') && parseInt(name, 10) >= firstWal)
    .map((name) => hold(name, statSync(at(name)).size));
  const tables = live.map((sst) => (isShipped(sst) ? { ...sst, path: undefined } : hold(sst.name, sst.bytes)));
  if (wasChanging || database.isChanging) {
    const listed = new Set(live.map(({ name }) => name));
    for (const name of names)
      if (name.endsWith('.sst') && !listed.has(name)) growing.push(hold(name, statSync(at(name)).size));
  }
  const isSame =
    JSON.stringify(database.liveSsts()) === JSON.stringify(live) && statSync(manifest.path!).size === manifest.bytes;
  return isSame ? { tables, growing: [...growing, manifest], current } : undefined;
}
