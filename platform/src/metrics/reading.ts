/** What an instrument says at one moment: of a counter the sum so far. */
import type { Labels } from './instrument.js';
import type { InstrumentName } from './instruments.js';

export interface Reading {
  readonly name: InstrumentName;
  /** In the instrument's unit. */
  readonly value: number;
  readonly labels: Labels;
}

/** Who has something to say whenever it is asked. */
export type MetricSource = () => Iterable<Reading>;
