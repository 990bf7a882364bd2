/** Whatever is edited in a pattern, exactly the steps before the first difference keep their events. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { comparePlans, type MatchRestore } from '../../../src/plan/compatibility/index.js';
import { planOf } from './edit.js';

interface Step {
  readonly name: string;
  readonly relation: 'next' | 'followedBy';
  readonly limit: number;
  /** Compares with the first step. */
  readonly looksBack: boolean;
}

const NAMES = ['a', 'b', 'c', 'd'];

const steps: fc.Arbitrary<readonly Step[]> = fc
  .uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 })
  .chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc.record({
          name: fc.constant(name),
          relation: fc.constantFrom<Step['relation']>('next', 'followedBy'),
          limit: fc.constantFrom(1, 2),
          looksBack: fc.boolean(),
        }),
      ),
    ),
  );

/** The pattern, with every step under its new name. */
function application(list: readonly Step[], renames: ReadonlyMap<string, string>): string {
  const named = (name: string) => renames.get(name) ?? name;
  const first = named(list[0]?.name ?? '');
  const lines = list.map(({ name, relation, limit, looksBack }, index) => {
    const back = looksBack && index > 0 ? ` && amount > ${first}.amount` : '';
    const was = renames.has(name) ? `\n          renamedFrom: ${name}` : '';
    return `        - ${index === 0 ? 'begin' : relation}: ${named(name)}\n          where: amount > ${limit}${back}${was}`;
  });
  return `name: t
ingresses: { i: { file: i.jsonl, schema: { k: string, amount: int } } }
rules:
  r:
    from: i
    key: k
    pattern:
      within: 1h
      steps:
${lines.join('\n')}
    to: out
egresses: { out: { stdout: {} } }
`;
}

/** How many steps are the same, from their text alone. */
function commonSteps(before: readonly Step[], after: readonly Step[]): number {
  const text = (list: readonly Step[], index: number) => {
    const step = list[index];
    if (step === undefined) return undefined;
    const relation = index === 0 ? 'begin' : step.relation;
    return JSON.stringify([step.name, relation, step.limit, step.looksBack && index > 0 ? list[0]?.name : null]);
  };
  const differing = before.findIndex((_, index) => text(before, index) !== text(after, index));
  return differing === -1 ? before.length : differing;
}

function restored(before: string, after: string): MatchRestore | undefined {
  return comparePlans(planOf(before), planOf(after)).restore.matches.get('r');
}

const NO_RENAMES: ReadonlyMap<string, string> = new Map();

describe('Any two patterns of one rule', () => {
  it('share the events of the steps before the first that differs', () => {
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const common = commonSteps(before, after);
        const kept = restored(application(before, NO_RENAMES), application(after, NO_RENAMES));
        const names = before.slice(0, common).map(({ name }) => name);
        assert.deepEqual([...(kept?.stages.keys() ?? [])], names);
        const [was, is] = [before[common], after[common]];
        const next = common === 0 || was === undefined || is === undefined ? undefined : [was.name, is.name];
        assert.deepEqual(kept?.next === undefined ? undefined : [kept.next.before, kept.next.after], next);
      }),
      { numRuns: 150, seed: 4 },
    );
  });

  it('share all of them when the steps only have other names', () => {
    const renamings = fc.subarray(NAMES, { minLength: 1 });
    fc.assert(
      fc.property(steps, renamings, (list, renamed) => {
        const names = new Map(
          renamed.filter((name) => list.some((step) => step.name === name)).map((name) => [name, `${name}2`]),
        );
        const kept = restored(application(list, NO_RENAMES), application(list, names));
        assert.deepEqual(
          [...(kept?.stages ?? [])],
          list.map(({ name }) => [name, names.get(name) ?? name]),
        );
        assert.equal(kept?.next, undefined);
      }),
      { numRuns: 100, seed: 5 },
    );
  });
});
