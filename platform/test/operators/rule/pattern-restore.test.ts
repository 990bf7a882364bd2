import assert from 'node:assert/strict';
import fc from 'fast-check';
import { planOf } from '../../plan/compatibility/edit.js';
import { PatternSubtasks, type PatternEvent } from './pattern-subtasks.js';

const APPLICATION = `name: sample
ingresses:
  payments:
    file: { path: payments.jsonl }
    schema: { card: string, amount: int, at: timestamp }
    time: { field: at, maxOutOfOrderness: 5s }
rules:
  loop:
    from: payments
    key: card
    to: alerts
    pattern:
      within: 8s
      skip: pastLastEvent
      steps:
        - begin: small
          where: amount < 3
          times: 2..
        - followedBy: large
          where: amount > 4
      onTimeout: { reached: small, to: alerts }
  absent:
    from: payments
    key: card
    to: alerts
    pattern:
      within: 6s
      steps:
        - begin: first
          where: amount > 2
        - notFollowedBy: second
          where: amount > 3
  gaps:
    from: payments
    key: card
    to: alerts
    pattern:
      skip: none
      steps:
        - begin: one
        - followedBy: more
          where: amount > one.amount
          times: 1..3
          maxGap: 4s
        - next: end
          where: amount < 5
  held:
    from: payments
    key: card
    to: alerts
    pattern:
      skip: { toFirst: b }
      within: 9s
      steps:
        - begin: a
          where: amount == 1
          optional: true
        - followedBy: b
          where: amount > 1
          times: 1..
          repeat: combinations
        - followedBy: c
          where: amount == 5
  rounds:
    from: payments
    key: card
    to: alerts
    pattern:
      within: 12s
      steps:
        - begin: round
          times: 1..2
          steps:
            - begin: up
              where: amount > 3
            - followedBy: down
              where: amount < 3
        - notFollowedBy: zero
          where: amount == 0
        - followedBy: end
          where: amount == 3
egresses:
  alerts: { file: { path: out.jsonl } }
`;

const GRAPH = planOf(APPLICATION);
const START = 1_700_000_000_000;

type Item = { readonly event: PatternEvent } | { readonly watermark: number };

/** Mostly in order, with ties, and never at or before a watermark. */
const items = fc
  .array(
    fc.record({
      card: fc.constantFrom('k', 'l', 'm'),
      step: fc.integer({ min: -2, max: 3 }),
      amount: fc.integer({ min: 0, max: 6 }),
      watermark: fc.nat({ max: 4 }),
    }),
    { minLength: 4, maxLength: 40 },
  )
  .map((steps) => {
    const made: Item[] = [];
    let [now, watermark] = [START, START - 1];
    for (const { card, step, amount, watermark: draw } of steps) {
      now = Math.max(watermark + 1, now + step * 1000);
      made.push({ event: { card, amount, at: now } });
      if (draw > 0) continue;
      watermark = Math.max(watermark, now - 1500);
      made.push({ watermark });
    }
    return [...made, { watermark: Infinity }];
  });

function feed(subtasks: PatternSubtasks, given: readonly Item[], from: number): void {
  given.forEach((item, index) => {
    if ('watermark' in item) subtasks.watermark(item.watermark);
    else subtasks.process(item.event, from + index);
  });
}

/** What came out before and behind the cuts, by key. */
function joined(parts: readonly PatternSubtasks[]): Record<string, readonly string[]> {
  const cards = [...new Set(parts.flatMap(({ alerts }) => [...alerts.keys()]))].sort();
  return Object.fromEntries(cards.map((card) => [card, parts.flatMap(({ alerts }) => alerts.get(card) ?? [])]));
}

const parallelism = fc.integer({ min: 1, max: 3 });

describe('pattern rules restored from a snapshot', function () {
  this.timeout(60_000);

  it('give the alerts that the undisturbed rules give, in their order, at any parallelism', () => {
    let alerts = 0;
    const property = fc.property(
      items,
      fc.array(fc.record({ at: fc.nat({ max: 45 }), parallelism }), { minLength: 1, maxLength: 3 }),
      parallelism,
      (given, cuts, first) => {
        const undisturbed = new PatternSubtasks(GRAPH, 1);
        feed(undisturbed, given, 0);
        const parts = [new PatternSubtasks(GRAPH, first)];
        let at = 0;
        for (const cut of cuts.sort((left, right) => left.at - right.at)) {
          const end = Math.min(cut.at, given.length);
          feed(parts.at(-1)!, given.slice(at, end), at);
          parts.push(new PatternSubtasks(GRAPH, cut.parallelism, parts.at(-1)!.snapshot()));
          at = end;
        }
        feed(parts.at(-1)!, given.slice(at), at);
        assert.deepEqual(joined(parts), joined([undisturbed]));
        for (const lines of undisturbed.alerts.values()) alerts += lines.length;
      },
    );
    fc.assert(property, { numRuns: 300, seed: 9 });
    assert.ok(alerts > 3000, `only ${alerts} alerts`);
  });

  it('are as they were at the snapshot, whatever they did while it was written', () => {
    const property = fc.property(items, fc.nat({ max: 45 }), (given, place) => {
      const at = Math.min(place, given.length);
      const undisturbed = new PatternSubtasks(GRAPH, 1);
      feed(undisturbed, given, 0);
      const before = new PatternSubtasks(GRAPH, 1);
      feed(before, given.slice(0, at), 0);
      const alerts = joined([before]);
      const snapshot = before.snapshot(() => feed(before, given.slice(at), at));
      const after = new PatternSubtasks(GRAPH, 1, snapshot);
      feed(after, given.slice(at), at);
      const both = Object.keys({ ...alerts, ...joined([after]) }).sort();
      const lines = both.map((card) => [card, [...(alerts[card] ?? []), ...(after.alerts.get(card) ?? [])]] as const);
      assert.deepEqual(Object.fromEntries(lines), joined([undisturbed]));
    });
    fc.assert(property, { numRuns: 150, seed: 10 });
  });
});
