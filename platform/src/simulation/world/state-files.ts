/**
 * Files of checkpoints' state, as workers write them: each is written first and made durable afterwards.
 *
 * Invariants
 * - A file that is not durable when its writer dies is lost, or torn: it stays with less than its whole content.
 * - `write` resolves only when the file is durable. A file that is durable keeps its content.
 */
import { crc32 } from 'node:zlib';
import type { StateFile } from '../../job/state-handle.js';
import type { Kernel } from '../kernel/kernel.js';
import type { SeededRandom } from '../kernel/seeded-random.js';
import type { SimulatedProcess } from '../kernel/simulated-process.js';

import type { StorageWeather } from './durable-storage.js';

const SYNC_MS = { min: 0.5, max: 12 };

interface WrittenFile {
  bytes: Uint8Array;
  durable: boolean;
}

export type WriteOutcome = { readonly file: StateFile } | { readonly error: string };

export class StateFiles {
  readonly #files = new Map<string, WrittenFile>();

  constructor(
    private readonly kernel: Kernel,
    private readonly random: SeededRandom,
    private readonly weather: StorageWeather,
  ) {}

  /** @param done called in the process that wrote, if it still lives, when the file is durable or cannot be */
  write(from: SimulatedProcess, name: string, bytes: Uint8Array, done: (outcome: WriteOutcome) => void): void {
    const written: WrittenFile = { bytes, durable: false };
    const { incarnation } = from;
    const full = this.weather.full;
    // A full disk leaves what fitted.
    if (full) written.bytes = bytes.slice(0, bytes.length >> 1);
    this.#files.set(name, written);
    from.atDeath(() => {
      if (!written.durable) this.#lose(name, written);
    });
    this.kernel.schedule(this.random.between(SYNC_MS.min, SYNC_MS.max) * this.weather.slowness, () => {
      if (from.incarnation !== incarnation) return;
      const failed = full
        ? 'no space left on device'
        : this.random.chance(this.weather.ioErrors)
          ? 'input/output error'
          : '';
      written.durable = failed === '';
      this.kernel.trace.line(this.kernel.now, 'state-files', `${name}: ${failed === '' ? 'durable' : failed}`);
      from.enter(() =>
        done(failed === '' ? { file: { name, bytes: bytes.length, crc32: crc32(bytes) } } : { error: failed }),
      );
    });
  }

  /** The whole file as its handle describes it; undefined when it is missing, torn or another. */
  read(file: StateFile): Uint8Array | undefined {
    const written = this.#files.get(file.name);
    if (written === undefined || written.bytes.length !== file.bytes || crc32(written.bytes) !== file.crc32)
      return undefined;
    return written.bytes;
  }

  delete(name: string): void {
    this.#files.delete(name);
  }

  names(): string[] {
    return [...this.#files.keys()].sort();
  }

  #lose(name: string, written: WrittenFile): void {
    if (this.random.chance(0.5)) this.#files.delete(name);
    else written.bytes = written.bytes.slice(0, this.random.integer(0, Math.max(0, written.bytes.length - 1)));
  }
}
