/**
 * The side files of staged epochs, for who commits them.
 *
 * Invariant: what is read is what was staged: length and checksum are held against it first.
 */
import { join } from 'node:path';
import { ConnectorError } from '../api/index.js';
import { holds, readBlocks, type Digest } from '../disk/byte-range.js';
import type { FileSystem } from '../disk/file-system.js';

/** Records as they lie, in blocks; a block is valid until the next one. */
export type Blocks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export class SideFiles {
  constructor(
    readonly files: FileSystem,
    readonly folder: string,
  ) {}

  /** Undefined where there is no such file: its epoch has been committed. */
  async read(side: string, digest: Digest): Promise<Blocks | undefined> {
    const path = join(this.folder, side);
    return (await this.files.status(path)) === undefined ? undefined : this.#read(path, digest);
  }

  async *#read(path: string, digest: Digest): AsyncGenerator<Uint8Array, void, void> {
    const file = await this.files.open(path, 'r');
    try {
      if (!(await holds(file, { ...digest, offset: 0 }))) {
        throw new ConnectorError('corrupt', `${path} does not hold the records that were staged in it`);
      }
      yield* readBlocks(file, 0, digest.bytes);
    } finally {
      await file.close();
    }
  }

  async remove(side: string): Promise<void> {
    await this.files.remove(join(this.folder, side));
  }
}

/** Copies, to be kept. */
export async function gathered(blocks: Blocks): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const block of blocks) all.push(Uint8Array.from(block));
  return all;
}
