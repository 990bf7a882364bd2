/**
 * What the data plane's operators have in common.
 *
 * Invariants
 * - Operators are synchronous and single-threaded; they see the world through what they are given.
 * - `process` is called in the order of arrival; `watermark` only with rising values; nothing after `watermark(MAX)`.
 */
import type { Payload } from '../network/element.js';
import type { Key } from '../record/key.js';
import type { StreamRecord } from '../record/stream-record.js';

/** Where an operator puts what it makes: a chained operator, a channel, or several of them. */
export interface Collector {
  collect(record: Payload): void;
}

export interface Operator {
  /** @param input index of the operator's input that the record belongs to */
  process(input: number, record: StreamRecord, key: Key | undefined): void;
  watermark(watermark: number): void;
  /** Puts what it holds beside its keyed state into its operator state; called at a barrier. Absent: it holds nothing. */
  prepareSnapshot?(): void;
}

/** Nobody listens. */
const NOWHERE: Collector = { collect: () => undefined };

/** One collector for several. */
export function fanOut(collectors: readonly Collector[]): Collector {
  const [only] = collectors;
  if (only === undefined) return NOWHERE;
  if (collectors.length === 1) return only;
  return {
    collect(record) {
      for (const collector of collectors) collector.collect(record);
    },
  };
}
