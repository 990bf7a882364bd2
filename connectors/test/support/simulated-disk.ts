/**
 * A disk in memory that forgets, when the power fails, what was not synced: the content of files, and names in folders.
 *
 * Invariants
 * - Names of a folder are lost or kept in the order in which they were changed: journals do not reorder them.
 * - Of unsynced writes to a file any prefix may survive, and its last one in part.
 * - Every operation takes a turn of the event loop, so that others come between.
 */
import { dirname } from 'node:path';
import type { FileStatus, FileSystem, OpenFile, OpenMode } from '../../src/disk/file-system.js';

interface Inode {
  readonly id: number;
  readonly mode: number;
  content: Buffer;
  /** What a power failure leaves at the least. */
  durable: Buffer;
  /** Contents since then, in order. */
  unsynced: Buffer[];
}

interface NameChange {
  readonly path: string;
  readonly inode: Inode | undefined;
}

export class SimulatedDisk implements FileSystem {
  readonly #names = new Map<string, Inode>();
  readonly #durableNames = new Map<string, Inode>();
  /** By folder. A rename within a folder is one change of two names. */
  readonly #unsynced = new Map<string, NameChange[][]>();
  #inodes = 0;

  /** `random` gives numbers in [0, 1). */
  losePower(random: () => number): void {
    for (const changes of this.#unsynced.values()) {
      for (const change of changes.slice(0, Math.floor(random() * (changes.length + 1)))) this.#apply(change);
    }
    this.#unsynced.clear();
    this.#names.clear();
    for (const [path, inode] of this.#durableNames) {
      const survived = Math.floor(random() * (inode.unsynced.length + 1));
      const whole = survived === 0 ? inode.durable : (inode.unsynced[survived - 1] ?? inode.durable);
      const torn = inode.unsynced[survived];
      const longer = torn !== undefined && torn.length > whole.length;
      const content = longer
        ? torn.subarray(0, whole.length + Math.floor(random() * (torn.length - whole.length)))
        : whole;
      // The processes that had it open are gone, and so is their inode.
      this.#names.set(path, { id: this.#inodes++, mode: inode.mode, content, durable: content, unsynced: [] });
    }
    this.#durableNames.clear();
    for (const [path, inode] of this.#names) this.#durableNames.set(path, inode);
  }

  /** What a process that looks now sees. */
  read(path: string): string | undefined {
    return this.#names.get(path)?.content.toString();
  }

  paths(): readonly string[] {
    return [...this.#names.keys()].sort();
  }

  async open(path: string, mode: OpenMode, permissions = 0o666): Promise<OpenFile> {
    let inode = this.#names.get(path);
    if (inode !== undefined && mode === 'wx') throw failure('EEXIST', path);
    if (inode === undefined) {
      if (mode === 'r' || mode === 'r+') throw failure('ENOENT', path);
      inode = {
        id: this.#inodes++,
        mode: permissions,
        content: Buffer.alloc(0),
        durable: Buffer.alloc(0),
        unsynced: [],
      };
      this.#change([{ path, inode }]);
    } else if (mode === 'w' || mode === 'w+') replaceContent(inode, Buffer.alloc(0));
    return new SimulatedFile(inode, mode === 'a' ? inode.content.length : 0);
  }

  async status(path: string): Promise<FileStatus | undefined> {
    const inode = this.#names.get(path);
    return inode === undefined ? undefined : statusOf(inode);
  }

  async list(folder: string): Promise<readonly string[]> {
    return [...this.#names.keys()]
      .filter((path) => dirname(path) === folder)
      .map((path) => path.slice(folder.length + 1));
  }

  async rename(from: string, to: string): Promise<void> {
    const inode = this.#names.get(from);
    if (inode === undefined) throw failure('ENOENT', from);
    this.#change([
      { path: to, inode },
      { path: from, inode: undefined },
    ]);
  }

  async remove(path: string): Promise<void> {
    if (this.#names.has(path)) this.#change([{ path, inode: undefined }]);
  }

  async makeFolder(): Promise<void> {}

  async syncFolder(path: string): Promise<void> {
    for (const change of this.#unsynced.get(path) ?? []) this.#apply(change);
    this.#unsynced.delete(path);
  }

  async followLink(path: string): Promise<string> {
    return path;
  }

  #change(changes: NameChange[]): void {
    for (const { path, inode } of changes) {
      if (inode === undefined) this.#names.delete(path);
      else this.#names.set(path, inode);
    }
    const folder = dirname(changes[0]?.path ?? '/');
    const unsynced = this.#unsynced.get(folder) ?? [];
    unsynced.push(changes);
    this.#unsynced.set(folder, unsynced);
  }

  #apply(changes: readonly NameChange[]): void {
    for (const { path, inode } of changes) {
      if (inode === undefined) this.#durableNames.delete(path);
      else this.#durableNames.set(path, inode);
    }
  }
}

class SimulatedFile implements OpenFile {
  constructor(
    readonly inode: Inode,
    public position: number,
  ) {}

  async read(into: Uint8Array, position: number): Promise<number> {
    return this.inode.content.subarray(position).copy(into);
  }

  async write(bytes: Uint8Array, position?: number): Promise<number> {
    const at = position ?? this.position;
    const content = Buffer.alloc(Math.max(this.inode.content.length, at + bytes.length));
    this.inode.content.copy(content);
    content.set(bytes, at);
    replaceContent(this.inode, content);
    if (position === undefined) this.position = at + bytes.length;
    return bytes.length;
  }

  async truncate(bytes: number): Promise<void> {
    replaceContent(this.inode, Buffer.from(this.inode.content.subarray(0, bytes)));
  }

  async sync(): Promise<void> {
    this.inode.durable = this.inode.content;
    this.inode.unsynced = [];
  }

  async status(): Promise<FileStatus> {
    return statusOf(this.inode);
  }

  async close(): Promise<void> {}
}

/** Contents are never changed in place: earlier ones are kept as what a power failure may leave. */
function replaceContent(inode: Inode, content: Buffer): void {
  inode.content = content;
  inode.unsynced.push(content);
}

function statusOf(inode: Inode): FileStatus {
  return { size: inode.content.length, identity: String(inode.id), isRegular: true, mode: inode.mode };
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
