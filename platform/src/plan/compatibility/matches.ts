/** What a rule keeps of the partial matches of the rule that it was. */
import { renderDuration } from '../../common/duration-text.js';
import type { PatternRule } from '../../job/stream-graph.js';
import type { MatchRestore, StateChange } from './compatibility.js';
import { sameInputs, sameStreams, type PlacedRule, type StreamContext } from './placed-rule.js';
import { compareStages } from './stages.js';
import type { StreamBreak } from './stream-breaks.js';

export interface ComparedMatches {
  readonly changes: readonly Omit<StateChange, 'subject'>[];
  /** Absent: none is kept. */
  readonly restore?: MatchRestore;
}

export function compareMatches(before: PlacedRule, after: PlacedRule, context: StreamContext): ComparedMatches {
  const [was, is] = [before.rule, after.rule];
  if (!('pattern' in was)) return { changes: [] };
  if (!('pattern' in is)) return lost('it has no pattern any more');
  const broken = brokenStream(after, context);
  const why = foreign(before, after, context) ?? broken?.reason ?? otherEvents(was, is);
  if (why !== undefined) return lost(why, why === broken?.reason && broken.kind === 'schema');
  return compareSteps(was, is, context);
}

function lost(why: string, unreadable = false): ComparedMatches {
  const message = `its partial matches are dropped: ${why}`;
  return { changes: [{ effect: 'lost', message, ...(unreadable ? { unreadable } : {}) }] };
}

/** Why the events that the rule took cannot meet those that it will take. */
function foreign(before: PlacedRule, after: PlacedRule, context: StreamContext): string | undefined {
  if (!sameStreams(before.node, after.node, context)) return 'it reads other streams';
  if (!sameInputs(before.node, after.node, context)) return 'its key is another';
  return undefined;
}

function brokenStream({ node }: PlacedRule, { breaks }: StreamContext): StreamBreak | undefined {
  return node.inputs.map(({ from }) => breaks.of(from)).find((broken) => broken !== undefined);
}

function otherEvents(was: PatternRule, is: PatternRule): string | undefined {
  return was.where?.id === is.where?.id ? undefined : 'its where is another, which chose their events';
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
