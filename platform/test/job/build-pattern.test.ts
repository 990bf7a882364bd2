/** The order of the builder's calls (B1): no other order is accepted where this one is refused, and says the same. */
import assert from 'node:assert/strict';
import { Pattern, PatternError } from '@tidegate/cep';
import { buildPattern } from '../../src/job/build-pattern.js';
import type { StageDescriptor } from '../../src/job/stream-graph.js';

const ALWAYS = { id: 'always', eventOnly: true, test: () => true };
const GAP = 10;

type Options = Pick<StageDescriptor, 'optional' | 'greedy' | 'repeat' | 'times' | 'until' | 'maxGap'>;
type Call = (stage: Pattern<unknown>) => unknown;

const TIMES: readonly StageDescriptor['times'][] = [
  undefined,
  ...[
    [2, 2],
    [1, 3],
    [0, 3],
    [1, null],
    [0, null],
    [2, null],
  ].map(([from, to]) => ({ from: from as number, to: to as number | null })),
];

function* allOptions(): Generator<Options> {
  for (const times of TIMES)
    for (const optional of [false, true])
      for (const greedy of [false, true])
        for (const repeat of ['relaxed', 'consecutive', 'combinations'] as const)
          for (const until of [undefined, { id: 'u', eventOnly: true }])
            for (const maxGap of [undefined, GAP]) {
              yield {
                optional,
                greedy,
                repeat,
                ...(times === undefined ? {} : { times }),
                ...(until === undefined ? {} : { until }),
                ...(maxGap === undefined ? {} : { maxGap }),
              };
            }
}

/** The calls that say these options, each once. */
function callsOf({ times, optional, greedy, repeat, until, maxGap }: Options): Call[] {
  const isOptional = optional || times?.from === 0;
  const saidByRange = times?.from === 0 && times.to !== null;
  return [
    ...(times === undefined ? [] : [quantifierOf(times, maxGap)]),
    ...(isOptional && !saidByRange ? [(stage: Pattern<unknown>) => stage.optional()] : []),
    ...(greedy ? [(stage: Pattern<unknown>) => stage.greedy()] : []),
    ...(repeat === 'consecutive' ? [(stage: Pattern<unknown>) => stage.consecutive()] : []),
    ...(repeat === 'combinations' ? [(stage: Pattern<unknown>) => stage.allowCombinations()] : []),
    ...(until === undefined ? [] : [(stage: Pattern<unknown>) => stage.until(ALWAYS)]),
    ...(maxGap === undefined || times !== undefined
      ? []
      : [(stage: Pattern<unknown>) => stage.within(maxGap, 'PREVIOUS_AND_CURRENT')]),
  ];
}

function quantifierOf({ from, to }: { from: number; to: number | null }, maxGap: number | undefined): Call {
  if (to === null) return (stage) => stage.timesOrMore(Math.max(1, from), maxGap);
  return from === to ? (stage) => stage.times(from, maxGap) : (stage) => stage.timesRange(from, to, maxGap);
}

function* permutations<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length === 0) yield [];
  for (const [index, item] of items.entries()) {
    for (const rest of permutations([...items.slice(0, index), ...items.slice(index + 1)])) yield [item, ...rest];
  }
}

/** What a stage came to mean; undefined where a call was refused. */
function meaningOf(build: () => Pattern<unknown>): unknown {
  try {
    const { quantifier, timesBounds, untilPredicate } = build();
    return {
      kind: quantifier.kind,
      inner: quantifier.inner,
      isOptional: quantifier.isOptional,
      isGreedy: quantifier.isGreedy,
      bounds: timesBounds,
      hasUntil: untilPredicate !== undefined,
    };
  } catch (error) {
    assert.ok(error instanceof PatternError);
    return undefined;
  }
}

function wanted({ times, optional, greedy, repeat, until }: Options): Record<string, unknown> {
  return {
    isOptional: optional || times?.from === 0,
    isGreedy: greedy,
    inner: { relaxed: 'skip-till-next', consecutive: 'strict', combinations: 'skip-till-any' }[repeat],
    hasUntil: until !== undefined,
  };
}

describe('the builder calls of a stage', () => {
  const begin: StageDescriptor = {
    name: 'a',
    relation: 'begin',
    where: [],
    optional: false,
    greedy: false,
    repeat: 'relaxed',
    fingerprint: '',
  };

  it('are accepted in their one order whenever another order is accepted and says all that was meant', () => {
    let accepted = 0;
    for (const options of allOptions()) {
      const ours = meaningOf(() => {
        const stage: StageDescriptor = { ...begin, ...options, name: 'b', relation: 'followedBy' };
        return buildPattern({ stages: [begin, stage], skip: { kind: 'none' } }, () => ALWAYS);
      });
      if (ours !== undefined) accepted++;
      for (const calls of permutations(callsOf(options))) {
        const other = meaningOf(() => {
          const stage = Pattern.begin<unknown>('a').followedBy('b');
          for (const call of calls) call(stage);
          return stage;
        });
        const saysAll =
          other !== undefined &&
          Object.entries(wanted(options)).every(([key, value]) => (other as Record<string, unknown>)[key] === value);
        if (saysAll) assert.deepEqual(ours, other, JSON.stringify(options));
      }
    }
    assert.ok(accepted > 50, `${accepted} combinations were accepted`);
  });

  it('give the window of the pattern to the last stage, and the gap to a stage or to its quantifier', () => {
    const gap: StageDescriptor = { ...begin, name: 'b', relation: 'next', maxGap: GAP };
    const looped: StageDescriptor = { ...gap, name: 'c', times: { from: 2, to: 3 } };
    const pattern = buildPattern({ stages: [begin, gap, looped], within: 99, skip: { kind: 'none' } }, () => ALWAYS);
    assert.equal(pattern.window('FIRST_AND_LAST'), 99);
    assert.deepEqual(pattern.timesBounds, { from: 2, to: 3, window: GAP });
    assert.equal(pattern.window('PREVIOUS_AND_CURRENT'), undefined);
    assert.equal(pattern.previous?.window('PREVIOUS_AND_CURRENT'), GAP);
  });

  it('write a group as a pattern of its own, and give the skip strategy to the outermost begin', () => {
    const group: StageDescriptor = {
      ...begin,
      name: 'g',
      steps: [begin, { ...begin, name: 'b', relation: 'next' }],
      times: { from: 2, to: 2 },
    };
    const pattern = buildPattern(
      { stages: [group], skip: { kind: 'toLast', stage: 'z', onMiss: 'fail' } },
      () => ALWAYS,
    );
    assert.deepEqual(pattern.skip, { kind: 'skipToLast', stage: 'z', throwOnMiss: true });
    assert.equal(pattern.group?.name, 'b');
    assert.equal(pattern.group.previous?.name, 'a');
    assert.deepEqual(pattern.group.previous?.skip, { kind: 'noSkip' });
  });
});
