/** Several rules over one keyed stream, compiled together so that they share their conditions. */
import { compileGraph } from '../graph/compile-graph.js';
import { ConditionTable } from '../graph/condition-table.js';
import { Rule } from '../matcher/rule.js';
import type { Condition } from '../pattern/condition.js';
import { PatternError } from '../pattern/pattern-error.js';
import type { RuleDefinition } from './options.js';

export interface PatternSet<E> {
  readonly rules: readonly Rule<E>[];
  /** By rule: index of the condition that an event must satisfy to be seen by the rule; -1 if there is none. */
  readonly filters: readonly number[];
  readonly conditions: readonly Condition<E>[];
}

/** Throws a PatternError for the first rule that is refused. */
export function compile<E>(definitions: readonly RuleDefinition<E>[]): PatternSet<E> {
  const table = new ConditionTable<E>();
  const names = new Set<string>();
  const filters: number[] = [];
  const rules = definitions.map(({ name, pattern, filter }, index) => {
    if (names.has(name)) throw new PatternError('duplicate-name', `two rules are named "${name}"`);
    names.add(name);
    filters.push(filter === undefined ? -1 : table.indexOf(filter));
    const graph = compileGraph(pattern);
    const used = new Set<number>();
    for (const state of graph.states) for (const edge of state.edges) table.collect(edge.predicate, used);
    return new Rule<E>(name, index, graph, pattern.skip, table);
  });
  return { rules, filters, conditions: table.conditions };
}
