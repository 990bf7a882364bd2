/**
 * Rules of the production pattern engine beside the probes, over the events of a key: with a partial match that waits, one that is
 * held, and one that time completes. Without conditions, so that every event is part of something.
 */
import { UNTYPED } from '../../expression/index.js';
import type { PatternDescriptor, PatternRule, StageDescriptor } from '../../job/stream-graph.js';

/** Event time goes on by some ten ms from event to event of a split, so keys of a seed see an event each 50 to 500 ms. */
const PATTERNS: Readonly<Record<string, PatternDescriptor>> = {
  /** Two events in a row. */
  pair: { stages: [stage('first', 'begin'), stage('second', 'next')], within: 120, skip: { kind: 'none' } },
  /** Three, of which no other match has one. */
  triple: {
    stages: [{ ...stage('some', 'begin'), times: { from: 2, to: 2 } }, stage('last', 'followedBy')],
    within: 600,
    skip: { kind: 'pastLastEvent' },
  },
  /** One with none behind it. */
  quiet: { stages: [stage('one', 'begin'), stage('none', 'notFollowedBy')], within: 90, skip: { kind: 'none' } },
};

export const PATTERN_RULES: readonly PatternRule[] = Object.entries(PATTERNS).map(([name, pattern]) =>
  ruleOf(name, pattern),
);

function stage(name: string, relation: StageDescriptor['relation']): StageDescriptor {
  return {
    name,
    relation,
    where: [],
    optional: false,
    greedy: false,
    repeat: 'relaxed',
    fingerprint: `${relation} any`,
  };
}

/** A rule that has nothing to say but that it matched. */
export function ruleOf(name: string, pattern: PatternDescriptor): PatternRule {
  return {
    name,
    severity: 'low',
    tags: [],
    body: 'stages',
    select: [],
    fields: UNTYPED,
    message: [],
    onError: 'fail',
    fingerprint: name,
    pattern,
  };
}
