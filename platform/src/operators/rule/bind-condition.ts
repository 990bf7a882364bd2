/**
 * Makes a plan's condition callable: the step's `from` and the typed tree, compiled and bound to the tables.
 *
 * Invariants
 * - `key()` is computed from the record, by the key of the input that it came from, so that a condition on `key()` still
 *   looks at the event alone.
 */
import type { Comparison, Condition as PatternCondition } from '@tidegate/cep';
import {
  analyseComparisons,
  compileCondition,
  type CapturedEvents,
  type Comparison as FieldComparison,
  type Condition,
  type EvaluationLayout,
} from '../../expression/index.js';
import type { TypedNode, TypedTree } from '../../expression/tree.js';
import type { ConditionDescriptor } from '../../job/stream-graph.js';
import type { StreamRecord } from '../../record/stream-record.js';

/** The value of `key()` for a record. */
export type KeyValueOf = (record: StreamRecord) => unknown;

/** A condition on an event and what a match holds before it. */
export type BoundCondition = (record: StreamRecord, captured?: CapturedEvents) => boolean;

export function bindCondition(
  descriptor: ConditionDescriptor,
  layout: EvaluationLayout,
  keyOf: KeyValueOf,
): BoundCondition {
  const { from, tree } = descriptor;
  const condition = tree === undefined ? undefined : withKey(tree, compileCondition(tree, layout), keyOf);
  if (from === undefined) return condition ?? (() => true);
  const [only] = from;
  const accepts = from.length === 1 ? (source: string) => source === only : (source: string) => from.includes(source);
  if (condition === undefined) return (record) => accepts(record.source);
  return (record, captured) => accepts(record.source) && condition(record, captured);
}

function withKey(tree: TypedTree, condition: Condition, keyOf: KeyValueOf): BoundCondition {
  if (!readsKey(tree.root)) return condition;
  return (record, captured) => condition(record, captured, keyOf(record));
}

/** Whether `key()` occurs below a node: trees are plain data, so every object in them is looked at. */
function readsKey(node: TypedNode): boolean {
  if (node.kind === 'metadata' && node.name === 'key') return true;
  return Object.values(node).some((part: unknown) => typeof part === 'object' && part !== null && partReadsKey(part));
}

function partReadsKey(part: object): boolean {
  if (Array.isArray(part))
    return part.some((item: unknown) => typeof item === 'object' && item !== null && partReadsKey(item));
  return 'kind' in part && readsKey(part as TypedNode);
}

/** The same for the pattern engine, with the comparisons that it can look up for many rules at once. */
export function patternCondition(
  descriptor: ConditionDescriptor,
  layout: EvaluationLayout,
  keyOf: KeyValueOf,
): PatternCondition<StreamRecord> {
  const { id, eventOnly, tree, from } = descriptor;
  const test = bindCondition(descriptor, layout, keyOf);
  if (!eventOnly) return { id, eventOnly, test };
  const analysis = tree === undefined ? undefined : analyseComparisons(tree);
  const comparisons = analysis?.comparisons.flatMap(toComparison) ?? [];
  const suffice =
    analysis?.complete === true && from === undefined && comparisons.length === analysis.comparisons.length;
  return {
    id,
    eventOnly,
    test: (record) => test(record),
    ...(comparisons.length === 0 ? {} : { comparisons, comparisonsSuffice: suffice }),
  };
}

/** Not for constants from 2^53 on: an integer of the event that is rounded to a double might be taken for them. */
function toComparison({ path, operator, constant }: FieldComparison): Comparison<StreamRecord>[] {
  if (!Number.isSafeInteger(Math.trunc(constant))) return [];
  return [{ field: JSON.stringify(path), read: numberAt(path), operator, constant }];
}

/** Reads a number of an event; NaN where there is none, so that no comparison holds. */
function numberAt(path: readonly string[]): (record: StreamRecord) => number {
  const [name] = path;
  if (path.length === 1 && name !== undefined && !(name in Object.prototype)) {
    return (record) => asNumber(record.value[name]);
  }
  return (record) => {
    let current: unknown = record.value;
    for (const part of path) {
      if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) return Number.NaN;
      current = (current as Record<string, unknown>)[part];
    }
    return asNumber(current);
  };
}

function asNumber(value: unknown): number {
  return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : Number.NaN;
}
