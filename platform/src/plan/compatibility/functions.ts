/**
 * Stateful functions of two plans. A type's state, and the messages that wait for it, are addressed by the type's name and
 * opaque to the platform: they are kept as long as the type is there, wherever it is served.
 */
import { FUNCTIONS } from '../../job/function-node.js';
import { functionsOf } from '../../job/graph-index.js';
import type { StreamGraph } from '../../job/stream-graph.js';
import type { StateChange } from './compatibility.js';

export interface FunctionComparison {
  /** Of nodes whose state is restored. */
  readonly kept: readonly string[];
  readonly changes: readonly StateChange[];
}

export function compareFunctions(before: StreamGraph, after: StreamGraph): FunctionComparison {
  const typesOf = (graph: StreamGraph): string[] =>
    functionsOf(graph).flatMap(({ id, types }) => types.map(({ type }) => `${id}.${type}`));
  const [former, present] = [typesOf(before), typesOf(after)];
  const kept = former.filter((type) => present.includes(type));
  const gone = former.filter((type) => !present.includes(type));
  const message = 'is called no more: its state and the messages that wait for it are dropped';
  return {
    // What is delayed is the node's own: it goes on with whoever is there.
    kept: present.length > 0 && former.length > 0 ? [FUNCTIONS, ...kept] : [],
    changes: gone.map((subject): StateChange => ({ subject, effect: 'gone', message })),
  };
}
