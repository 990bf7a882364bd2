/** What a rule keeps of the partial matches of the rule that it was. */
import { renderDuration } from '../../common/duration-text.js';
import type { PatternRule } from '../../job/stream-graph.js';
import type { MatchRestore, StateChange } from './compatibility.js';
import { sameInputs, sameStreams, type PlacedRule, type StreamContext } from './placed-rule.js';
import { compareStages } from './stages.js';

export interface ComparedMatches {
  readonly changes: readonly Omit<StateChange, 'subject'>[];
  /** Absent: none is kept. */
  readonly restore?: MatchRestore;
}

export function compareMatches(before: PlacedRule, after: PlacedRule, context: StreamContext): ComparedMatches {
  const [was, is] = [before.rule, after.rule];
  if (!('pattern' in was)) return { changes: [] };
  const why = 'pattern' in is ? foreign(before, after, context) : 'it has no pattern any more';
  if (why !== undefined || !('pattern' in is)) return lost(why);
  return compareSteps(was, is, context);
}

function lost(why: string | undefined): ComparedMatches {
  return { changes: [{ effect: 'lost', message: `its partial matches are dropped: ${why}` }] };
}

/** Why the events that the rule took cannot meet those that it will take. */
function foreign(before: PlacedRule, after: PlacedRule, context: StreamContext): string | undefined {
  if (!sameStreams(before.node, after.node, context)) return 'it reads other streams';
  if (!sameInputs(before.node, after.node, context)) return 'its key is another';
  for (const { from } of after.node.inputs) {
    const broken = context.breaks.of(from);
    if (broken !== undefined) return broken.reason;
  }
  return before.rule.where?.id === after.rule.where?.id ? undefined : 'its where is another, which chose their events';
}

function compareSteps(was: PatternRule, is: PatternRule, { names }: StreamContext): ComparedMatches {
  const { restore, changed } = compareStages(was.pattern.stages, is.pattern.stages, names);
  if (restore === undefined) return lost(`its first step "${changed}" is another`);
  const changes: Omit<StateChange, 'subject'>[] = [];
  if (changed !== undefined) {
    const dropped = restore.next === undefined ? `wait for "${changed}" or` : `took an event at "${changed}" or`;
    changes.push({
      effect: 'partly',
      message: `partial matches that ${dropped} went beyond it are dropped, as that step is another; the others are kept`,
    });
  }
  const [before, after] = [was.pattern.within, is.pattern.within];
  if (before !== after)
    changes.push({
      effect: 'kept',
      message: `partial matches go on with ${within(after)} instead of ${within(before)}`,
    });
  return { changes, restore: { rule: was.name, ...restore } };
}

function within(ms: number | undefined): string {
  return ms === undefined ? 'no within' : `within: ${renderDuration(ms)}`;
}
