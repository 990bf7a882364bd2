/**
 * Temporary files for what does not fit into memory. Each file is length-prefixed chunks; the folder is made at the first
 * spill and removed with the job.
 */
import { closeSync, mkdtempSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, TidegateError } from '../../common/errors.js';
import type { SpillFile, SpillStorage } from '../../time/event-sorter.js';

export class SpillDirectory implements SpillStorage {
  #folder: string | undefined;
  #files = 0;

  constructor(private readonly parent: string) {}

  create(): SpillFile {
    try {
      mkdirSync(this.parent, { recursive: true });
      this.#folder ??= mkdtempSync(join(this.parent, 'spill-'));
      return new DiskSpillFile(join(this.#folder, String(this.#files++)));
    } catch (error) {
      throw cannotSpill(this.parent, error);
    }
  }

  remove(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }
}

function cannotSpill(path: string, cause: unknown): TidegateError {
  return new TidegateError(
    'TG403',
    `cannot spill to ${path}: ${messageOf(cause)}. Free space, or set settings.stateDir to another disk.`,
    { cause },
  );
}

class DiskSpillFile implements SpillFile {
  readonly #descriptor: number;
  #open = true;

  constructor(private readonly path: string) {
    this.#descriptor = openSync(path, 'wx+');
  }

  append(chunk: Uint8Array): void {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(chunk.length);
    this.#write(length);
    this.#write(chunk);
  }

  #write(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#descriptor, bytes, at);
    } catch (error) {
      throw cannotSpill(this.path, error);
    }
  }

  *read(): Generator<Uint8Array> {
    const length = Buffer.alloc(4);
    for (let at = 0; this.#readAt(length, at);) {
      const chunk = Buffer.alloc(length.readUInt32LE());
      this.#readAt(chunk, at + 4);
      at += 4 + chunk.length;
      yield chunk;
    }
  }

  #readAt(target: Buffer, position: number): boolean {
    let filled = 0;
    while (filled < target.length) {
      const count = readSync(this.#descriptor, target, filled, target.length - filled, position + filled);
      if (count === 0) return false;
      filled += count;
    }
    return true;
  }

  delete(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#descriptor);
    rmSync(this.path, { force: true });
  }
}
