import assert from 'node:assert/strict';
import { TidegateError } from '../../../src/common/errors.js';
import type { OperatorStateHandle } from '../../../src/job/state-handle.js';
import { plainValueCodec } from '../../../src/state/codecs/plain-value-codec.js';
import { OperatorStateStore } from '../../../src/state/operator-state/operator-state-store.js';
import { IncompatibleState } from '../../../src/state/state-codec.js';

const codec = plainValueCodec<unknown>();
const POSITIONS = { owner: 'sources.orders', name: 'positions', codec };
const RULES = { owner: 'rules', name: 'active', codec };

function written(positions: readonly unknown[], mode: 'split' | 'union' = 'split'): readonly OperatorStateHandle[] {
  const store = new OperatorStateStore();
  store.list(POSITIONS, mode).update(positions);
  return store.snapshot();
}

describe('operator state', () => {
  it('is one entry a value, which a restore may deal out one by one', () => {
    const [handle] = written([
      { split: 'a', at: 5 },
      { split: 'b', at: 7 },
    ]);
    assert.equal(handle!.mode, 'split');
    for (const [i, at] of [5, 7].entries()) {
      const store = new OperatorStateStore([{ ...handle!, entries: [handle!.entries[i]!] }]);
      assert.deepEqual(
        store
          .list(POSITIONS, 'split')
          .get()
          .map((position) => (position as { at: number }).at),
        [at],
      );
    }
  });

  it('of several old subtasks comes together', () => {
    const store = new OperatorStateStore([...written([1, 2], 'union'), ...written([3], 'union')]);
    assert.deepEqual(store.list(POSITIONS, 'union').get(), [1, 2, 3]);
  });

  it('that is broadcast is the same map, from whichever and however many subtasks it comes', () => {
    const old = new OperatorStateStore();
    const active = old.broadcast(RULES);
    active.put('r1', { limit: 1 });
    active.put(2, { limit: 2 });
    active.put('gone', 1);
    active.delete('gone');
    const store = new OperatorStateStore([...old.snapshot(), ...old.snapshot()]);
    assert.deepEqual(
      [...store.broadcast(RULES).entries()],
      [
        ['r1', { limit: 1 }],
        [2, { limit: 2 }],
      ],
    );
    assert.deepEqual(store.broadcast(RULES).get('r1'), { limit: 1 });
  });

  it('is of the moment of the snapshot', () => {
    const store = new OperatorStateStore();
    const positions = store.list(POSITIONS, 'split');
    positions.update([1]);
    const handles = store.snapshot();
    positions.update([2]);
    assert.deepEqual(new OperatorStateStore(handles).list(POSITIONS, 'split').get(), [1]);
  });

  it('without entries is not in the snapshot', () => {
    assert.deepEqual(written([]), []);
  });

  it('F58: that does not fit is refused when it is opened', () => {
    const newer = { ...codec, migrate: () => new IncompatibleState('it was something else') };
    assert.throws(
      () => new OperatorStateStore(written([1])).list({ ...POSITIONS, codec: newer }, 'split'),
      (error: unknown) => error instanceof TidegateError && error.code === 'TG420',
    );
  });

  it('F58: of another form is refused as well', () => {
    const strange = written([1]).map((handle) => ({ ...handle, entries: [{ inline: Buffer.from('other bytes') }] }));
    assert.throws(
      () => new OperatorStateStore(strange).list(POSITIONS, 'split'),
      (error: unknown) => error instanceof TidegateError && error.code === 'TG420' && !error.retriable,
    );
  });

  it('that nobody opens is known', () => {
    const store = new OperatorStateStore(written([1]));
    assert.equal(store.unclaimed().length, 1);
    store.list(POSITIONS, 'split');
    assert.equal(store.unclaimed().length, 0);
  });

  it('asked for in two modes is a bug', () => {
    const store = new OperatorStateStore();
    store.list(POSITIONS, 'split');
    assert.throws(() => store.list(POSITIONS, 'union'), /as union, which is split/);
  });
});
