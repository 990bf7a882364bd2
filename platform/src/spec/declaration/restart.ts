/** `settings.restart`: what happens after a failure. Strategies and defaults are Apache Flink's. */
import { declare } from '@tidegate/connectors/api';

const exponential = { strategy: ['exponential-delay'] } as const;

export const restart = declare({
  type: 'object',
  shorthand: 'strategy',
  description: 'When and how often a job starts again by itself after a failure, from its last checkpoint.',
  fields: {
    strategy: {
      type: 'string',
      enum: ['exponential-delay', 'fixed-delay', 'failure-rate', 'none'],
      default: 'exponential-delay',
      description:
        '`exponential-delay`: without end, at growing intervals. `fixed-delay`: a number of times, at one interval. `failure-rate`: as long as failures are rare. `none`: the first failure ends the job; the default with `checkpoint: none`.',
    },
    initial: {
      type: 'duration',
      default: '1s',
      when: exponential,
      description: 'How long it waits after the first failure.',
    },
    max: { type: 'duration', default: '1m', when: exponential, description: 'It never waits longer.' },
    multiplier: {
      type: 'number',
      minimum: 1,
      default: 1.5,
      when: exponential,
      description: 'Each wait is so many times the one before.',
    },
    jitter: {
      type: 'number',
      minimum: 0,
      maximum: 1,
      default: 0.1,
      when: exponential,
      description: 'Each wait is made shorter or longer at random, by up to this part of it.',
    },
    resetAfter: {
      type: 'duration',
      default: '1h',
      when: exponential,
      description: 'After so long without a failure it begins with `initial` again.',
    },
    attempts: {
      type: 'integer',
      minimum: 1,
      default: 1,
      when: { strategy: ['fixed-delay'] },
      description: 'How often the job starts again; the failure after that ends it.',
    },
    maxFailures: {
      type: 'integer',
      minimum: 1,
      default: 1,
      when: { strategy: ['failure-rate'] },
      description: 'More failures than this within `interval` end the job.',
    },
    interval: {
      type: 'duration',
      default: '1m',
      when: { strategy: ['failure-rate'] },
      description: 'The time over which failures are counted.',
    },
    delay: {
      type: 'duration',
      default: '1s',
      when: { strategy: ['fixed-delay', 'failure-rate'] },
      description: 'How long it waits before it starts again.',
    },
  },
});
