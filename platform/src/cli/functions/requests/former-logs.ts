/**
 * The logs of invocations that earlier attempts have left in a job's folder, and what of them is to be done again.
 *
 *     STATE_DIR/invocations/ATTEMPT-SUBTASK/   the segments of the log: connectors/src/event-log
 *                                   covered    so many of its entries are in a complete checkpoint
 *                                   sealed     a later attempt reads it: nothing that is written from now on counts
 *                                   counted    so many of its entries count
 *
 * Invariants
 * - Behind the seal all readers of a log read the same entries of it, whatever a writer that was taken for dead still does,
 *   and whether or not the machine has lost its power since.
 * - A log is read from where the checkpoint that is restored says; one of a later attempt than the checkpoint's, whole.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { link, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EventLog, LogCursor } from '@tidegate/connectors/event-log';
import { decodeEntry, type InvocationEntry } from '../../../functions/requests/invocation-entry.js';
import type { LogPosition } from '../../../functions/requests/invocation-log.js';
import { ifMissing, syncFolder } from '../../storage/file-storage.js';

const NAME = /^(\d{16})-(\d+)$/;
const SEALED = 'sealed';
const COUNTED = 'counted';
const COVERED = 'covered';

export interface FormerLogs {
  readonly past: readonly InvocationEntry[];
  /** The checkpoint is not the one that the logs go on from: nothing of them is done again. */
  readonly isBehind: boolean;
}

export function logName(attempt: number, subtask: number): string {
  return `${String(attempt).padStart(16, '0')}-${subtask}`;
}

/** The names of logs of attempts before one, the oldest first. */
export function namesBefore(root: string, attempt: number): readonly string[] {
  return namesIn(root)
    .filter((name) => attemptOf(name) < attempt)
    .sort();
}

/** Whether somebody reads the log already, who must not be told of more. */
export function isSealed(folder: string): boolean {
  return existsSync(join(folder, SEALED));
}

/** So many entries of a log are in a checkpoint that is complete. */
export function markCovered(folder: string, next: number): void {
  const path = join(folder, COVERED);
  writeFileSync(`${path}.next`, String(next));
  renameSync(`${path}.next`, path);
}

export function removeLogs(root: string, names: readonly string[]): void {
  for (const name of names) rmSync(join(root, name), { recursive: true, force: true });
}

/**
 * Seals what attempts before one have left, and reads what is to be done again.
 * @param positions of the checkpoint that is restored; undefined: none is
 */
export async function readFormerLogs(
  root: string,
  attempt: number,
  positions: readonly LogPosition[] = [],
): Promise<FormerLogs> {
  const names = namesBefore(root, attempt);
  for (const name of names) writeFileSync(join(root, name, SEALED), '');
  const known = new Map(positions.map((one) => [one.log, one]));
  const attemptRestored = Math.max(-1, ...positions.map((position) => position.attempt));
  // Others are in the checkpoint, and there still, as nobody has heard yet that it is complete.
  const open = names.filter((name) => known.has(name) || attemptOf(name) > attemptRestored);
  // A log that is covered further than the checkpoint knows has made a later checkpoint than this one.
  if (open.some((name) => coveredOf(join(root, name)) > (known.get(name)?.next ?? 0)))
    return { past: [], isBehind: true };
  const past: InvocationEntry[] = [];
  for (const name of open) {
    const entries = await readLog(join(root, name), known.get(name));
    if (entries === undefined) return { past: [], isBehind: true };
    past.push(...entries);
  }
  return { past, isBehind: false };
}

/** Undefined when entries are gone that the checkpoint does not have. */
async function readLog(folder: string, position: LogPosition | undefined): Promise<InvocationEntry[] | undefined> {
  const log = await EventLog.open(folder);
  try {
    const counted = await agreedCount(folder, log.next);
    const except = new Set(position?.except);
    const from = Math.min(position?.next ?? 0, ...except);
    if (from < log.first) return undefined;
    const entries: InvocationEntry[] = [];
    const cursor = new LogCursor(log, from);
    for (let block = await cursor.next(); block !== undefined; block = await cursor.next())
      for (const [index, payload] of block.payloads.entries()) {
        const number = block.first + index;
        const isOpen = number >= (position?.next ?? 0) || except.has(number);
        if (isOpen && number < counted) entries.push(decodeEntry(payload as Uint8Array));
      }
    await cursor.close();
    return entries;
  } finally {
    await log.close();
  }
}

/** The first who has read a sealed log says how many of its entries count. */
async function agreedCount(folder: string, count: number): Promise<number> {
  const path = join(folder, COUNTED);
  const own = `${path}-${randomUUID()}`;
  try {
    const file = await open(own, 'wx');
    try {
      await file.writeFile(String(count));
      await file.sync();
    } finally {
      await file.close();
    }
    await link(own, path).catch(ifThere);
    await syncFolder(folder);
  } finally {
    await rm(own, { force: true });
  }
  return Number(await readFile(path, 'utf8'));
}

function ifThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

function coveredOf(folder: string): number {
  const path = join(folder, COVERED);
  return existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
}

function namesIn(root: string): readonly string[] {
  try {
    return readdirSync(root).filter((name) => NAME.test(name));
  } catch (error) {
    return ifMissing<string[]>([])(error);
  }
}

function attemptOf(name: string): number {
  return Number(NAME.exec(name)![1]);
}
