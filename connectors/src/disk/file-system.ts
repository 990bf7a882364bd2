/**
 * The seam to the disk for what must be exactly right on it: tests put a disk there that dies at any operation, runs full,
 * or forgets what was not synced. Errors are Node's, with their `code`.
 */
import { mkdir, open, readdir, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { absent, ignoring } from './absent.js';

/** As in fopen(3): `wx` fails with EEXIST, `r+` and `r` with ENOENT. `w+` is `w` that can be read. */
export type OpenMode = 'r' | 'r+' | 'w' | 'w+' | 'wx' | 'a';

export interface FileStatus {
  /** Bytes. */
  readonly size: number;
  /** Device and inode: the same for two names of one file. */
  readonly identity: string;
  readonly isRegular: boolean;
  /** Permission bits. */
  readonly mode: number;
}

export interface OpenFile {
  /** Bytes read, 0 at the end. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Bytes written, perhaps fewer than given. Without a position: at the end of what was written before. */
  write(bytes: Uint8Array, position?: number): Promise<number>;
  truncate(bytes: number): Promise<void>;
  /**
   * Resolves when content and length cannot be lost; after a rejection it is unknown what the disk holds. A pipe or a
   * terminal has nothing to lose.
   */
  sync(): Promise<void>;
  status(): Promise<FileStatus>;
  close(): Promise<void>;
}

export interface FileSystem {
  /** `permissions`: of a file that is made; default 0o666, less the umask. */
  open(path: string, mode: OpenMode, permissions?: number): Promise<OpenFile>;
  /** Undefined where there is nothing. */
  status(path: string): Promise<FileStatus | undefined>;
  /** Names in a folder; none where there is no folder. */
  list(folder: string): Promise<readonly string[]>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file, if it is there. */
  remove(path: string): Promise<void>;
  /** Makes a folder and those above it, as far as need be, and so that they cannot be lost. */
  makeFolder(path: string): Promise<void>;
  /** Resolves when the names in a folder cannot be lost. */
  syncFolder(path: string): Promise<void>;
  /** Where a symbolic link leads; the path itself where there is none, or nothing. */
  followLink(path: string): Promise<string>;
}

/** Writes all of it: a disk that runs full takes a part first. */
export async function writeFully(file: OpenFile, bytes: Uint8Array, position?: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const at = position === undefined ? undefined : position + written;
    written += await file.write(bytes.subarray(written), at);
  }
}

class NodeFile implements OpenFile {
  constructor(readonly handle: FileHandle) {}

  async read(into: Uint8Array, position: number): Promise<number> {
    return (await this.handle.read(into, 0, into.length, position)).bytesRead;
  }

  async write(bytes: Uint8Array, position?: number): Promise<number> {
    return (await this.handle.write(bytes, 0, bytes.length, position ?? null)).bytesWritten;
  }

  truncate(bytes: number): Promise<void> {
    return this.handle.truncate(bytes);
  }

  sync(): Promise<void> {
    return this.handle.sync().catch(ignoring('EINVAL', undefined));
  }

  async status(): Promise<FileStatus> {
    return statusOf(await this.handle.stat());
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

export const nodeFileSystem: FileSystem = {
  open: async (path, mode, permissions) => new NodeFile(await open(path, mode, permissions)),
  status: (path) => stat(path).then(statusOf, absent(undefined)),
  list: (folder) => readdir(folder).catch(absent<readonly string[]>([])),
  rename,
  remove: (path) => rm(path, { force: true }),
  async makeFolder(path) {
    const first = await mkdir(path, { recursive: true });
    if (first === undefined) return;
    for (let made = path; ; made = dirname(made)) {
      await this.syncFolder(dirname(made));
      if (made === first || made === dirname(made)) return;
    }
  },
  async syncFolder(path) {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  followLink: (path) => realpath(path).catch(absent(path)),
};

function statusOf(stats: {
  readonly size: number;
  readonly dev: number;
  readonly ino: number;
  readonly mode: number;
  isFile(): boolean;
}): FileStatus {
  const { size, dev, ino, mode } = stats;
  return { size, identity: `${dev}:${ino}`, isRegular: stats.isFile(), mode: mode & 0o777 };
}
