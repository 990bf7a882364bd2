/** A pattern made ready to run: its graph, the tree of steps, and what its skip strategy and windows come to. */
import type { ConditionTable } from '../graph/condition-table.js';
import type { Graph } from '../graph/state.js';
import type { SkipStrategy } from '../pattern/skip-strategy.js';
import { DecisionTree } from './decision-tree.js';
import { Run, TakenEvent } from './key-state.js';

/** Sorts after every event; its fields are never read otherwise. */
const BEFORE_ANY_EVENT = new TakenEvent<never>(undefined as never, Infinity, Infinity);

export class Rule<E> {
  readonly stages: readonly string[];
  readonly tree: DecisionTree<E>;
  /** The run that every key has, and that never goes away. */
  readonly startRun: Run<E>;
  /** From the first event to the end of a run's window, in ms; +Infinity for no limit. */
  readonly window: number;
  /** By state: from a run's last event to the end of its wait, in ms; +Infinity for no limit. */
  readonly gapWindows: readonly number[];
  readonly hasGapWindows: boolean;
  /** By state: whether a run there is a match when its window ends. */
  readonly isPending: readonly boolean[];
  /** Index of the stage that the skip strategy names; -1 if it names none. */
  readonly skipStage: number;

  constructor(
    readonly name: string,
    /** Position in its set. */
    readonly index: number,
    readonly graph: Graph<E>,
    readonly skip: SkipStrategy,
    table: ConditionTable<E>,
  ) {
    this.stages = graph.stages;
    this.tree = new DecisionTree<E>(graph, table);
    this.startRun = new Run<E>(graph.start.index, -1, BEFORE_ANY_EVENT, undefined, BEFORE_ANY_EVENT);
    this.window = windowOrNone(graph.window);
    this.gapWindows = graph.states.map((state) => windowOrNone(state.gapWindow));
    this.hasGapWindows = this.gapWindows.some((gap) => gap < Infinity);
    this.isPending = graph.states.map((state) => state.kind === 'pending');
    this.skipStage = 'stage' in skip ? this.stages.indexOf(skip.stage) : -1;
  }
}

function windowOrNone(window: number | undefined): number {
  return window !== undefined && window > 0 ? window : Infinity;
}
