/**
 * The events of a seed's sources: some splits, each with events in an order that is not quite that of their times.
 *
 * Invariants
 * - An event is the same whenever and by whomever it is read.
 */
import type { Parcel } from '../functions/parcel.js';
import type { SeededRandom } from '../kernel/seeded-random.js';

/** One event as its payload. */
export interface InputEvent {
  /** Of the first exchange. */
  readonly k: string;
  /** Of the second. */
  readonly j: string;
  /** Event time, ms. */
  readonly t: number;
  /** Keys that it comes back to, one lap of the loop after the other. */
  readonly laps: readonly string[];
  /** What the functions of its key are sent of it, as JSON (`functions/parcel.ts`); absent where there are none. */
  readonly parcel?: string;
}

export interface InputSplit {
  readonly id: string;
  readonly events: readonly InputEvent[];
}

export interface InputOptions {
  readonly splits: number;
  /** Of the splits: the last ones come to light when the job has been running for a while, each with times behind those of all before it. */
  readonly lateSplits: number;
  readonly events: number;
  readonly keys: number;
  readonly secondKeys: number;
  /** In event time, ms: events that are out of order by more are late. */
  readonly disorder: number;
  /** Share of the events that are late. */
  readonly late: number;
  readonly loop?: LoopOptions;
  readonly functions?: FunctionsOptions;
}

/** A feedback edge, over which events come back to the ledger. */
export interface LoopOptions {
  /** `short`: from the ledger to itself; `long`: from the totals. */
  readonly from: 'short' | 'long';
  /** What an event goes round at most. */
  readonly lapsMax: number;
}

/** Stateful functions beside the probes. */
export interface FunctionsOptions {
  /** Addresses that an event's parcel goes on to, at most. */
  readonly hopsMax: number;
  /** Whether the server of functions says what they are. */
  readonly describes: boolean;
  /** Of messages that wait, of all subtasks together. */
  readonly budgetBytes: number;
}

/** Event time goes on by this from one event of a split to the next, ms. */
const STEP_MS = 10;
/** Late events are behind by so many times the disorder. */
const LATE_BY = 4;

export function drawInput(random: SeededRandom, options: InputOptions): InputSplit[] {
  const { splits, lateSplits, events, disorder } = options;
  // So much that no event of it can be at or before a watermark.
  const laterMs = Math.ceil(events / splits) * STEP_MS + (disorder + 1) * LATE_BY;
  return Array.from({ length: splits }, (_, index) => {
    const from = 1000 + Math.max(0, index - (splits - lateSplits) + 1) * laterMs;
    const count = Math.floor(events / splits) + (index < events % splits ? 1 : 0);
    const id = `split-${index}`;
    return {
      id,
      events: Array.from({ length: count }, (_, i) =>
        drawEvent(random, options, { id, offset: i }, from + i * STEP_MS),
      ),
    };
  });
}

interface EventPlace {
  /** Of its split. */
  readonly id: string;
  readonly offset: number;
}

function drawEvent(random: SeededRandom, options: InputOptions, place: EventPlace, time: number): InputEvent {
  const back = random.chance(options.late) ? options.disorder * LATE_BY : random.integer(0, options.disorder);
  return {
    k: `k${random.integer(0, options.keys - 1)}`,
    j: `j${random.integer(0, options.secondKeys - 1)}`,
    t: Math.max(0, time - back),
    laps: drawLaps(random, options),
    ...drawParcel(random, options, place),
  };
}

function drawLaps(random: SeededRandom, { loop, keys }: InputOptions): string[] {
  if (loop === undefined) return [];
  return Array.from({ length: random.integer(0, loop.lapsMax) }, () => `k${random.integer(0, keys - 1)}`);
}

function drawParcel(
  random: SeededRandom,
  { functions, keys }: InputOptions,
  { id, offset }: EventPlace,
): { readonly parcel?: string } {
  if (functions === undefined) return {};
  const route = Array.from({ length: random.integer(0, functions.hopsMax) }, () => `k${random.integer(0, keys - 1)}`);
  const parcel: Parcel = { id: `${id}@${offset}`, route, sender: id, count: offset };
  return { parcel: JSON.stringify(parcel) };
}
