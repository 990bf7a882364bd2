import assert from 'node:assert/strict';
import type { Case, Result } from '../../src/conformance/case.js';
import { difference, isDefectOfFlink } from '../../src/conformance/difference.js';
import { readOwnCases } from '../../src/conformance/read-cases.js';
import { runCase } from '../../src/conformance/run-case.js';

const cases = readOwnCases().filter((given) => !isDefectOfFlink(given));

function differences(
  given: readonly Case[],
  run: (one: Case) => Result,
  expected = (one: Case) => one.expect,
): string[] {
  return given.flatMap((one) => {
    const found = difference(expected(one) ?? {}, run(one));
    return found === undefined ? [] : [`${one.id}: ${found}`];
  });
}

/** Without what depends on when a window's end is noticed. */
function withoutMoment({ matches = [], timeouts = [], ...rest }: Result): Result {
  const strip = (list: typeof matches): typeof matches => list.map((match) => ({ ...match, in: 0 }));
  return { ...rest, matches: strip(matches), timeouts: strip(timeouts) };
}

describe('the cases answered by Apache Flink CEP', function () {
  this.timeout(60_000);

  it('are all there', () => {
    assert.equal(cases.length, 1604);
  });

  it('come out as in Flink', () => {
    assert.deepEqual(
      differences(cases, (given) => runCase(given)),
      [],
    );
  });

  it('come out the same with prompt timeouts, to the item and in order, if no window lies between two events', () => {
    // A run that begins at time 0 has no timer in Flink, and the keys of a job that fails have an order there.
    const compared = cases.filter(
      (given) =>
        !hasGapWindow(given) &&
        given.mode !== 'processing' &&
        given.expect?.error?.phase !== 'run' &&
        given.events.every((item) => !('ts' in item) || item.ts > 0),
    );
    assert.ok(compared.length > 950, `only ${compared.length} cases`);
    assert.deepEqual(
      differences(compared, (given) => runCase(given, 'prompt')),
      [],
    );
  });

  it('come out at the same times with prompt timeouts, but for matches by absence, wherever nothing fails', () => {
    const compared = cases.filter(
      ({ pattern, mode, expect }) =>
        mode !== 'processing' && expect?.error === undefined && !JSON.stringify(pattern).includes('notFollowedBy'),
    );
    const atEnd = compared.filter(({ events }) => events.some((item) => 'wm' in item && item.wm === 'max'));
    const found = differences(
      atEnd,
      (given) => withoutMoment(withoutTimeouts(runCase(given, 'prompt'))),
      ({ expect = {} }) => withoutMoment(withoutTimeouts(expect)),
    );
    assert.deepEqual(found, []);
  });
});

const QUANTIFIERS: ReadonlyMap<string, number> = new Map([
  ['oneOrMore', 1],
  ['times', 2],
  ['timesOrMore', 2],
  ['timesRange', 3],
]);

function hasGapWindow({ pattern }: Pick<Case, 'pattern'>): boolean {
  return pattern.some(
    ({ group = [], ops }) =>
      hasGapWindow({ pattern: group }) ||
      ops.some(([name, ...args]) => args[1] === 'PREVIOUS_AND_CURRENT' || args.length === QUANTIFIERS.get(name)),
  );
}

function withoutTimeouts({ matches, late }: Result): Result {
  return { matches: matches ?? [], late: late ?? [] };
}
