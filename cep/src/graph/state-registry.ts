/**
 * Makes the states of one graph, and names them.
 *
 * A state is named after its stage, the second and later ones with a counter. The names matter beyond reading: whether a
 * state of a quantified stage is the first of its name decides whether the quantifier's window applies to it, and stop
 * states are told apart by name.
 */
import { PatternError } from '../pattern/pattern-error.js';
import type { Pattern } from '../pattern/pattern.js';
import { State, type StateKind, type StateRole } from './state.js';

const END_NAME = '$endState$';

export class StateRegistry<E> {
  readonly states: State<E>[] = [];
  readonly stages: string[] = [];
  readonly #names = new Set<string>();

  end(): State<E> {
    return this.add(END_NAME, END_NAME, 'end', 'final');
  }

  /** A state that takes events for the stage: the one kind that its PREVIOUS_AND_CURRENT window applies to. */
  taking(pattern: Pattern<E>, role: StateRole, kind: StateKind = 'normal'): State<E> {
    const state = this.add(pattern.name, pattern.name, role, kind);
    const times = pattern.timesBounds;
    if (times === undefined) state.gapWindow = pattern.window('PREVIOUS_AND_CURRENT');
    else if (state.name !== pattern.name) state.gapWindow = times.window;
    return state;
  }

  add(base: string, stage: string, role: StateRole, kind: StateKind): State<E> {
    let name = base;
    for (let count = 0; this.#names.has(name); count++) name = `${base}:${count}`;
    this.#names.add(name);
    let stageIndex = this.stages.indexOf(stage);
    if (stageIndex < 0) stageIndex = this.stages.push(stage) - 1;
    const state = new State<E>(this.states.length, stage, stageIndex, role, kind, name);
    this.states.push(state);
    return state;
  }

  /** A state with the same edges; those that led to the original itself lead to the copy. */
  copy(original: State<E>): State<E> {
    const copy = this.add(original.stage, original.stage, 'copy', original.kind);
    for (const edge of original.edges) {
      copy.edges.push({ ...edge, target: edge.target === original ? copy : edge.target });
    }
    return copy;
  }
}

/** Refuses a pattern, groups included, in which two stages have the same name. */
export function checkNames<E>(last: Pattern<E>): void {
  const names = new Set<string>([END_NAME]);
  const visit = (pattern: Pattern<E> | undefined): void => {
    for (let stage = pattern; stage !== undefined; stage = stage.previous) {
      if (stage.group !== undefined) visit(stage.group);
      else if (names.has(stage.name)) throw new PatternError('duplicate-name', `two stages are named "${stage.name}"`);
      else names.add(stage.name);
    }
  };
  visit(last);
}
