/**
 * Whether a job is restarted after a failure, and when: the strategies are Apache Flink's, as machines that are told the
 * time of each failure.
 *
 * Invariants
 * - Times are those of one monotonic clock, in milliseconds.
 */
import type { Random } from '../common/random.js';
import type { RestartSettings } from '../job/graph-settings.js';

export interface RestartStrategy {
  /** The job has failed. @returns milliseconds to wait before it is restarted; undefined: it stays failed */
  failed(now: number): number | undefined;
}

export function createRestartStrategy(settings: RestartSettings, random: Random): RestartStrategy {
  switch (settings.strategy) {
    case 'none':
      return { failed: () => undefined };
    case 'fixed-delay':
      return new FixedDelay(settings);
    case 'failure-rate':
      return new FailureRate(settings);
    case 'exponential-delay':
      return new ExponentialDelay(settings, random);
  }
}

type SettingsOf<S extends RestartSettings['strategy']> = Extract<RestartSettings, { readonly strategy: S }>;

class FixedDelay implements RestartStrategy {
  #attempts = 0;

  constructor(private readonly settings: SettingsOf<'fixed-delay'>) {}

  failed(): number | undefined {
    return this.#attempts++ < this.settings.attempts ? this.settings.delay : undefined;
  }
}

class FailureRate implements RestartStrategy {
  /** Times of the failures within the last interval, oldest first. */
  #failures: number[] = [];

  constructor(private readonly settings: SettingsOf<'failure-rate'>) {}

  failed(now: number): number | undefined {
    const { interval, maxFailures, delay } = this.settings;
    this.#failures = [...this.#failures.filter((time) => now - time < interval), now];
    return this.#failures.length <= maxFailures ? delay : undefined;
  }
}

class ExponentialDelay implements RestartStrategy {
  #delay: number;
  /** A failure from then on begins with the first delay again. */
  #calmAt = Number.POSITIVE_INFINITY;

  constructor(
    private readonly settings: SettingsOf<'exponential-delay'>,
    private readonly random: Random,
  ) {
    this.#delay = settings.initial;
  }

  failed(now: number): number {
    const { initial, max, multiplier, jitter, resetAfter } = this.settings;
    const delay = now >= this.#calmAt ? initial : this.#delay;
    this.#delay = Math.min(delay * multiplier, max);
    this.#calmAt = now + delay + resetAfter;
    return Math.round(delay * (1 + jitter * (2 * this.random.next() - 1)));
  }
}
