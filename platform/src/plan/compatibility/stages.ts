/** Which steps of a pattern mean the same in two plans: those before the first that does not. */
import { fingerprint, renameStages } from '../../expression/index.js';
import type { ConditionDescriptor, StageDescriptor } from '../../job/stream-graph.js';
import type { MatchRestore } from './compatibility.js';
import { pairsOf, renamesOf } from './pairs.js';

type Stages = readonly StageDescriptor[];
/** After to before. */
type Names = ReadonlyMap<string, string>;

export interface ComparedStages {
  /** Absent when no partial match can be kept: the first step changed. */
  readonly restore?: Pick<MatchRestore, 'stages' | 'next'>;
  /** The first step that is not as it was, by its name before; absent when every step of the plan before is. */
  readonly changed?: string;
}

/** @param inputs names of the rule's inputs that changed */
export function compareStages(before: Stages, after: Stages, inputs: Names): ComparedStages {
  const names = stageRenames(before, after);
  const isSame = sameMeaning(names, inputs);
  const found = before.findIndex((stage, index) => {
    const candidate = after[index];
    return candidate === undefined || !isSame(stage, candidate) || endsOtherwise(before, after, index);
  });
  const count = found === -1 ? before.length : found;
  const stages = new Map(
    after
      .slice(0, count)
      .flatMap(withMembers)
      .map((name) => [names.get(name) ?? name, name]),
  );
  const changed = before[count];
  if (changed === undefined) return { restore: { stages } };
  if (count === 0) return { changed: changed.name };
  const next = after[count];
  return {
    changed: changed.name,
    restore: {
      stages,
      ...(next === undefined ? {} : { next: { before: firstIn(changed), after: firstIn(next) } }),
    },
  };
}

/** Steps that have another name than before. */
export function stageRenames(before: Stages, after: Stages): Names {
  const flat = (stages: Stages): Stages => stages.flatMap((stage) => [stage, ...flat(stage.steps ?? [])]);
  return renamesOf(pairsOf(flat(before), flat(after)));
}

/** Fingerprints tell it, but for names in them that changed. */
function sameMeaning(names: Names, inputs: Names): (before: StageDescriptor, after: StageDescriptor) => boolean {
  const nothing: Names = new Map();
  return (before, after) => {
    if ((names.get(after.name) ?? after.name) !== before.name) return false;
    if (names.size === 0 && inputs.size === 0) return before.fingerprint === after.fingerprint;
    return meaningOf(before, nothing, nothing) === meaningOf(after, names, inputs);
  };
}

/** What the fingerprint is made of, with the names of the plan before. */
function meaningOf(stage: StageDescriptor, names: Names, inputs: Names): string {
  const { relation, times, optional, greedy, repeat, maxGap, where, until, steps = [] } = stage;
  const condition = ({ from, tree }: ConditionDescriptor) => [
    from?.map((input) => inputs.get(input) ?? input).sort() ?? null,
    tree === undefined ? null : fingerprint(renameStages(tree, names)),
  ];
  return JSON.stringify([
    [relation, times ?? null, optional, greedy, repeat, maxGap ?? null],
    where.map(condition),
    until === undefined ? null : condition(until),
    steps.map((member) => [names.get(member.name) ?? member.name, meaningOf(member, names, inputs)]),
  ]);
}

/** At the end of a pattern a notFollowedBy waits for the end of its window, elsewhere for the step after it. */
function endsOtherwise(before: Stages, after: Stages, index: number): boolean {
  return before[index]?.relation === 'notFollowedBy' && (index === before.length - 1) !== (index === after.length - 1);
}

function withMembers({ name, steps = [] }: StageDescriptor): readonly string[] {
  return [name, ...steps.flatMap(withMembers)];
}

/** The stage at which a match waits that has not begun the step: in a group its first member. */
function firstIn({ name, steps = [] }: StageDescriptor): string {
  const [first] = steps;
  return first === undefined ? name : firstIn(first);
}
