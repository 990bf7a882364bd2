/**
 * For every state of a graph, a tree that asks for conditions one by one until the step is known.
 *
 * It asks for no condition twice, and for none that the step does not depend on. It grows as events come, so that only
 * combinations that occur are ever explored; beyond MAX_NODES new branches are explored again each time.
 */
import type { ConditionTable } from '../graph/condition-table.js';
import type { Graph, State } from '../graph/state.js';
import { Step, StepExplorer, type KnownTruth, type StepTable } from '../graph/step.js';

const MAX_NODES = 20_000;

const NO_STEP = new Step([], '');

/** A question, or an answer if `condition` is -1. */
export class Decision {
  yes: Decision | undefined = undefined;
  no: Decision | undefined = undefined;

  constructor(
    /** Index of the condition to ask for; -1 at a leaf. */
    readonly condition: number,
    readonly step: Step,
    /** Whether the step leaves the run (or, for the start, the set of runs) as it was. */
    readonly isUnchanged: boolean,
    readonly state: number,
    readonly parent: Decision | undefined,
    /** Truth of the parent's condition that leads here. */
    readonly answer: boolean,
  ) {}
}

export class DecisionTree<E> {
  /** By state. */
  readonly roots: readonly Decision[];
  readonly start: Decision;
  /** Of the states in which a run may wait for an event. */
  readonly waiting: readonly Decision[];
  #size = 0;

  constructor(
    private readonly graph: Graph<E>,
    private readonly table: ConditionTable<E>,
    private readonly steps: StepTable,
  ) {
    this.roots = graph.states.map((state) => this.#grow(state, undefined, false));
    this.start = this.#rootOf(graph.start);
    this.waiting = graph.states
      .filter((state) => state !== graph.start && state.kind !== 'stop' && state.kind !== 'final')
      .map((state) => this.#rootOf(state));
  }

  /** The answer below a root, given the truth of all conditions. */
  resolve(root: Decision, truth: KnownTruth): Decision {
    let node = root;
    while (node.condition >= 0) node = this.follow(node, truth(node.condition) === true);
    return node;
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

  #rootOf(state: State<E>): Decision {
    const root = this.roots[state.index];
    if (root === undefined) throw new Error(`no state ${state.index}`);
    return root;
  }

  #grow(state: State<E>, parent: Decision | undefined, answer: boolean): Decision {
    const truth = new Map<number, boolean>();
    let given = answer;
    for (let node = parent; node !== undefined; given = node.answer, node = node.parent)
      truth.set(node.condition, given);
    const explorer = new StepExplorer<E>(this.graph, this.table, (condition) => truth.get(condition));
    const moves = explorer.explore(state);
    if (moves === undefined) return new Decision(explorer.missing, NO_STEP, false, state.index, parent, answer);
    const step = this.steps.intern(moves);
    return new Decision(-1, step, this.#leavesUnchanged(state, step), state.index, parent, answer);
  }

  #leavesUnchanged(state: State<E>, { moves }: Step): boolean {
    if (state === this.graph.start) return moves.length === 0;
    const [only] = moves;
    return moves.length === 1 && only?.stage === -1 && only.target === state.index && !only.completes;
  }
}
