/** What the planner refuses in the user's words is what the engine refuses, over random patterns. */
import assert from 'node:assert/strict';
import { compile, PatternError } from '@tidegate/cep';
import fc from 'fast-check';
import { buildPattern } from '../../src/job/build-pattern.js';
import type { PatternDescriptor, StageDescriptor } from '../../src/job/stream-graph.js';
import { Findings } from '../../src/plan/findings.js';
import { refusePattern } from '../../src/plan/pattern-refusals.js';
import type { Pattern, Step } from '../../src/spec/application.js';
import { pathPositions } from './path-positions.js';

const RELATIONS = ['next', 'followedBy', 'followedByAny', 'notNext', 'notFollowedBy'] as const;
const MEMBERS_MAX = 3;

/** Steps without names and places, which `named` gives. */
interface Draft {
  readonly relation: (typeof RELATIONS)[number];
  readonly times: { from: number; to: number | null } | undefined;
  readonly optional: boolean;
  readonly greedy: boolean;
  readonly repeat: Step['repeat'];
  readonly maxGap: number | undefined;
  readonly steps: readonly Draft[] | undefined;
}

/** Most random patterns would be refused for several reasons at once; the last reasons to be checked need others to be rare. */
const rarely = fc.nat({ max: 4 }).map((number) => number === 0);

const times = fc.option(
  fc.oneof(
    fc.record({ from: fc.integer({ min: 0, max: 2 }), to: fc.constant(null) }),
    fc
      .tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 }))
      .map(([from, more]) => ({ from, to: Math.max(1, from + more) })),
  ),
  { nil: undefined },
);

function draft(depth: number): fc.Arbitrary<Draft> {
  return fc.record({
    relation: fc.constantFrom(...RELATIONS),
    times,
    optional: rarely,
    greedy: rarely,
    repeat: fc.constantFrom<Step['repeat']>('relaxed', 'relaxed', 'relaxed', 'consecutive', 'combinations'),
    maxGap: fc.option(fc.constantFrom(5, 50), { nil: undefined, freq: 2 }),
    steps:
      depth === 0
        ? fc.constant(undefined)
        : fc.option(fc.array(draft(depth - 1), { minLength: 1, maxLength: MEMBERS_MAX }), { nil: undefined, freq: 4 }),
  });
}

function named(drafts: readonly Draft[], path: Step['path']): Step[] {
  return drafts.map((one, index): Step => {
    const own = [...path, 'steps', index];
    const relation = index === 0 ? 'begin' : one.relation;
    const isGroup = one.steps !== undefined && relation !== 'notNext' && relation !== 'notFollowedBy';
    return {
      relation,
      name: `s${own.filter((part) => typeof part === 'number').join('_')}`,
      where: [],
      ...(isGroup ? { steps: named(one.steps, own) } : {}),
      ...(one.times === undefined ? {} : { times: one.times }),
      optional: one.optional,
      greedy: one.greedy,
      repeat: one.repeat,
      until: [],
      ...(one.maxGap === undefined ? {} : { maxGap: one.maxGap }),
      path: own,
    };
  });
}

const patterns: fc.Arbitrary<Pattern> = fc
  .record({
    drafts: fc.array(draft(1), { minLength: 1, maxLength: 4 }),
    within: fc.option(fc.constant(20), { nil: undefined, freq: 2 }),
    skipTo: fc.option(fc.constantFrom('s0', 's1', 's0_0', 'nobody'), { nil: undefined, freq: 5 }),
  })
  .map(({ drafts, within, skipTo }) => ({
    steps: named(drafts, []),
    ...(within === undefined ? {} : { within }),
    skip:
      skipTo === undefined ? { kind: 'none' } : { kind: 'toFirst', stage: skipTo, onMiss: 'continue', path: ['skip'] },
    path: [],
  }));

function descriptorOf({ steps, within, skip }: Pattern): PatternDescriptor {
  const stages = (members: readonly Step[]): StageDescriptor[] =>
    members.map(({ steps: group, until: _until, where: _where, path: _path, ...manner }) => ({
      ...manner,
      where: [],
      ...(group === undefined ? {} : { steps: stages(group) }),
      fingerprint: '',
    }));
  return { stages: stages(steps), skip, ...(within === undefined ? {} : { within }) };
}

function engineRefusal(pattern: Pattern): string | undefined {
  try {
    compile([
      {
        name: 'r',
        pattern: buildPattern(descriptorOf(pattern), ({ id }) => ({ id, eventOnly: true, test: () => true })),
      },
    ]);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof PatternError, String(error));
    return error.code;
  }
}

describe('refusals of patterns', () => {
  it('has its own words for everything that the engine refuses', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(patterns, (pattern) => {
        const findings = new Findings(pathPositions);
        refusePattern(pattern, findings);
        const refusal = engineRefusal(pattern);
        if (refusal !== undefined) met.add(refusal);
        assert.ok(refusal === undefined || findings.errorCount > 0, `only the engine refuses: ${refusal}`);
      }),
      { numRuns: 1200, seed: 7 },
    );
    const reasons = [
      ...['not-after-optional', 'greedy-on-single', 'greedy-on-group', 'optional-after-greedy', 'endless-group-loop'],
      ...['quantifier-on-not-stage', 'optional-not-stage', 'inner-contiguity-on-single'],
      ...['not-followed-by-without-window', 'unknown-skip-stage', 'gap-longer-than-window'],
    ];
    assert.deepEqual(
      reasons.filter((reason) => !met.has(reason)),
      [],
      'reasons that the random patterns never met',
    );
  });

  it('refuses nothing that the engine takes, but for what surely is a mistake', () => {
    const stricter = new Set(['TG311', 'TG318', 'TG310', 'TG317']);
    fc.assert(
      fc.property(patterns, (pattern) => {
        const findings = new Findings(pathPositions);
        refusePattern(pattern, findings);
        const needless = findings.diagnostics.filter(({ code }) => !stricter.has(code));
        assert.ok(needless.length === 0 || engineRefusal(pattern) !== undefined, JSON.stringify(needless));
      }),
      { numRuns: 1200, seed: 43 },
    );
  });
});
