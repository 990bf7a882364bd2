/**
 * The checkpoint storage that all processes share (a network folder, a bucket): small files behind `common/storage.ts`.
 *
 * Invariants
 * - A request happens at one instant between its being sent and its being answered, also when whoever sent it is paused or
 *   dead by then: a late write of an old leader is an ordinary event here.
 * - `create` is exclusive. After `io` the write may have happened or not.
 */
import type { StorageAnswer, StorageErrorCode, StorageRequest } from '../../common/storage.js';
import type { Kernel } from '../kernel/kernel.js';
import type { SeededRandom } from '../kernel/seeded-random.js';
import type { SimulatedProcess } from '../kernel/simulated-process.js';

/** What is wrong with the storage now. */
export interface StorageWeather {
  /** No room: `create` fails. */
  full: boolean;
  /** Probability that a request fails with `io`. */
  ioErrors: number;
  /** Factor on every latency. */
  slowness: number;
  /** Probability that what is read comes with one bit changed. */
  damage: number;
}

/** Sees what happens to files, at once. */
export interface StorageObserver {
  created(name: string, bytes: Uint8Array): void;
  deleted(name: string): void;
}

const LATENCY_MS = { min: 0.2, max: 6 };

export class DurableStorage {
  readonly #files = new Map<string, Uint8Array>();
  readonly weather: StorageWeather = { full: false, ioErrors: 0, slowness: 1, damage: 0 };
  observer: StorageObserver | undefined;

  constructor(
    private readonly kernel: Kernel,
    private readonly random: SeededRandom,
  ) {}

  /** @param answer called in the process that asked, if it still lives */
  request(from: SimulatedProcess, request: StorageRequest, answer: (answer: StorageAnswer) => void): void {
    const { incarnation } = from;
    this.kernel.schedule(this.#latency(), () => {
      const result = this.#apply(request);
      const { trace, now } = this.kernel;
      if (trace.on) trace.line(now, 'storage', `${from.name} ${describe(request)}: ${result.ok ? 'ok' : result.code}`);
      this.kernel.schedule(this.#latency(), () => {
        if (from.incarnation === incarnation) from.enter(() => answer(result));
      });
    });
  }

  /** What an observer sees, at once. */
  read(name: string): Uint8Array | undefined {
    return this.#files.get(name);
  }

  names(prefix: string): string[] {
    return [...this.#files.keys()].filter((name) => name.startsWith(prefix)).sort();
  }

  /** Puts a file there at once: for files that are written piece by piece, see `state-files.ts`. */
  put(name: string, bytes: Uint8Array): void {
    this.#files.set(name, bytes);
  }

  remove(name: string): void {
    this.#files.delete(name);
  }

  #latency(): number {
    return this.random.between(LATENCY_MS.min, LATENCY_MS.max) * this.weather.slowness;
  }

  #apply(request: StorageRequest): StorageAnswer {
    if (this.random.chance(this.weather.ioErrors)) {
      // Half of the failures come after the deed.
      if (this.random.chance(0.5)) this.#perform(request);
      return failure('io', 'input/output error');
    }
    return this.#perform(request);
  }

  /** As they arrive at the reader. */
  #carried(bytes: Uint8Array): Uint8Array {
    // A Buffer's own `slice` would not copy.
    const copy = Uint8Array.from(bytes);
    if (!this.random.chance(this.weather.damage)) return copy;
    const bit = this.random.integer(0, copy.length * 8 - 1);
    copy[bit >> 3]! ^= 1 << (bit & 7);
    return copy;
  }

  #perform(request: StorageRequest): StorageAnswer {
    switch (request.op) {
      case 'create':
        if (this.#files.has(request.name)) return failure('exists', `${request.name} exists`);
        if (this.weather.full) return failure('full', 'no space left on device');
        this.#files.set(request.name, Uint8Array.from(request.bytes));
        this.observer?.created(request.name, request.bytes);
        return { ok: true };
      case 'read': {
        const bytes = this.#files.get(request.name);
        if (bytes === undefined) return failure('missing', `${request.name} is missing`);
        return { ok: true, bytes: this.#carried(bytes) };
      }
      case 'list':
        return { ok: true, names: this.names(request.prefix) };
      case 'delete':
        for (const name of request.names) if (this.#files.delete(name)) this.observer?.deleted(name);
        return { ok: true };
    }
  }
}

function failure(code: StorageErrorCode, message: string): StorageAnswer {
  return { ok: false, code, message };
}

function describe(request: StorageRequest): string {
  switch (request.op) {
    case 'list':
      return `list ${request.prefix}`;
    case 'delete':
      return `delete ${request.names.join(' ')}`;
    default:
      return `${request.op} ${request.name}`;
  }
}
