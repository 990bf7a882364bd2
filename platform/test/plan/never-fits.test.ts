/** Soundness of the warning "never takes an event": what it says can never hold does not hold for any event. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  checkExpression,
  compileCondition,
  type CapturedEvents,
  type ExpressionScope,
} from '../../src/expression/index.js';
import { canFit } from '../../src/plan/never-fits.js';
import type { RecordType } from '../../src/expression/type.js';

const EVENT: RecordType = {
  kind: 'record',
  fields: { amount: { type: { kind: 'double' } }, note: { type: { kind: 'string' }, optional: true } },
  open: false,
};
const SCOPE: ExpressionScope = {
  event: EVENT,
  stages: new Map([
    ['many', { holds: 'many', event: EVENT }],
    ['one', { holds: 'one', event: EVENT }],
  ]),
};
const EMPTY = { stages: new Set(['many', 'one']), nothing: true };
const NOTHING: CapturedEvents = {
  events: () => [],
  count: () => 0,
  first: () => undefined,
  last: () => undefined,
};

const atom = fc.constantFrom(
  ...['true', 'false', 'amount > 2', 'note == "a"', 'has(note)', 'amount > last(many).amount', 'amount == one.amount'],
  ...[
    'last().amount < 4',
    'many[0].amount > 1',
    'size(many) == 0',
    'size(many) > 0',
    '1 <= size(many)',
    'has(one.note)',
  ],
  ...[
    'many.all(x, x.amount < amount)',
    'many.exists(x, x.amount < amount)',
    'many.filter(x, x.amount > 1).size() == 0',
  ],
  ...[
    'sum(many, amount) < 3',
    'max(many, amount) > 1',
    'amount in many.map(x, x.amount)',
    'coalesce(one.amount, amount) > 2',
  ],
  ...['eventTime(first(many)) < eventTime()', '[1, 2][size(many)] == 1', '(has(note) ? 1 : last(many).amount) > 0'],
);
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    atom.map((text) => `(${text})`),
    fc
      .tuple(tie('condition'), fc.constantFrom('&&', '||', '==', '!='), tie('condition'))
      .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
    tie('condition').map((a) => `!(${a})`),
    fc.tuple(tie('condition'), tie('condition'), tie('condition')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
  ),
}));
const value = fc.record({ amount: fc.integer({ min: -3, max: 5 }) }, { requiredKeys: ['amount'] });

describe('a step that can never take an event', () => {
  it('takes none indeed, whatever the event', () => {
    let unfit = 0;
    fc.assert(
      fc.property(condition, fc.array(value, { minLength: 5, maxLength: 5 }), (text, values) => {
        const checked = checkExpression(text, SCOPE, 'bool');
        assert.ok(checked.ok, text);
        if (canFit(checked.tree, EMPTY)) return;
        unfit++;
        const fits = compileCondition(checked.tree);
        for (const one of [...values, ...values.map((plain) => ({ ...plain, note: 'a' }))]) {
          assert.ok(
            !fits({ value: one, timestamp: 1, source: 's' }, NOTHING),
            `${text} holds for ${JSON.stringify(one)}`,
          );
        }
      }),
      { numRuns: 500, seed: 11 },
    );
    assert.ok(unfit > 50, `only ${unfit} of the random conditions can never hold`);
  });

  it('is found in every single reading of an empty stage', () => {
    for (const text of [
      'amount > last(many).amount',
      'amount > many[0].amount',
      'amount > one.amount',
      'amount > last().amount',
    ]) {
      const checked = checkExpression(text, SCOPE, 'bool');
      assert.ok(checked.ok && !canFit(checked.tree, EMPTY), text);
    }
  });
});
