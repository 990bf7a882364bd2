/** An application and edits of it, compared as a run compares them. */
import assert from 'node:assert/strict';
import type { StreamGraph } from '../../../src/job/stream-graph.js';
import { comparePlans, type Compatibility } from '../../../src/plan/compatibility/index.js';
import { planText } from '../plan-text.js';

export const SAVED = `name: sample
settings: { maxParallelism: 64 }
ingresses:
  payments:
    file: { path: payments.jsonl }
    schema: { card: string, owner: string, amount: int, note: string?, at: timestamp }
    time: { field: at, maxOutOfOrderness: 5s }
rules:
  testing:
    from: payments
    key: card
    where: note != "test"
    pattern:
      within: 10m
      steps:
        - begin: probe
          where: amount < 5
          times: 2..
        - followedBy: pause
          where: amount == 0
          optional: true
        - followedBy: cashout
          where: amount > 500 && amount > last(probe).amount
    select: { card: key(), probes: size(probe) }
    suppress: { for: 1h }
    to: alerts
  twice:
    from: payments
    key: card
    pattern: { within: 1h, steps: [{ begin: one }, { next: two }] }
    to: alerts
  large:
    from: payments
    where: amount > 1000
    to: alerts
  again:
    from: large
    key: owner
    pattern: { within: 1h, steps: [{ begin: one }, { followedBy: two }] }
    to: alerts
egresses:
  alerts: { file: { path: out.jsonl } }
`;

/** What is replaced in the saved application, in turn; each must be there. */
export type Edit = readonly (readonly [found: string, replacement: string])[];

export function edited(edit: Edit, text = SAVED): string {
  return edit.reduce((current, [found, replacement]) => {
    assert.ok(current.includes(found), `the application holds ${found}`);
    return current.replaceAll(found, replacement);
  }, text);
}

export function planOf(text: string): StreamGraph {
  const { graph, diagnostics } = planText(text);
  assert.deepEqual(
    diagnostics.filter((one) => one.severity === 'error'),
    [],
  );
  assert.ok(graph);
  // A saved plan is JSON.
  return JSON.parse(JSON.stringify(graph)) as StreamGraph;
}

export function compareEdit(edit: Edit, saved = SAVED): Compatibility {
  return comparePlans(planOf(saved), planOf(edited(edit, saved)));
}

/** `rules.testing lost: its key is another` */
export function linesOf({ changes }: Compatibility): string[] {
  return changes.map(({ subject, effect, message }) => `${subject} ${effect}: ${message}`);
}
