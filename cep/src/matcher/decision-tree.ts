/**
 * For every state of a graph, a tree that asks for conditions one by one until the step is known.
 *
 * It asks for no condition twice, and for none that the step does not depend on. It grows as events come, so that only
 * combinations that occur are ever explored; beyond MAX_NODES new branches are explored again each time.
 */
import type { ConditionTable } from '../graph/condition-table.js';
import type { Graph, State } from '../graph/state.js';
import { StepExplorer, type Step } from '../graph/step.js';

const MAX_NODES = 20_000;

/** A question, or an answer if `condition` is -1. */
export class Decision {
  yes: Decision | undefined = undefined;
  no: Decision | undefined = undefined;

  constructor(
    readonly state: number,
    /** Index of the condition to ask for; -1 at a leaf. */
    readonly condition: number,
    readonly step: Step,
    /** Whether the step leaves the run (or, for the start, the set of runs) as it was. */
    readonly isUnchanged: boolean,
    readonly parent: Decision | undefined,
    /** Truth of the parent's condition that leads here. */
    readonly answer: boolean,
  ) {}
}

export class DecisionTree<E> {
  readonly roots: readonly Decision[];
  #size = 0;

  constructor(
    private readonly graph: Graph<E>,
    private readonly table: ConditionTable<E>,
  ) {
    this.roots = graph.states.map((state) => this.#grow(state, undefined, false));
  }

  /** The node below `parent` for an answer to its question. */
  follow(parent: Decision, answer: boolean): Decision {
    const known = answer ? parent.yes : parent.no;
    if (known !== undefined) return known;
    const state = this.graph.states[parent.state];
    if (state === undefined) throw new Error(`no state ${parent.state}`);
    const node = this.#grow(state, parent, answer);
    if (this.#size < MAX_NODES) {
      if (answer) parent.yes = node;
      else parent.no = node;
      this.#size++;
    }
    return node;
  }

  #grow(state: State<E>, parent: Decision | undefined, answer: boolean): Decision {
    const truth = new Map<number, boolean>();
    let given = answer;
    for (let node = parent; node !== undefined; given = node.answer, node = node.parent)
      truth.set(node.condition, given);
    const explorer = new StepExplorer<E>(this.graph, this.table, truth);
    const step = explorer.explore(state);
    if (step === undefined) return new Decision(state.index, explorer.missing, [], false, parent, answer);
    return new Decision(state.index, -1, step, this.#leavesUnchanged(state, step), parent, answer);
  }

  #leavesUnchanged(state: State<E>, step: Step): boolean {
    if (state === this.graph.start) return step.length === 0;
    const [only] = step;
    return step.length === 1 && only?.stage === -1 && only.target === state.index && !only.completes;
  }
}
