/** The promise of decision 0001: alerts depend on the events alone, not on parallelism, batches or the turns of splits. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { planned, runOn, type Given, type Splits } from './harness.js';

const OUT_OF_ORDER_MS = 8;

interface Event {
  readonly k: number;
  readonly v: number;
  readonly t: number;
}

const RELATIONS = ['next', 'followedBy', 'followedByAny'] as const;
const SKIPS = ['none', 'toNext', 'pastLastEvent'] as const;

interface Shape {
  readonly second: (typeof RELATIONS)[number];
  readonly third: (typeof RELATIONS)[number];
  readonly skip: (typeof SKIPS)[number];
  readonly times: string;
  readonly threshold: number;
  readonly within: number;
  readonly keyed: boolean;
}

function application({ second, third, skip, times, threshold, within, keyed }: Shape): string {
  return `
name: any
ingresses:
  a:
    file: a.jsonl
    schema: { k: int, v: int, t: timestamp }
    time: { field: t, maxOutOfOrderness: ${OUT_OF_ORDER_MS}ms }
  b:
    file: b.jsonl
    schema: { k: int, v: int, t: timestamp }
    time: { field: t, maxOutOfOrderness: ${OUT_OF_ORDER_MS}ms }
egresses:
  out: { file: out.jsonl }
  near: { file: near.jsonl }
rules:
  low: { from: b, where: v <= ${threshold}, to: out }
  high: { from: a, key: k, where: v > ${threshold}, to: out }
  pair:
    from: a
    key: k
    pattern:
      within: ${within}ms
      skip: ${skip}
      steps:
        - { begin: one, where: v <= ${threshold} }
        - { ${second}: two, where: v > one.v, times: ${times} }
      onTimeout: { reached: one, to: near }
    select: { c: key() }
    to: out
  pairs:
    from: pair
    key: c
    pattern:
      within: ${3 * within}ms
      skip: pastLastEvent
      steps:
        - { begin: first }
        - { followedBy: second }
    to: out
  triple:
    from: [a, b]
    ${keyed ? 'key: k' : ''}
    pattern:
      within: ${within}ms
      skip: pastLastEvent
      steps:
        - { begin: one, from: a }
        - { ${second}: two, from: b, where: v >= one.v }
        - { ${third}: three, where: v != two.v }
    to: out
  quiet:
    from: [a, b]
    key: k
    pattern:
      within: ${within}ms
      steps:
        - { begin: one, from: a, where: v > ${threshold} }
        - { notFollowedBy: none, from: b }
    suppress: { for: ${within}ms, by: v2 }
    select: { v2: one.v }
    to: out
  highs:
    from: high
    key: k
    pattern:
      within: ${within}ms
      skip: pastLastEvent
      steps:
        - { begin: first }
        - { followedBy: second, where: v >= first.v }
    to: out
`;
}

/** Times rise, but for a jitter that sometimes goes beyond the bound; ties are frequent. */
const events = fc
  .array(
    fc.record({
      k: fc.integer({ min: 0, max: 2 }),
      v: fc.integer({ min: 0, max: 4 }),
      step: fc.integer({ min: 0, max: 3 }),
      back: fc.integer({ min: 0, max: OUT_OF_ORDER_MS + 4 }),
    }),
    {
      maxLength: 25,
    },
  )
  .map((rows) => {
    let now = 1000;
    return rows.map(({ k, v, step, back }): Event => ({ k, v, t: (now += step) - back }));
  });

const shape: fc.Arbitrary<Shape> = fc.record({
  second: fc.constantFrom(...RELATIONS),
  third: fc.constantFrom(...RELATIONS),
  skip: fc.constantFrom(...SKIPS),
  times: fc.constantFrom('1', '2', '1..2'),
  threshold: fc.integer({ min: 0, max: 3 }),
  within: fc.integer({ min: 2, max: 20 }),
  keyed: fc.boolean(),
});

type Run = (given: Pick<Given, 'parallelism' | 'batch' | 'threads'>, a: Splits, b: Splits) => Promise<string[]>;

/** Runs an application, and gives its alerts as sorted texts. */
function runner(form: Shape): Run {
  const graph = planned(application(form));
  return async (given, a, b) => {
    const { outcome, received } = await runOn(graph, { ...given, inputs: { a, b } });
    assert.equal(outcome.state, 'finished');
    return Object.entries(received)
      .flatMap(([egress, alerts]) => alerts.map((alert) => `${egress} ${JSON.stringify(alert)}`))
      .sort();
  };
}

describe('the same alerts', function () {
  this.timeout(180_000);

  it('come out at every parallelism, batch size and order of turns', async () => {
    await fc.assert(
      fc.asyncProperty(shape, events, events, events, async (form, x, y, z) => {
        const run = runner(form);
        const expected = await run({ parallelism: 1, batch: 1000 }, { x, y }, { z });
        assert.deepEqual(await run({ parallelism: 1, batch: 1 }, { x, y }, { z }), expected, 'one record to a batch');
        assert.deepEqual(await run({ parallelism: 1, batch: 3 }, { y, x }, { z }), expected, 'splits in another order');
        assert.deepEqual(await run({ parallelism: 2, batch: 2 }, { x, y }, { z }), expected, 'parallelism 2');
        assert.deepEqual(await run({ parallelism: 4, batch: 7 }, { y, x }, { z }), expected, 'parallelism 4');
      }),
      { numRuns: 60 },
    );
  });

  it('come out of slots that are connected by rings', async () => {
    await fc.assert(
      fc.asyncProperty(shape, events, events, events, async (form, x, y, z) => {
        const run = runner(form);
        const expected = await run({ parallelism: 1, batch: 1000 }, { x, y }, { z });
        const threads = true;
        assert.deepEqual(await run({ parallelism: 2, batch: 3, threads }, { x, y }, { z }), expected, 'two slots');
        assert.deepEqual(await run({ parallelism: 4, batch: 5, threads }, { y, x }, { z }), expected, 'four slots');
      }),
      { numRuns: 30 },
    );
  });
});
