/** Helpers of the tests: a scope with stages and tables, and the value of an expression by compiler and interpreter. */
import assert from 'node:assert/strict';
import {
  EvaluationError,
  checkExpression,
  compileCondition,
  compileValue,
  interpret,
} from '../../src/expression/index.js';
import type {
  CapturedEvents,
  EvaluationLayout,
  EvaluationRecord,
  ExpressionScope,
  Problem,
  RecordType,
  ValueType,
} from '../../src/expression/index.js';
import { canonical } from './conformance/expected-value.js';

/** A record type from `{ amount: 'double', country: 'string?' }`. */
export function recordOf(
  fields: Readonly<Record<string, ValueType['kind'] | `${ValueType['kind']}?` | ValueType>>,
  open = false,
): RecordType {
  const types = Object.entries(fields).map(([name, type]) => {
    if (typeof type !== 'string') return [name, { type }] as const;
    const kind = type.replace('?', '');
    return [name, { type: { kind } as ValueType, ...(type.endsWith('?') ? { optional: true } : {}) }] as const;
  });
  return { kind: 'record', open, fields: Object.fromEntries(types) };
}

export const PAYMENT = recordOf({
  cardId: 'string',
  amount: 'double',
  count: 'int',
  country: 'string?',
  status: 'string',
  ts: 'timestamp',
  took: 'duration',
  tags: { kind: 'list', element: { kind: 'string' } },
  device: recordOf({ os: 'string', score: 'double' }),
});

export const PATTERN_SCOPE: ExpressionScope = {
  event: PAYMENT,
  key: { kind: 'string' },
  stages: new Map([
    ['probe', { holds: 'many', event: PAYMENT }],
    ['cashout', { holds: 'one', event: PAYMENT }],
  ]),
  tables: new Map([['homeCountry', { row: recordOf({ country: 'string' }), key: { kind: 'string' } }]]),
};

export const OPEN_SCOPE: ExpressionScope = { event: recordOf({}, true) };

export function payment(fields: Readonly<Record<string, unknown>> = {}, timestamp = 0): EvaluationRecord {
  const value = {
    cardId: 'c1',
    amount: 10,
    count: 3,
    country: 'NL',
    status: 'approved',
    ts: 0,
    took: 1500,
    tags: ['a'],
    device: { os: 'ios', score: 1 },
    ...fields,
  };
  return { value, timestamp, source: 'payments', headers: { trace: 't1' } };
}

export function capturedOf(stages: Readonly<Record<string, readonly EvaluationRecord[]>>): CapturedEvents {
  const events = (stage: string): readonly EvaluationRecord[] => stages[stage] ?? [];
  const all = Object.values(stages).flat();
  return {
    events,
    count: (stage) => events(stage).length,
    first: (stage) => events(stage)[0],
    last: (stage) => (stage === undefined ? all : events(stage)).at(-1),
  };
}

export interface Given {
  readonly scope?: ExpressionScope;
  readonly record?: EvaluationRecord;
  readonly captured?: CapturedEvents;
  readonly layout?: EvaluationLayout;
  readonly key?: unknown;
}

/** The value, after making sure that the compiled condition and the interpreter agree. */
export function evaluate(expression: string, given: Given = {}): unknown {
  const { scope = OPEN_SCOPE, record = payment(), captured, layout = {}, key } = given;
  const checked = checkExpression(expression, scope);
  assert.ok(checked.ok, checked.ok ? '' : `${expression}: ${JSON.stringify(checked.problems)}`);
  const value = compileValue(checked.tree, layout)(record, captured, key);
  assert.equal(describeValue(interpret(checked.tree, layout, record, captured, key)), describeValue(value), expression);
  assert.equal(compileCondition(checked.tree, layout)(record, captured, key), value === true, expression);
  return value;
}

export function describeValue(value: unknown): string {
  return value instanceof EvaluationError ? `error ${value.code}` : canonical(value);
}

export function problemsOf(
  expression: string,
  scope: ExpressionScope = PATTERN_SCOPE,
  expect?: ValueType['kind'],
): readonly Problem[] {
  const checked = checkExpression(expression, scope, expect);
  return checked.ok ? [] : checked.problems;
}
