/**
 * Keyed state as operators see it: named states, each value under its key. Operators are built against this interface; the
 * backends (heap, RocksDB) keep the same contract, and one conformance suite holds both against a model.
 *
 * Invariants
 * - A state belongs to an owner (`rules.card-testing`) and a name; its value for one key is never seen under another.
 * - A value handed to `put` belongs to the store; the caller may change it in place only between `get` and `put` of the
 *   same key, and must `put` it again for the change to be durable. What `get` gave is good until the next `drain`, or
 *   until a thousand other keys were read: a backend on disk keeps to its budget also in a long step.
 * - Everything is synchronous. A backend on disk reads misses of a frame at once: see `prefetch`.
 */
import type { CheckpointBarrier } from '../job/checkpoint-barrier.js';
import type { StateDescription } from '../job/state-handle.js';
import type { ByteReader } from '../record/codec/byte-reader.js';
import type { Key } from '../record/key.js';
import type { KeyedSnapshot } from './keyed-snapshot.js';
import type { StateCodec } from './state-codec.js';

/** What somebody wants to know of a value: from the value, or from its bytes where it is not decoded. */
export interface Glance<T, G> {
  ofValue(value: T): G;
  /** @param bytes as the state's codec wrote them; they need not be read to their end */
  ofBytes(bytes: ByteReader): G;
}

/** One value for each key. */
export interface ValueState<T> {
  get(key: Key): T | undefined;
  put(key: Key, value: T): void;
  delete(key: Key): void;
  /** All keys that hold a value, in no promised order. May read the disk: for restores and tools, not for each record. */
  keys(): Iterable<Key>;
  /**
   * What a glance at each value tells, in no promised order. A value on a disk is read as far as the glance reads it, and
   * is not taken into memory. For restores, as `keys`; the state is left as it is meanwhile.
   */
  scan<G>(glance: Glance<T, G>): Iterable<readonly [key: Key, told: G]>;
  /**
   * The same of keys behind one, in runs of which each is in the order of the keys' canonical bytes, and is read from the disk as far
   * as it is taken. Undefined where values are in memory, in no order: there `scan` is no dearer.
   */
  runs<G>(after: Key | undefined, glance: Glance<T, G>): Iterable<Iterable<readonly [key: Key, told: G]>> | undefined;
  /** Says that these keys are about to be read, so that a backend on disk can read them at once. */
  prefetch(keys: readonly (Key | undefined)[], count: number): void;
  /** Whether values may have to be read from a disk, so that finding out which keys to `prefetch` is worth the while. */
  readonly isOnDisk: boolean;
  /** Whether no key holds a value; a backend that does not know says false. */
  readonly isEmpty: boolean;
}

export interface ListState<T> {
  get(key: Key): readonly T[];
  add(key: Key, value: T): void;
  update(key: Key, values: readonly T[]): void;
  delete(key: Key): void;
}

/** A map for each key; `entries` in the order of the map keys' canonical bytes. */
export interface MapState<V> {
  get(key: Key, mapKey: Key): V | undefined;
  put(key: Key, mapKey: Key, value: V): void;
  delete(key: Key, mapKey: Key): void;
  entries(key: Key): Iterable<readonly [mapKey: Key, value: V]>;
  /** The first of them that stand behind a map key, at most so many; on a disk no others are read. */
  behind(key: Key, after: Key | undefined, limit: number): readonly (readonly [mapKey: Key, value: V])[];
  clear(key: Key): void;
}

/** A value that grows by an associative function of two values. */
export interface ReducingState<T> {
  get(key: Key): T | undefined;
  add(key: Key, value: T): void;
  delete(key: Key): void;
}

/** A value that grows by an accumulator. */
export interface AggregatingState<I, O> {
  get(key: Key): O | undefined;
  add(key: Key, value: I): void;
  delete(key: Key): void;
}

export interface Aggregator<I, A, O> {
  create(): A;
  add(accumulator: A, value: I): A;
  result(accumulator: A): O;
}

/**
 * How long a value is kept after it was last written (processing time, `Clock.now()`); expired values are never seen.
 * Elements of a list and entries of a map run out each for itself. The object may be changed while the state is open: what
 * it says counts from then on, also for what is there.
 */
export interface TimeToLive {
  /** Infinity: for ever, until that is changed. */
  readonly ms: number;
  /** Whether reading begins the time anew. Default false. */
  readonly onRead?: boolean;
}

/** Identity and form of a state. */
export interface StateOptions<T> {
  readonly owner: string;
  readonly name: string;
  readonly codec: StateCodec<T>;
  readonly ttl?: TimeToLive;
}

/** Calls back keys at times: event time by `advance`, processing time by the clock. Timers are keyed state. */
export interface TimerService {
  /** One timer for each (key, time, tag); set again it is the same. Times are integer ms. */
  set(key: Key, time: number, tag?: string): void;
  cancel(key: Key, time: number, tag?: string): void;
  /** The soonest; +Infinity when there is none. */
  readonly next: number;
  /** Takes what is due by `time`, in the order of time, then of the key's canonical bytes, then of the tag. */
  advance(time: number, fire: (key: Key, time: number, tag: string) => void): void;
}

export interface KeyedStore {
  /** The same object at every call with the same owner and name. */
  value<T>(options: StateOptions<T>): ValueState<T>;
  list<T>(options: StateOptions<T>): ListState<T>;
  map<V>(options: StateOptions<V>): MapState<V>;
  reducing<T>(options: StateOptions<T>, reduce: (left: T, right: T) => T): ReducingState<T>;
  aggregating<I, A, O>(options: StateOptions<A>, aggregator: Aggregator<I, A, O>): AggregatingState<I, O>;
  timers(owner: string, name: string): TimerService;
  /** Restored states that nobody has opened, and that are not empty. They are in no snapshot of this store: what is not opened is given up. */
  unclaimed(): readonly StateDescription[];
  /**
   * End of a frame: what is read may be dropped from memory, and a piece of what is dirty is written. Bounded work.
   */
  drain(): void;
  /** The synchronous part of a checkpoint: from here on, changes do not show in the snapshot. */
  snapshot(barrier: CheckpointBarrier): KeyedSnapshot;
  /** Told when a checkpoint is complete or given up: what an incremental snapshot may build on. */
  checkpointComplete(checkpoint: number): void;
  checkpointAborted(checkpoint: number): void;
  /** Bytes that the store holds in memory, as it counts them. */
  readonly memoryBytes: number;
  close(): Promise<void>;
}
