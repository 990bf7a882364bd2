/** Keys of records: an operator's inputs each have key expressions of their own. */
import { compileValue, EvaluationError, type EvaluationLayout, type ValueOf } from '../../expression/index.js';
import type { TypedTree } from '../../expression/tree.js';
import type { OperatorInput } from '../../job/stream-graph.js';
import { toKey, type Key } from '../../record/key.js';
import type { StreamRecord } from '../../record/stream-record.js';
import type { KeyValueOf } from './bind-condition.js';

/** The key of a record; undefined where an expression gives nothing that can be a key. */
export type RecordKeyOf = (record: StreamRecord) => Key | undefined;

/** Compiled key expressions, by the tables that they read, then by their trees. */
const PARTS = new WeakMap<object, WeakMap<TypedTree, ValueOf>>();

export function keySelector(trees: readonly TypedTree[], layout: EvaluationLayout): RecordKeyOf {
  const parts = trees.map((tree) => keyPart(tree, layout));
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return (record) => toKey(usable(only, record));
  return (record) => toKey(parts.map((part) => usable(part, record)));
}

/** Compiled once in a thread: tasks come and go with attempts, and what the engine has learnt of the code stays. */
function keyPart(tree: TypedTree, layout: EvaluationLayout): ValueOf {
  const tables = layout.tables ?? PARTS;
  let parts = PARTS.get(tables);
  if (parts === undefined) PARTS.set(tables, (parts = new WeakMap()));
  let part = parts.get(tree);
  if (part === undefined) parts.set(tree, (part = compileValue(tree, layout)));
  return part;
}

function usable(part: ValueOf, record: StreamRecord): unknown {
  const value = part(record);
  return value instanceof EvaluationError ? undefined : value;
}

/** The value of `key()` for any record that reaches an operator with these inputs. */
export function keyValueOf(inputs: readonly OperatorInput[], layout: EvaluationLayout): KeyValueOf {
  const bySource = new Map(
    inputs.map(({ name, key }) => {
      const parts = key.map((tree) => keyPart(tree, layout));
      const [only] = parts;
      const value: KeyValueOf =
        parts.length === 1 && only !== undefined
          ? (record) => only(record)
          : (record) => parts.map((part) => part(record));
      return [name, value] as const;
    }),
  );
  return (record) => bySource.get(record.source)?.(record);
}
