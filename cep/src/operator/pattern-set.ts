/** Several rules over one keyed stream, compiled together so that they share their conditions. */
import { compileGraph } from '../graph/compile-graph.js';
import { ConditionTable } from '../graph/condition-table.js';
import { StepTable } from '../graph/step.js';
import { ConditionIndex } from '../matcher/condition-index.js';
import { Rule } from '../matcher/rule.js';
import type { Condition } from '../pattern/condition.js';
import { PatternError } from '../pattern/pattern-error.js';
import type { RuleDefinition } from './options.js';

export interface PatternSet<E> {
  readonly rules: readonly Rule<E>[];
  readonly conditions: readonly Condition<E>[];
  readonly index: ConditionIndex<E>;
}

/** Throws a PatternError for the first rule that is refused. */
export function compile<E>(definitions: readonly RuleDefinition<E>[]): PatternSet<E> {
  const table = new ConditionTable<E>();
  const steps = new StepTable();
  const names = new Set<string>();
  const rules = definitions.map(({ name, pattern, filter, reportsTimeouts = true }, index) => {
    if (names.has(name)) throw new PatternError('duplicate-name', `two rules are named "${name}"`);
    names.add(name);
    const filterIndex = filter === undefined ? -1 : table.indexOf(filter);
    const graph = compileGraph(pattern);
    return new Rule<E>(name, index, filterIndex, reportsTimeouts, graph, pattern.skip, table, steps);
  });
  const { conditions } = table;
  return { rules, conditions, index: new ConditionIndex<E>(rules, conditions) };
}
