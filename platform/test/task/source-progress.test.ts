import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SourceSplit } from '@tidegate/connectors/api';
import type { OperatorStateHandle } from '../../src/job/state-handle.js';
import type { SourceOperator } from '../../src/operators/source/source-operator.js';
import { OperatorStateStore } from '../../src/state/operator-state/operator-state-store.js';
import { savedSplits, SourceProgress } from '../../src/task/source-progress.js';

const OWNER = 'ingresses.in';
const OPERATOR = { watermarkOf: () => undefined } as unknown as SourceOperator;

/** The subtasks of a source that begins from saved state. */
function begin(
  parallelism: number,
  saved: readonly OperatorStateHandle[],
  found: readonly SourceSplit[],
): { readonly progress: SourceProgress; readonly states: OperatorStateStore }[] {
  return Array.from({ length: parallelism }, (_, subtask) => {
    const states = new OperatorStateStore(saved);
    return {
      progress: new SourceProgress({ owner: OWNER, subtask, parallelism, states, found, isSorted: false }),
      states,
    };
  });
}

type Subtask = ReturnType<typeof begin>[number];

const idsOf = ({ progress }: Subtask): string[] => progress.open().map(({ split }) => split.id);
function savedOf(subtasks: readonly Subtask[]): OperatorStateHandle[] {
  return subtasks.flatMap(({ progress, states }) => {
    progress.prepareSnapshot([], OPERATOR);
    return states.snapshot();
  });
}
const splitsOf = (saved: readonly OperatorStateHandle[]): readonly SourceSplit[] =>
  savedSplits(new OperatorStateStore(saved), OWNER);
const named = (count: number): SourceSplit[] => Array.from({ length: count }, (_, i) => ({ id: `s${i}` }));

describe('the splits of a source', () => {
  it('fall each to one subtask, whenever they are found, before and after a restore at another parallelism', () => {
    const parallelism = fc.integer({ min: 1, max: 4 });
    const counts = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 4, maxLength: 4 });
    const order = fc.shuffledSubarray(named(12), { minLength: 12 });
    fc.assert(
      fc.property(parallelism, parallelism, counts, counts, order, (from, to, first, heard, later) => {
        const atStart = named(first[0]!);
        const before = begin(from, [], atStart);
        // Each subtask has heard of as many as it has when the checkpoint is taken.
        before.forEach((subtask, i) => subtask.progress.add(named(Math.max(first[0]!, heard[i]!))));
        const owners = before.flatMap(idsOf);
        assert.equal(new Set(owners).size, owners.length, 'each is read by one subtask');
        for (const { id } of atStart) assert.ok(owners.includes(id));
        const saved = savedOf(before);
        // What was found since is found again, in whatever order.
        const after = begin(to, saved, later);
        assert.deepEqual(
          after.flatMap(idsOf).sort(),
          named(12)
            .map(({ id }) => id)
            .sort(),
        );
        assert.deepEqual(
          splitsOf(saved)
            .map(({ id }) => id)
            .sort(),
          [...owners].sort(),
        );
      }),
    );
  });

  it('are told to their subtask when they are new, and only then', () => {
    const [even, odd] = begin(2, [], named(2)) as [Subtask, Subtask];
    assert.deepEqual([even.progress.add(named(4)), odd.progress.add(named(4))], [[{ id: 's2' }], [{ id: 's3' }]]);
    assert.deepEqual(
      [even.progress.add(named(4)), even.progress.add(named(1)), odd.progress.add(named(3))],
      [[], [], []],
    );
  });

  it('are not read again when they have ended, and keep where they ended', () => {
    const [only] = begin(1, [], named(2)) as [Subtask];
    only.progress.endSplit('s0', { id: 's0', offset: 7, state: 'end' });
    const saved = savedOf([only]);
    assert.deepEqual(splitsOf(saved), [{ id: 's0', offset: 7, state: 'end' }, { id: 's1' }]);
    assert.deepEqual(begin(1, saved, named(3)).flatMap(idsOf), ['s1', 's2']);
  });
});
