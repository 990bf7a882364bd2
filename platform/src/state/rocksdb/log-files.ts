/**
 * The write-ahead logs in a database's folder: those that it would need after a crash, and those in its archive, that it
 * no longer needs because their content lies in tables.
 *
 * Invariants
 * - Logs are taken from the archive oldest first. So where one is there, all younger ones are.
 */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface LogFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

const SUFFIX = '.log';

export const isLog = (name: string): boolean => name.endsWith(SUFFIX);
/** Rises with each new one. */
export const numberOfLog = (name: string): number => parseInt(name, 10);

/** All of them, oldest first. */
export function logFiles(folder: string): readonly LogFile[] {
  // What is moved to the archive meanwhile is found there: it is looked at last.
  const logs = new Map(logsIn(folder).map((log) => [log.name, log]));
  for (const log of archivedLogs(folder)) logs.set(log.name, log);
  return [...logs.values()].sort(byAge);
}

/** Deletes the oldest of the archive until the others have no more than so many bytes. */
export function trimArchive(folder: string, bytesMax: number): void {
  let bytes = 0;
  for (const log of [...archivedLogs(folder)].sort(byAge).reverse()) {
    bytes += log.bytes;
    if (bytes > bytesMax) rmSync(log.path, { force: true });
  }
}

function archivedLogs(folder: string): readonly LogFile[] {
  const archive = join(folder, 'archive');
  return statSync(archive, { throwIfNoEntry: false }) === undefined ? [] : logsIn(archive);
}

function logsIn(folder: string): readonly LogFile[] {
  return readdirSync(folder)
    .filter(isLog)
    .flatMap((name) => {
      const path = join(folder, name);
      const found = statSync(path, { throwIfNoEntry: false });
      return found === undefined ? [] : [{ name, path, bytes: found.size }];
    });
}

function byAge(left: LogFile, right: LogFile): number {
  return numberOfLog(left.name) - numberOfLog(right.name);
}
