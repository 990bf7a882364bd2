/**
 * Timers: the order in memory, the timers themselves as entries of keyed state, so that they are in every checkpoint.
 *
 * Invariants
 * - The heap and the table hold the same timers; only the heap is read, the table is written.
 * - A timer is gone from both before it fires, so that what `fire` sets again is a new one.
 */
import type { Key } from '../../record/key.js';
import type { TimerService } from '../keyed-store.js';
import type { MapTable } from '../state-tables.js';
import { Timer, TimerHeap } from './timer-heap.js';

export class TableTimerService implements TimerService {
  readonly #heap = new TimerHeap();
  readonly #byKey = new Map<Key, Map<string, Timer>>();

  constructor(private readonly table: MapTable<true>) {
    for (const [key, id] of table.all()) {
      const [time, tag] = parseId(String(id));
      this.#add(new Timer(key, time, tag), String(id));
    }
  }

  set(key: Key, time: number, tag = ''): void {
    const id = idOf(time, tag);
    if (this.#byKey.get(key)?.has(id)) return;
    this.#add(new Timer(key, time, tag), id);
    this.table.put(key, id, true);
  }

  #add(timer: Timer, id: string): void {
    let timers = this.#byKey.get(timer.key);
    if (timers === undefined) this.#byKey.set(timer.key, (timers = new Map()));
    timers.set(id, timer);
    this.#heap.add(timer);
  }

  cancel(key: Key, time: number, tag = ''): void {
    const id = idOf(time, tag);
    const timer = this.#byKey.get(key)?.get(id);
    if (timer === undefined) return;
    this.#remove(key, id);
    this.#heap.cancel(timer);
  }

  #remove(key: Key, id: string): void {
    const timers = this.#byKey.get(key);
    timers?.delete(id);
    if (timers?.size === 0) this.#byKey.delete(key);
    this.table.delete(key, id);
  }

  get next(): number {
    return this.#heap.peek()?.time ?? Infinity;
  }

  advance(time: number, fire: (key: Key, time: number, tag: string) => void): void {
    for (let timer = this.#heap.peek(); timer !== undefined && timer.time <= time; timer = this.#heap.peek()) {
      this.#heap.pop();
      this.#remove(timer.key, idOf(timer.time, timer.tag));
      fire(timer.key, timer.time, timer.tag);
    }
  }
}

/** A text that begins with a digit or a sign: a key of a map. */
function idOf(time: number, tag: string): string {
  return `${time}/${tag}`;
}

function parseId(id: string): [time: number, tag: string] {
  const end = id.indexOf('/');
  return [Number(id.slice(0, end)), id.slice(end + 1)];
}
