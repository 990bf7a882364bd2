/** Makes key states of tables that were written for the same set. */
import { KeyState, RunSet, START_RUN, type RuleState, type Run } from '../matcher/key-state.js';
import type { Rule } from '../matcher/rule.js';
import type { TimeOrigin } from '../matcher/time-origin.js';
import { InvalidStateError } from './invalid-state-error.js';
import { PlainRunBuilder } from './plain-run-builder.js';
import { START, type PlainHeaps, type PlainShare, type PlainState } from './plain-state.js';

export class PlainStateReader<E> {
  readonly #rules: readonly Rule<E>[];
  readonly #origin: TimeOrigin;
  readonly #runs: PlainRunBuilder<E>;
  readonly #stageCount: number;

  constructor(rules: readonly Rule<E>[], origin: TimeOrigin) {
    this.#rules = rules;
    this.#origin = origin;
    this.#runs = new PlainRunBuilder<E>(origin);
    this.#stageCount = Math.max(...rules.map(({ stages }) => stages.length));
  }

  /** @throws InvalidStateError */
  read(plain: PlainState<E>): KeyState<E> {
    this.#runs.begin(plain);
    for (const { stage } of plain.nodes)
      if (!(stage >= 0 && stage < this.#stageCount)) throw new InvalidStateError(`there is no stage ${stage}`);
    const runs = this.#runs.build(plain, undefined);
    const states = plain.heaps.map((heaps) => stateOf(heaps, runs));
    const state = new KeyState<E>(this.#rules.length);
    for (const share of plain.shares) this.#setRules(state, share, plain, states[share.heaps]);
    if (state.live === 0) throw new InvalidStateError('no rule has a state');
    state.hasten(this.#origin.offset(plain.due));
    return state;
  }

  #setRules(
    state: KeyState<E>,
    { rule, count, heaps }: PlainShare,
    plain: PlainState<E>,
    own: RuleState<E> | undefined,
  ): void {
    if (own === undefined) throw new InvalidStateError(`there are no heaps ${heaps}`);
    const last = lastPosition(plain, plain.heaps[heaps] as PlainHeaps);
    for (let index = rule; index < rule + count; index++) {
      const known = this.#rules[index];
      if (known === undefined || state.rule(index) !== undefined || last >= known.graph.states.length)
        throw new InvalidStateError(`rule ${index} cannot have this state`);
      state.setRule(index, own);
    }
    state.live += count;
  }
}

/** The highest position of a partial match. @throws InvalidStateError where one waits nowhere */
function lastPosition({ nodes }: PlainState<unknown>, { runs }: PlainHeaps): number {
  let last = 0;
  for (const run of runs) {
    if (run === START) continue;
    const position = nodes[run]?.position ?? START;
    if (position < 0) throw new InvalidStateError(`run ${run} has no position`);
    if (position > last) last = position;
  }
  return last;
}

/** @throws InvalidStateError */
function stateOf<E>({ runs, completed }: PlainHeaps, nodes: readonly (Run<E> | undefined)[]): RuleState<E> {
  const runOf = (node: number): Run<E> => {
    const run = node === START ? START_RUN : nodes[node];
    if (run === undefined) throw new InvalidStateError(`there is no run ${node}`);
    return run;
  };
  if (!runs.includes(START)) throw new InvalidStateError('the start run is missing');
  const [first] = runs;
  if (first !== undefined && first !== START && runs.length === 2 && completed.length === 0) return runOf(first);
  return new RunSet<E>(runs.map(runOf), completed.map(runOf));
}
