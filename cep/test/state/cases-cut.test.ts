/** The cases answered by Flink, with the operator replaced by another one in the middle of each. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { comparatorOf } from '../../src/conformance/run-case.js';
import { readOwnCases } from '../../src/conformance/read-cases.js';
import type { Case } from '../../src/conformance/case.js';
import type { CaseEvent } from '../../src/conformance/expression.js';
import { isDefectOfFlink } from '../../src/conformance/difference.js';
import { patternOf } from '../../src/conformance/pattern-of.js';
import { compile, PatternOperator, type WaitingEvent } from '../../src/index.js';
import { ForgetfulStore } from './forgetful-store.js';

const cases = readOwnCases().filter(
  (one) => !isDefectOfFlink(one) && one.expect?.error === undefined && one.mode !== 'processing',
);

/** What came out, by key, in order; late events are left out, as an operator that takes over knows of no watermark. */
function run(given: Case, cut: number | undefined): Record<string, string[]> {
  const lines: Record<string, string[]> = {};
  const note =
    (what: string) =>
    (outcome: {
      key: string;
      at: number;
      stages: readonly { stage: string; events: readonly CaseEvent[] }[];
    }): void => {
      const stages = outcome.stages.map(({ stage, events }) => `${stage}=${events.map(({ index }) => index).join()}`);
      (lines[outcome.key] ??= []).push(`${what} at ${outcome.at}: ${stages.join(' ')}`);
    };
  const { comparator } = given;
  const set = compile([{ name: given.id, pattern: patternOf(given) }]);
  const open = (texts: Iterable<[string, string]>, waiting: readonly WaitingEvent<string, CaseEvent>[]) => {
    const store = new ForgetfulStore<CaseEvent>(set);
    for (const [key, text] of texts) store.texts.set(key, text);
    const operator = new PatternOperator<string, CaseEvent>(set, {
      output: { match: note('match'), timeout: note('timeout'), late: () => undefined },
      store,
      origin: store.origin,
      ...(comparator === undefined ? {} : { comparator: comparatorOf(comparator.field, comparator.desc === true) }),
    });
    operator.restore(waiting, store.dues());
    return { store, operator };
  };
  let running = open([], []);
  let watermark = -Infinity;
  given.events.forEach((item, index) => {
    if (index === cut) running = open(running.store.texts, [...running.operator.waiting()]);
    if ('wm' in item) {
      watermark = Math.max(watermark, item.wm === 'max' ? Infinity : item.wm);
      running.operator.advance(watermark);
    } else if (item.ts > watermark) {
      const { ts, key, f = {}, sub = false } = item;
      running.operator.process(key, { index, timestamp: ts, fields: f, isSub: sub }, ts);
    }
  });
  return lines;
}

describe('the cases answered by Apache Flink CEP, cut in two', function () {
  this.timeout(60_000);

  it('come out as when they are not', () => {
    assert.ok(cases.length > 1000, `only ${cases.length} cases`);
    const different = cases.filter((given, number) => {
      const cut = (number * 7 + 1) % given.events.length;
      return !isDeepStrictEqual(run(given, cut), run(given, undefined));
    });
    assert.deepEqual(
      different.map(({ id }) => id),
      [],
    );
  });
});
