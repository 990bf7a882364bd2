/** A pattern made ready to run: its graph, the tree of steps, and what its skip strategy and windows come to. */
import type { ConditionTable } from '../graph/condition-table.js';
import type { Graph } from '../graph/state.js';
import type { StepTable } from '../graph/step.js';
import type { SkipStrategy } from '../pattern/skip-strategy.js';
import { DecisionTree } from './decision-tree.js';

export class Rule<E> {
  readonly stages: readonly string[];
  readonly tree: DecisionTree<E>;
  /** From the first event to the end of a run's window, in ms; +Infinity for no limit. */
  readonly window: number;
  /** By state: from a run's last event to the end of its wait, in ms; +Infinity for no limit. */
  readonly gapWindows: readonly number[];
  readonly hasGapWindows: boolean;
  /** By state: whether a run there is a match when its window ends. */
  readonly isPending: readonly boolean[];
  readonly hasPending: boolean;
  /** Indices of its conditions, the filter's not among them. */
  readonly conditions: readonly number[];
  /** Index of the stage that the skip strategy names; -1 if it names none. */
  readonly skipStage: number;

  constructor(
    readonly name: string,
    /** Position in its set. */
    readonly index: number,
    /** Index of the condition without which the rule does not see an event; -1 if there is none. */
    readonly filter: number,
    /** Whether the host wants to hear of its timeouts. */
    readonly reportsTimeouts: boolean,
    readonly graph: Graph<E>,
    readonly skip: SkipStrategy,
    table: ConditionTable<E>,
    steps: StepTable,
  ) {
    const used = new Set<number>();
    for (const { edges } of graph.states) for (const { predicate } of edges) table.collect(predicate, used);
    this.conditions = [...used];
    this.stages = graph.stages;
    this.tree = new DecisionTree<E>(graph, table, steps);
    this.window = windowOrNone(graph.window);
    this.gapWindows = graph.states.map((state) => windowOrNone(state.gapWindow));
    this.hasGapWindows = this.gapWindows.some((gap) => gap < Infinity);
    this.isPending = graph.states.map((state) => state.kind === 'pending');
    this.hasPending = this.isPending.includes(true);
    this.skipStage = 'stage' in skip ? this.stages.indexOf(skip.stage) : -1;
  }
}

function windowOrNone(window: number | undefined): number {
  return window !== undefined && window > 0 ? window : Infinity;
}
