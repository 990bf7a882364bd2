/**
 * Files of checkpoints' state, as workers write them into the shared storage: each is written first and made durable
 * afterwards.
 *
 * Invariants
 * - A file that is not durable when its writer dies is lost, or torn: it stays with less than its whole content.
 * - A write is answered only when the file is durable. A file that is durable keeps its content until it is deleted.
 */
import { crc32 } from 'node:zlib';
import type { StateFile } from '../../job/state-handle.js';
import type { Kernel } from '../kernel/kernel.js';
import type { SeededRandom } from '../kernel/seeded-random.js';
import type { SimulatedProcess } from '../kernel/simulated-process.js';
import type { DurableStorage } from './durable-storage.js';

const SYNC_MS = { min: 0.5, max: 30 };

export type WriteOutcome = { readonly file: StateFile } | { readonly error: string };

export class StateFiles {
  /** Nobody changes bytes that lie in the storage: what is torn is another piece of bytes. */
  readonly #checksums = new Map<Uint8Array, number>();

  constructor(
    private readonly kernel: Kernel,
    private readonly random: SeededRandom,
    private readonly storage: DurableStorage,
  ) {}

  /** @param done called in the process that wrote, if it still lives, when the file is durable or cannot be */
  write(from: SimulatedProcess, name: string, bytes: Uint8Array, done: (outcome: WriteOutcome) => void): void {
    const { weather } = this.storage;
    const isFull = weather.full;
    // A full disk leaves what fitted.
    this.storage.put(name, isFull ? bytes.slice(0, bytes.length >> 1) : bytes);
    let isDurable = false;
    from.atDeath(() => {
      if (!isDurable) this.#lose(name, bytes);
    });
    const { incarnation } = from;
    this.kernel.schedule(this.random.between(SYNC_MS.min, SYNC_MS.max) * weather.slowness, () => {
      if (from.incarnation !== incarnation) return;
      const error = this.#errorOf(isFull);
      isDurable = error === undefined;
      this.kernel.trace.line(this.kernel.now, 'state-files', `${name}: ${error ?? 'durable'}`);
      const outcome = error === undefined ? { file: this.fileOf(name, bytes) } : { error };
      from.enter(() => done(outcome));
    });
  }

  /** The whole file as its handle describes it; undefined when it is missing, torn or another. */
  read(file: StateFile): Uint8Array | undefined {
    const bytes = this.storage.read(file.name);
    if (bytes === undefined || bytes.length !== file.bytes || this.#checksumOf(bytes) !== file.crc32) return undefined;
    return bytes;
  }

  /** How a file with this content is named in a snapshot. */
  fileOf(name: string, bytes: Uint8Array): StateFile {
    return { name, bytes: bytes.length, crc32: this.#checksumOf(bytes) };
  }

  #checksumOf(bytes: Uint8Array): number {
    let checksum = this.#checksums.get(bytes);
    if (checksum === undefined) this.#checksums.set(bytes, (checksum = crc32(bytes)));
    return checksum;
  }

  #errorOf(isFull: boolean): string | undefined {
    if (isFull) return 'no space left on device';
    return this.random.chance(this.storage.weather.ioErrors) ? 'input/output error' : undefined;
  }

  #lose(name: string, bytes: Uint8Array): void {
    if (this.random.chance(0.5)) this.storage.remove(name);
    else this.storage.put(name, bytes.slice(0, this.random.integer(0, Math.max(0, bytes.length - 1))));
  }
}
