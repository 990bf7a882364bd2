/**
 * What a step wants done, and who waits for the answers: turns the ports of the machines inside a JobMaster into effects,
 * and its events into answers.
 *
 * Invariants
 * - Each answer and each timer is told once, and nothing after `close`.
 */
import type { StoragePort } from '../checkpoint/storage-requests.js';
import type { Clock } from '../common/clock.js';
import type { StorageAnswer, StorageRequest } from '../common/storage.js';
import type { Discovered, Discovery, JobEffect } from './job-events.js';

export class Outbox implements Clock, StoragePort {
  #effects: JobEffect[] = [];
  #next = 1;
  readonly #timers = new Map<number, () => void>();
  readonly #requests = new Map<number, (answer: StorageAnswer) => void>();
  readonly #discoveries = new Map<number, (found: Discovered) => void>();
  #isClosed = false;

  constructor(private readonly time: Pick<Clock, 'now' | 'monotonic'>) {}

  now(): number {
    return this.time.now();
  }

  monotonic(): number {
    return this.time.monotonic();
  }

  push(effect: JobEffect): void {
    this.#effects.push(effect);
  }

  /** Whether nobody waits for the storage or a timer. */
  get isIdle(): boolean {
    return this.#timers.size + this.#requests.size === 0;
  }

  /** What is to be done, in this order. */
  take(): readonly JobEffect[] {
    return this.#effects.splice(0);
  }

  schedule(ms: number, callback: () => void): () => void {
    if (this.#isClosed) return () => {};
    const timer = this.#next++;
    this.#timers.set(timer, callback);
    this.push({ kind: 'schedule', timer, ms });
    return () => {
      if (this.#timers.delete(timer)) this.push({ kind: 'unschedule', timer });
    };
  }

  request(ask: StorageRequest, answered: (answer: StorageAnswer) => void): void {
    if (this.#isClosed) return;
    const request = this.#next++;
    this.#requests.set(request, answered);
    this.push({ kind: 'storage', request, ask });
  }

  discover(wanted: Discovery, answered: (found: Discovered) => void): void {
    if (this.#isClosed) return;
    const discovery = this.#next++;
    this.#discoveries.set(discovery, answered);
    this.push({ kind: 'discover', discovery, ...wanted });
  }

  fire(timer: number): void {
    take(this.#timers, timer)?.();
  }

  answer(request: number, answer: StorageAnswer): void {
    take(this.#requests, request)?.(answer);
  }

  found(discovery: number, found: Discovered): void {
    take(this.#discoveries, discovery)?.(found);
  }

  /** Nobody waits any more. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers.keys()) this.push({ kind: 'unschedule', timer });
    this.#timers.clear();
    this.#requests.clear();
    this.#discoveries.clear();
  }
}

/** Out of a table of those who wait. */
function take<T>(waiting: Map<number, T>, id: number): T | undefined {
  const found = waiting.get(id);
  waiting.delete(id);
  return found;
}
