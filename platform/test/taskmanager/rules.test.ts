/** Rules as they run: times of alerts, timeouts, keys, errors, suppression, rules over alerts. */
import assert from 'node:assert/strict';
import { runCase } from './rule-case.js';

const e = (n: number, ts: number, k: unknown = 'x'): unknown => ({ n, ts, k });

describe('pattern rules', () => {
  const ABSENCE = `
  alone:
    from: in
    key: k
    pattern: { within: 100ms, steps: [{ begin: a }, { notFollowedBy: b }] }
    to: out`;

  for (const batch of [1, 100]) {
    it(`give an alert by absence the time first + within, whatever the watermarks (batches of ${batch})`, async () => {
      const { received } = await runCase(ABSENCE, [e(1, 1000), e(2, 5000, 'y'), e(3, 9000, 'y')], { batch });
      assert.deepEqual(received['out']!.map(({ key, time }) => [key, time]).sort(), [
        ['x', at(1100)],
        ['y', at(5100)],
        ['y', at(9100)],
      ]);
    });
  }

  it('tell partial matches that ran out of time to onTimeout, with the stage they reached, and count them apart', async () => {
    const rule = `
  pair:
    from: in
    key: k
    pattern:
      within: 100ms
      steps: [{ begin: a }, { followedBy: b, where: n == 2 }, { followedBy: c, where: n == 3 }]
      onTimeout: { reached: b, to: near }
    to: out`;
    const { received, metrics } = await runCase(rule, [e(1, 0), e(2, 10), e(1, 1000), e(5, 5000)]);
    assert.deepEqual(
      received['near']!.map(({ timedOutAt, time }) => [timedOutAt, time]),
      [['b', at(100)]],
    );
    assert.deepEqual(
      [received['out'], metrics.counter('rules.pair', 'alerts').value, metrics.counter('rules.pair', 'timeouts').value],
      [[], 0, 1],
    );
  });

  for (const parallelism of [1, 2]) {
    it(`leave out records without a usable key, and send them to the dead letter (parallelism ${parallelism})`, async () => {
      const rule = `
  pair:
    from: in
    key: k
    pattern: { within: 1s, steps: [{ begin: a }, { followedBy: b }] }
    onError: dead-letter
    to: out`;
      const { received } = await runCase(rule, [e(1, 0), e(2, 1, null), e(3, 2, {}), { n: 4, ts: 3 }, e(5, 4)], {
        parallelism,
      });
      assert.deepEqual(received['out']!.length, 1);
      assert.deepEqual(
        received['bad']!.map(({ where, split, offset }) => [where, split, offset]),
        [
          ['rules.pair', 'f', 1],
          ['rules.pair', 'f', 2],
          ['rules.pair', 'f', 3],
        ],
      );
    });
  }
});

describe('onError', () => {
  const rule = (policy: string): string => `
  bad-math: { from: in, select: { half: "math.div(n, n - 1)", n: n }, onError: ${policy}, to: out }`;
  const events = [e(1, 0), e(3, 1)];

  it('skip leaves the field out, and counts', async () => {
    const { received, metrics } = await runCase(rule('skip'), events);
    assert.deepEqual(
      received['out']!.map(({ half, n }) => [half, n]),
      [
        [undefined, 1],
        [1, 3],
      ],
    );
    assert.equal(metrics.counter('rules.bad-math', 'errors').value, 1);
  });

  it('dead-letter sends the reason and the origins instead of the alert', async () => {
    const { received } = await runCase(rule('dead-letter'), events);
    assert.deepEqual(
      received['out']!.map(({ n }) => n),
      [3],
    );
    assert.match(String(received['bad']![0]?.['reason']), /^select\.half: /);
    assert.deepEqual(received['bad']![0]?.['raw'], { event: ['in:f:0'] });
  });

  it('fail ends the job with the rule and the field', async () => {
    const { outcome } = await runCase(rule('fail'), events);
    assert.match(
      outcome.state === 'failed' ? outcome.cause.message : outcome.state,
      /^rules\.bad-math: select\.half: /,
    );
  });
});

describe('a type in an alert', () => {
  const events = [e(1, 0)];

  it('is its name, for those who read it, for its message and in another subtask', async () => {
    const rules = `
  kinds: { from: in, select: { k: k, t: type(k) }, message: '{{ t }} {{ t == "string" }}', to: out }
  again: { from: kinds, key: k, pattern: { within: 1h, steps: [{ begin: one, where: 't == "string"' }] }, to: near }`;
    const { received, outcome } = await runCase(rules, events, { parallelism: 2, threads: true });
    assert.equal(outcome.state, 'finished');
    assert.deepEqual(
      received['out']!.map(({ t, message }) => [t, message]),
      [['string', 'string true']],
    );
    assert.equal(received['near']!.length, 1);
  });

  it('is an error of its field where nobody could know it before', async () => {
    const { received, metrics } = await runCase(
      `\n  kinds: { from: in, select: { n: n, t: dyn(type(n)) }, to: out }`,
      events,
    );
    assert.deepEqual(
      received['out']!.map(({ n, t }) => [n, t]),
      [[1, undefined]],
    );
    assert.equal(metrics.counter('rules.kinds', 'errors').value, 1);
  });
});

describe('rules over alerts and suppression', () => {
  const RULES = `
  hit: { from: in, key: k, where: n > 0, select: { n: n, zone: n % 2 }, suppress: { for: 50ms, by: zone }, to: out }
  twice:
    from: hit
    key: zone
    pattern: { within: 1s, skip: pastLastEvent, steps: [{ begin: a }, { followedBy: b }] }
    select: { first: a.n, second: b.n }
    to: near`;
  const events = Array.from({ length: 40 }, (_, i) => e(i, i * 10, `k${i % 7}`));

  for (const parallelism of [1, 2, 4]) {
    it(`let through the same alerts by a field of them, and rules read these alone (parallelism ${parallelism})`, async () => {
      const { received, metrics } = await runCase(RULES, events, { parallelism, batch: 7 });
      const through = received['out']!.map(({ n }) => Number(n)).sort((a, b) => a - b);
      // Even ones from 2 on, odd ones from 1 on; each lets the next two of its kind not through.
      assert.deepEqual(through, [1, 2, 7, 8, 13, 14, 19, 20, 25, 26, 31, 32, 37, 38]);
      assert.deepEqual(
        received['near']!.map(({ first, second }) => [Number(first), Number(second)]).sort((a, b) => a[0]! - b[0]!),
        [
          [1, 7],
          [2, 8],
          [13, 19],
          [14, 20],
          [25, 31],
          [26, 32],
        ],
      );
      assert.deepEqual(
        [metrics.counter('rules.hit', 'alerts').value, metrics.counter('rules.hit', 'suppressed').value],
        [14, 39 - 14],
      );
    });
  }
});

const at = (millis: number): string => new Date(millis).toISOString().replace('.000Z', 'Z');
