/** A file system as one attempt has it: it ends with it. */
import type { FileStatus, FileSystem, OpenFile, OpenMode } from '../../../src/disk/file-system.js';
import type { Life } from './life.js';

export class MortalFiles implements FileSystem {
  readonly #open = new Set<OpenFile>();

  constructor(
    readonly files: FileSystem,
    readonly life: Life,
  ) {}

  /** What the system does for a process that has ended. */
  async closeAll(): Promise<void> {
    for (const file of this.#open) await file.close();
    this.#open.clear();
  }

  open(path: string, mode: OpenMode, permissions?: number): Promise<OpenFile> {
    return this.life.step(async () => {
      const file = await this.files.open(path, mode, permissions);
      this.#open.add(file);
      return new MortalFile(file, this.life, () => this.#open.delete(file));
    });
  }

  status(path: string): Promise<FileStatus | undefined> {
    return this.life.step(() => this.files.status(path));
  }

  list(folder: string): Promise<readonly string[]> {
    return this.life.step(() => this.files.list(folder));
  }

  rename(from: string, to: string): Promise<void> {
    return this.life.step(() => this.files.rename(from, to));
  }

  remove(path: string): Promise<void> {
    return this.life.step(() => this.files.remove(path));
  }

  makeFolder(path: string): Promise<void> {
    return this.life.step(() => this.files.makeFolder(path));
  }

  syncFolder(path: string): Promise<void> {
    return this.life.step(() => this.files.syncFolder(path));
  }

  followLink(path: string): Promise<string> {
    return this.life.step(() => this.files.followLink(path));
  }
}

class MortalFile implements OpenFile {
  constructor(
    readonly file: OpenFile,
    readonly life: Life,
    readonly closed: () => void,
  ) {}

  read(into: Uint8Array, position: number): Promise<number> {
    return this.life.step(() => this.file.read(into, position));
  }

  write(bytes: Uint8Array, position?: number): Promise<number> {
    return this.life.step(
      () => this.file.write(bytes, position),
      () => this.file.write(bytes.subarray(0, bytes.length >> 1), position),
    );
  }

  truncate(bytes: number): Promise<void> {
    return this.life.step(() => this.file.truncate(bytes));
  }

  sync(): Promise<void> {
    return this.life.step(() => this.file.sync());
  }

  status(): Promise<FileStatus> {
    return this.life.step(() => this.file.status());
  }

  close(): Promise<void> {
    return this.life.step(async () => {
      this.closed();
      await this.file.close();
    });
  }
}
