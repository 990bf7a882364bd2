/** The outer system that the sources read: it can refuse to say which splits it has. */
import type { Discovered } from '../../coordinator/job-events.js';
import type { InputSplit } from '../workload/input-events.js';

/** What is wrong with it now: nothing, something that will pass, or something that somebody must put right. */
export interface InputWeather {
  refuses: 'no' | 'for-now' | 'for-good';
}

const DISCOVERY_INTERVAL_MS = 12;

export class InputSystem {
  readonly weather: InputWeather = { refuses: 'no' };

  /** @param present the splits that are there now */
  constructor(
    private readonly splits: readonly InputSplit[],
    private readonly present: () => readonly InputSplit[],
  ) {}

  /** As a source's enumerator finds it. */
  discover(): Discovered {
    const { refuses } = this.weather;
    if (refuses === 'no') {
      const splits = this.present().map(({ id }) => ({ id }));
      return { splits, ...(splits.length < this.splits.length ? { againMs: DISCOVERY_INTERVAL_MS } : {}) };
    }
    return { code: 'TG400', message: `the input refuses ${refuses}`, retriable: refuses === 'for-now' };
  }
}
