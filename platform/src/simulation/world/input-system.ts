/** The outer system that the sources read: it can refuse to say which splits it has. */
import type { SourceSplit } from '@tidegate/connectors/api';
import type { Failure } from '../../rpc/task-execution.js';
import type { InputSplit } from '../workload/input-events.js';

/** What is wrong with it now: nothing, something that will pass, or something that somebody must put right. */
export interface InputWeather {
  refuses: 'no' | 'for-now' | 'for-good';
}

export class InputSystem {
  readonly weather: InputWeather = { refuses: 'no' };

  constructor(private readonly splits: readonly InputSplit[]) {}

  /** As a source's enumerator finds it. */
  discover(): readonly SourceSplit[] | Failure {
    const { refuses } = this.weather;
    if (refuses === 'no') return this.splits.map(({ id }) => ({ id }));
    return { code: 'TG400', message: `the input refuses ${refuses}`, retriable: refuses === 'for-now' };
  }
}
