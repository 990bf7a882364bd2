/**
 * What the numbers in plain states mean, and what the rules meant that made them: plain data, to be kept beside the
 * states so that another set can read them, and to be compared before it does.
 *
 * A position is told by its stage, its role, and its place among the stage's states of that role: a stage that means the
 * same has the same states in every pattern, whatever comes behind it.
 */
import type { State, StateRole } from '../graph/state.js';
import type { PatternSet } from '../operator/pattern-set.js';
import type { Rule } from '../matcher/rule.js';

export interface SetDescription {
  /** Rules that differ in conditions alone have one graph. */
  readonly graphs: readonly GraphDescription[];
  /** By index. */
  readonly rules: readonly RuleDescription[];
}

export interface GraphDescription {
  /** By number. */
  readonly stages: readonly string[];
  /** By number; those of one stage and role in the order in which they were compiled. */
  readonly positions: readonly PositionDescription[];
  /** From the first event to the end of a match's window, in ms: `due` of a state follows from it. Absent: no limit. */
  readonly within?: number;
}

/** A group's end is told by the group's first stage. */
export type PositionDescription = readonly [stage: number, role: StateRole];

export interface RuleDescription extends RuleMeaning {
  readonly name: string;
  /** Index of its graph. */
  readonly graph: number;
}

/** What only the host knows of a rule. */
export interface RuleMeaning {
  /** The rule's name in states that may be read. */
  readonly renamedFrom?: string;
  /** Of what chooses the rule's events: nothing is kept if it has changed. */
  readonly filter?: string;
  /** In order. */
  readonly steps: readonly StepMeaning[];
}

/** A stage, or a group of them. */
export interface StepMeaning {
  readonly name: string;
  readonly renamedFrom?: string;
  /** Of conditions, contiguity, quantifier and members: its own name does not count. */
  readonly fingerprint: string;
  /** Of a group: the stages in it and in the groups in it, in order. */
  readonly members?: readonly string[];
}

/** @param meanings of the set's rules, by index */
export function describeSet<E>({ rules }: PatternSet<E>, meanings: readonly RuleMeaning[]): SetDescription {
  const graphs: GraphDescription[] = [];
  const known = new Map<string, number>();
  return {
    graphs,
    rules: rules.map((rule, index) => {
      const graph = describeGraph(rule);
      const text = JSON.stringify(graph);
      let number = known.get(text);
      if (number === undefined) known.set(text, (number = graphs.push(graph) - 1));
      return { name: rule.name, graph: number, ...(meanings[index] as RuleMeaning) };
    }),
  };
}

function describeGraph<E>({ graph: { stages, states }, window }: Rule<E>): GraphDescription {
  const positions = states.map((state) => [tellingStage(state), state.role] as const);
  return { stages, positions, ...(window === Infinity ? {} : { within: window }) };
}

/** Groups have no names; the end of one leads back to its beginning. */
function tellingStage<E>(state: State<E>): number {
  const beginning = state.role === 'group-end' ? state.edges[0]?.target : undefined;
  return (beginning ?? state).stageIndex;
}
