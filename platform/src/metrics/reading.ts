/** What an instrument says at one moment: of a counter the sum so far. */
import type { Labels } from './instrument.js';
import type { InstrumentName } from './instruments.js';

export interface Reading {
  readonly name: InstrumentName;
  /** In the instrument's unit; of a distribution how many values there were. */
  readonly value: number;
  readonly labels: Labels;
  /** Of a histogram that tasks count: absent where `value` is one of its values. */
  readonly distribution?: Distribution;
}

export interface Distribution {
  /** By bucket: one more than the instrument has bounds. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** Who has something to say whenever it is asked. */
export type MetricSource = () => Iterable<Reading>;
