import assert from 'node:assert/strict';
import type { RestartSettings } from '../../src/job/graph-settings.js';
import { createRestartStrategy } from '../../src/recovery/restart-strategy.js';

const NO_JITTER = { next: () => 0.5 };

describe('a restart strategy', () => {
  const exponential = {
    strategy: 'exponential-delay',
    initial: 10,
    max: 100,
    multiplier: 3,
    jitter: 0.5,
    resetAfter: 50,
  };
  const cases: [what: string, settings: RestartSettings, failures: number[], delays: (number | undefined)[]][] = [
    ['none: every failure is final', { strategy: 'none' }, [0], [undefined]],
    [
      'fixed-delay: so many restarts, each after the same time',
      { strategy: 'fixed-delay', attempts: 2, delay: 7 },
      [0, 1, 1_000_000],
      [7, 7, undefined],
    ],
    [
      'failure-rate: one failure more within the interval is the end',
      { strategy: 'failure-rate', maxFailures: 2, interval: 100, delay: 5 },
      [0, 60, 120, 130],
      [5, 5, 5, undefined],
    ],
    [
      'exponential-delay: longer and longer, up to the longest',
      exponential as RestartSettings,
      [0, 20, 60, 160],
      [10, 30, 90, 100],
    ],
    [
      'exponential-delay: from the first delay again after a calm time, counted from the restart',
      exponential as RestartSettings,
      [0, 59, 59 + 30 + 50, 59 + 30 + 50 + 60],
      [10, 30, 10, 10],
    ],
  ];
  for (const [what, settings, failures, delays] of cases) {
    it(what, () => {
      const strategy = createRestartStrategy(settings, NO_JITTER);
      assert.deepEqual(
        failures.map((time) => strategy.failed(time)),
        delays,
      );
    });
  }

  const dice: [number, number][] = [
    [0, 5],
    [0.5, 10],
    [0.75, 13],
  ];
  for (const [next, delay] of dice) {
    it(`exponential-delay: jitter of a half makes 10 ms to ${delay} ms when the dice say ${next}`, () => {
      const strategy = createRestartStrategy(exponential as RestartSettings, { next: () => next });
      assert.equal(strategy.failed(0), delay);
    });
  }
});
