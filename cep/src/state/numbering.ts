/** The numbers that a rule's stages and positions have now, by those that they had in the states that were written. */
import type { StateRole } from '../graph/state.js';
import type { KeptMatches } from './compare-rules.js';
import { NONE } from './plain-state.js';
import type { GraphDescription, StepMeaning } from './set-description.js';

/** By the number that was written: the number now; NONE for what is not there any more. */
export interface Numbering {
  readonly stages: readonly number[];
  readonly positions: readonly number[];
}

/** @param steps of the rule now */
export function numberingBetween(
  before: GraphDescription,
  after: GraphDescription,
  { stages, next }: KeptMatches,
  steps: readonly StepMeaning[],
): Numbering {
  const entry = next === undefined ? undefined : entryOf(after, next.after, steps);
  const positions = before.positions.map(([stage, role], position) => {
    const name = before.stages[stage] ?? '';
    const now = stages.get(name);
    if (now !== undefined) return sameOf(after, now, role, placeOf(before, position));
    if (name !== next?.before || entry === undefined) return NONE;
    return role === 'skip' ? entry.twin : entry.position;
  });
  return {
    stages: before.stages.map((name) => {
      const now = stages.get(name);
      return now === undefined ? NONE : after.stages.indexOf(now);
    }),
    positions,
  };
}

/** How many states of the same stage and role come before a position. */
function placeOf({ positions }: GraphDescription, position: number): number {
  const own = positions[position];
  let place = 0;
  for (let index = 0; index < position; index++) {
    const [stage, role] = positions[index] ?? [];
    if (stage === own?.[0] && role === own?.[1]) place++;
  }
  return place;
}

function sameOf(graph: GraphDescription, stage: string, role: StateRole, place: number): number {
  return positionsOf(graph, stage, role)[place] ?? NONE;
}

function positionsOf({ stages, positions }: GraphDescription, name: string, role: StateRole): number[] {
  const number = stages.indexOf(name);
  return positions.flatMap(([stage, own], index) => (stage === number && own === role ? [index] : []));
}

/**
 * Where a run waits that has not begun a step: patterns are compiled from their ends, so the first occurrence of a stage
 * is the one made last. The twin is for a run that has ignored an event there. A notFollowedBy is a state only at the end
 * of the pattern; elsewhere the run waits at the step behind it.
 */
function entryOf(
  graph: GraphDescription,
  stage: string,
  steps: readonly StepMeaning[],
): { readonly position: number; readonly twin: number } | undefined {
  const first = steps.findIndex(({ name, members }) => (members ?? [name])[0] === stage);
  for (const { name, members } of first < 0 ? [] : steps.slice(first)) {
    const own = (members ?? [name])[0] as string;
    const position = positionsOf(graph, own, 'take').at(-1) ?? positionsOf(graph, own, 'not').at(-1);
    if (position === undefined) continue;
    const twin = positionsOf(graph, own, 'skip').at(-1) ?? NONE;
    return { position, twin: twin > position ? twin : position };
  }
  return undefined;
}
