/** Settings of a job: defaults, what belongs together, and what is refused. */
import assert from 'node:assert/strict';
import type { Settings } from '../../../src/spec/application.js';
import { lines, load, withRule } from '../support.js';

const USUAL = withRule('from: payments\nto: alerts');

function settingsOf(text: string): Settings {
  const { application, diagnostics } = load(`${USUAL}settings: ${text}\n`);
  assert.deepEqual(lines(diagnostics), []);
  assert.ok(application);
  return application.settings;
}

function errorsOf(text: string): { readonly line: string; readonly help: string }[] {
  const { diagnostics } = load(`${USUAL}settings: ${text}\n`);
  return diagnostics
    .filter((one) => one.severity === 'error')
    .map((one) => ({ line: lines([one])[0]?.replace(/ \d+:\d+/, '') ?? '', help: one.help ?? '' }));
}

const CHECKPOINT = {
  interval: 1000,
  mode: 'exactly-once',
  unaligned: true,
  alignedTimeout: 5000,
  timeout: 600_000,
  retain: 3,
  minPause: 0,
  tolerableFailures: 0,
} as const;

describe('The settings of a job', () => {
  const restarts: readonly (readonly [written: string, expected: Settings['restart']])[] = [
    [
      '{}',
      {
        strategy: 'exponential-delay',
        initial: 1000,
        max: 60_000,
        multiplier: 1.5,
        jitter: 0.1,
        resetAfter: 3_600_000,
      },
    ],
    ['{ restart: none }', { strategy: 'none' }],
    ['{ checkpoint: none }', { strategy: 'none' }],
    ['{ checkpoint: none, restart: fixed-delay }', { strategy: 'fixed-delay', attempts: 1, delay: 1000 }],
    ['{ restart: fixed-delay }', { strategy: 'fixed-delay', attempts: 1, delay: 1000 }],
    ['{ restart: { strategy: fixed-delay, attempts: 3 } }', { strategy: 'fixed-delay', attempts: 3, delay: 1000 }],
    [
      '{ restart: { strategy: failure-rate, delay: 5s } }',
      { strategy: 'failure-rate', maxFailures: 1, interval: 60_000, delay: 5000 },
    ],
    [
      '{ restart: { initial: 2s, max: 2s } }',
      { strategy: 'exponential-delay', initial: 2000, max: 2000, multiplier: 1.5, jitter: 0.1, resetAfter: 3_600_000 },
    ],
  ];
  for (const [written, expected] of restarts) {
    it(`give a restart strategy its own keys with their defaults: ${written}`, () => {
      assert.deepEqual({ ...settingsOf(written).restart }, expected);
    });
  }

  const checkpoints: readonly (readonly [written: string, expected: Settings['checkpoint']])[] = [
    ['{}', CHECKPOINT],
    ['{ checkpoint: none }', 'none'],
    ['{ checkpoint: { interval: 10s, retain: 1 } }', { ...CHECKPOINT, interval: 10_000, retain: 1 }],
    ['{ checkpoint: { alignedTimeout: 0s } }', { ...CHECKPOINT, alignedTimeout: 0 }],
  ];
  for (const [written, expected] of checkpoints) {
    it(`save the state as written, with defaults for the rest: ${written}`, () => {
      const { checkpoint } = settingsOf(written);
      assert.deepEqual(checkpoint === 'none' ? 'none' : { ...checkpoint }, expected);
    });
  }

  it('let no barrier overtake when unaligned is false or the mode is at-least-once', () => {
    for (const written of ['unaligned: false', 'mode: at-least-once']) {
      const { checkpoint } = settingsOf(`{ checkpoint: { ${written} } }`);
      assert.ok(checkpoint !== 'none' && checkpoint.alignedTimeout === undefined, written);
    }
  });

  it('keep state on disk within a budget of memory', () => {
    const { state, memory } = settingsOf('{ memory: { state: 1GiB } }');
    assert.deepEqual([state.backend, memory.state, memory.network], ['rocksdb', 1024 ** 3, 64 * 1024 ** 2]);
  });
});

describe('A setting that does not fit', () => {
  const cases: readonly (readonly [written: string, line: string, help: RegExp])[] = [
    [
      '{ restart: { attempts: 3 } }',
      'TG118 settings.restart.attempts has no meaning: strategy is exponential-delay',
      /^It needs strategy: fixed-delay\.$/,
    ],
    [
      '{ restart: { strategy: none, delay: 3s } }',
      'TG118 settings.restart.delay has no meaning: strategy is none',
      /^It needs strategy: fixed-delay or failure-rate\.$/,
    ],
    [
      '{ restart: { strategy: fixed-dealy, attempts: 3 } }',
      'TG113 settings.restart.strategy is "fixed-dealy"; expected one of exponential-delay, fixed-delay, failure-rate, none; did you mean "fixed-delay"?',
      /^$/,
    ],
    [
      '{ restart: off }',
      'TG113 settings.restart is "off"; expected one of exponential-delay, fixed-delay, failure-rate, none; did you mean "none"?',
      /^$/,
    ],
    ['{ restart: { max: 500ms } }', 'TG113 settings.restart.max is 500ms, less than initial, which is 1s', /grow/],
    ['{ checkpoint: off }', 'TG113 settings.checkpoint is "off"; expected none, or a map; did you mean "none"?', /^$/],
    [
      '{ checkpoint: false }',
      'TG113 settings.checkpoint is false; expected none, or a map; did you mean "none"?',
      /^$/,
    ],
    [
      '{ checkpoint: 10s }',
      'TG113 settings.checkpoint is "10s"; expected none, or a map',
      /its keys are interval, mode/i,
    ],
    [
      '{ checkpoint: { interval: 0s } }',
      'TG113 settings.checkpoint.interval is 0s, less than 10ms',
      /checkpoint: none/,
    ],
    ['{ checkpoint: { timeout: 1ms } }', 'TG113 settings.checkpoint.timeout is 1ms, less than 10ms', /10m/],
    [
      '{ checkpoint: { retain: 0 } }',
      'TG113 settings.checkpoint.retain is 0; expected a whole number from 1 to 1000',
      /^$/,
    ],
    [
      '{ checkpoint: { mode: at-least-once, alignedTimeout: 1s } }',
      'TG118 settings.checkpoint.alignedTimeout has no meaning: mode is at-least-once',
      /^It needs mode: exactly-once\.$/,
    ],
    [
      '{ checkpoint: { unaligned: false, alignedTimeout: 1s } }',
      'TG118 settings.checkpoint.alignedTimeout has no meaning: unaligned is false',
      /^It needs unaligned: true\.$/,
    ],
    [
      '{ checkpoint: { intervall: 1s } }',
      'TG110 unknown key "intervall" in settings.checkpoint; did you mean "interval"?',
      /^$/,
    ],
    [
      '{ state: { backend: hashmap } }',
      'TG113 settings.state.backend is "hashmap"; expected one of rocksdb, heap',
      /^$/,
    ],
    ['{ memory: { state: 1MiB } }', 'TG113 settings.memory.state is 1MiB, less than 16MiB', /at least 16MiB/],
    ['{ memory: { network: 512KiB } }', 'TG113 settings.memory.network is 512KiB, less than 1MiB', /at least 1MiB/],
  ];
  for (const [written, line, help] of cases) {
    it(`has one message: ${written}`, () => {
      const errors = errorsOf(written);
      assert.deepEqual(
        errors.map((one) => one.line),
        [line],
      );
      assert.match(errors[0]?.help ?? '', help);
    });
  }
});
