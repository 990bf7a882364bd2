/** `sum`, `avg`, `min` and `max` over the events of a stage. Absent and null values are left out, as in SQL. */
import { spendWork, workExceeded } from './budget.js';
import { compareValues } from './equality.js';
import { EvaluationError } from './evaluation.js';
import type { EvaluationRecord } from './evaluation.js';
import { exactInt, isInt } from './integer.js';
import type { Int } from './integer.js';
import type { AggregateNode } from './tree.js';

export type Aggregate = (events: readonly EvaluationRecord[], body: (event: EvaluationRecord) => unknown) => unknown;

export function aggregateOf(node: AggregateNode): Aggregate {
  switch (node.function) {
    case 'sum':
      return (events, body) => collected(events, body, sum);
    case 'avg':
      return (events, body) => collected(events, body, (values) => mean(values, node.type.kind === 'duration'));
    case 'min':
      return (events, body) => collected(events, body, (values) => extreme(values, -1));
    case 'max':
      return (events, body) => collected(events, body, (values) => extreme(values, 1));
  }
}

function collected(
  events: readonly EvaluationRecord[],
  body: (event: EvaluationRecord) => unknown,
  finish: (values: unknown[]) => unknown,
): unknown {
  const values: unknown[] = [];
  for (const event of events) {
    if (!spendWork(1)) return workExceeded();
    const value = body(event);
    if (value instanceof EvaluationError) return value;
    if (value !== undefined && value !== null) values.push(value);
  }
  return finish(values);
}

function sum(values: readonly unknown[]): unknown {
  let total: Int = 0;
  for (const value of values) {
    if (typeof value !== 'number' && typeof value !== 'bigint')
      return new EvaluationError('no_such_overload', 'only numbers have a sum');
    const next: Int | EvaluationError = add(total, value);
    if (next instanceof EvaluationError) return next;
    total = next;
  }
  return total;
}

function add(total: Int, value: Int): Int | EvaluationError {
  const fast = Number(total) + Number(value);
  return isInt(total) && isInt(value) ? exactInt(fast, total, value, (a, b) => a + b) : fast;
}

function mean(values: readonly unknown[], isDuration: boolean): unknown {
  const total = sum(values);
  if (total instanceof EvaluationError || values.length === 0)
    return total instanceof EvaluationError ? total : undefined;
  const average = Number(total) / values.length;
  return isDuration ? Math.round(average) : average;
}

function extreme(values: readonly unknown[], sign: 1 | -1): unknown {
  let [found] = values;
  for (const value of values) {
    const order = compareValues(value, found);
    if (order instanceof EvaluationError) return order;
    if (order * sign > 0) found = value;
  }
  return found;
}
