/**
 * Checkpoint storage in a folder, local or shared by several machines.
 *
 * Invariants
 * - A name appears with its whole content or not at all: content is written and synced under a temporary name, and then
 *   hard-linked to its own, which fails when that is taken. That is atomic also over NFS, where `O_EXCL` once was not.
 * - What was answered with `ok` or `exists` survives a power failure: the file and the folders that lead to it are synced,
 *   and after a sync that failed the next try writes anew.
 * - A temporary file that a crash left behind is never listed, and removed by the next `sweep`.
 */
import { link, mkdir, open, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { messageOf } from '../../common/errors.js';
import type { Storage, StorageAnswer, StorageErrorCode, StorageRequest } from '../../common/storage.js';

export const TEMPORARY = '.tmp-';
const OK: StorageAnswer = { ok: true };

export class FileStorage implements Storage {
  #written = 0;

  /** @param writer tells temporary files of several writers apart: unique among those that use the folder now */
  constructor(
    readonly root: string,
    private readonly writer: string,
  ) {}

  async request(request: StorageRequest): Promise<StorageAnswer> {
    try {
      switch (request.op) {
        case 'create':
          await this.#create(request.name, request.bytes);
          return OK;
        case 'read':
          return { ok: true, bytes: await readFile(join(this.root, request.name)) };
        case 'list':
          return { ok: true, names: await this.#list(request.prefix) };
        case 'delete':
          await this.#delete(request.names);
          return OK;
      }
    } catch (error) {
      return { ok: false, code: answerCode(error), message: `${this.root}: ${messageOf(error)}` };
    }
  }

  async #create(name: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.root, name);
    const folder = dirname(path);
    await makeFolder(folder);
    const temporary = join(folder, `${TEMPORARY}${this.writer}-${this.#written++}`);
    try {
      const file = await open(temporary, 'wx');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      const isTaken = await link(temporary, path).then(() => false, isThere);
      // Also of a name that is taken: it may be this very content, from a try whose sync failed. The folder is written
      // again with the temporary name, so this sync is not one that only finds nothing left to do.
      await syncFolder(folder);
      if (isTaken) throw new NameTaken(name);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async #list(prefix: string): Promise<string[]> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    const names: string[] = [];
    for (const { name, parentPath, isFile } of await entriesOf(join(this.root, folder))) {
      if (!isFile || name.startsWith(TEMPORARY)) continue;
      const path = relative(this.root, join(parentPath, name)).split(sep).join('/');
      if (path.startsWith(prefix)) names.push(path);
    }
    return names.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }

  async #delete(names: readonly string[]): Promise<void> {
    const folders = new Set<string>();
    for (const name of names) {
      const path = join(this.root, name);
      await rm(path, { force: true });
      folders.add(dirname(path));
    }
    for (const folder of folders) await this.#removeEmpty(folder);
  }

  /** A folder that holds nothing any more, and those above it. */
  async #removeEmpty(folder: string): Promise<void> {
    for (let empty = folder; empty !== this.root; empty = dirname(empty)) {
      if (!(await rmdir(empty).then(() => true, isOccupied))) return;
    }
  }

  /** Removes what crashed writers left unfinished. Only while nobody else writes into the folder. */
  async sweep(): Promise<void> {
    for (const { name, parentPath } of await entriesOf(this.root))
      if (name.startsWith(TEMPORARY)) await rm(join(parentPath, name), { force: true });
  }
}

function isThere(error: unknown): boolean {
  if (codeOf(error) !== 'exists') throw error;
  return true;
}

class NameTaken extends Error {
  constructor(name: string) {
    super(`${name} is there already`);
  }
}

interface Entry {
  readonly name: string;
  readonly parentPath: string;
  readonly isFile: boolean;
}

/**
 * All files below a folder. Folders come and go meanwhile, so one that is gone holds nothing: `readdir`'s own recursion
 * would fail with it, and what is there would not be listed.
 */
async function entriesOf(folder: string): Promise<Entry[]> {
  const found: Entry[] = [];
  const folders = [folder];
  for (let parentPath = folders.pop(); parentPath !== undefined; parentPath = folders.pop()) {
    for (const entry of await readdir(parentPath, { withFileTypes: true }).catch(ifMissing([]))) {
      if (entry.isDirectory()) folders.push(join(parentPath, entry.name));
      else found.push({ name: entry.name, parentPath, isFile: entry.isFile() });
    }
  }
  return found;
}

/** `value` in the place of what is not there; other errors stay. */
export function ifMissing<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (codeOf(error) === 'missing') return value;
    throw error;
  };
}

/** Makes a folder and all above it, each durable in the one above. */
export function makeFolder(folder: string): Promise<void> {
  return inMadeFolder(folder, () => Promise.resolve());
}

/**
 * Makes a folder and all above it, and makes them durable behind what is done in them. Where that syncs something, the journal of most
 * file systems has the folders by then: the disk is waited for once, and not twice.
 */
export async function inMadeFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const first = await mkdir(folder, { recursive: true });
  try {
    return await work();
  } finally {
    if (first !== undefined)
      for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
  }
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Something else that is there already is merely in the way. */
function answerCode(error: unknown): StorageErrorCode {
  if (error instanceof NameTaken) return 'exists';
  const code = codeOf(error);
  return code === 'exists' ? 'io' : code;
}

export function codeOf(error: unknown): StorageErrorCode {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EEXIST':
      return 'exists';
    case 'ENOENT':
      return 'missing';
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return 'full';
    default:
      return 'io';
  }
}

/** A folder that holds other names stays; one that is gone is as good as removed. */
function isOccupied(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return true;
  if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  return false;
}
