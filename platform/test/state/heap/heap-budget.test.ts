import assert from 'node:assert/strict';
import { TidegateError } from '../../../src/common/errors.js';
import { plainValueCodec } from '../../../src/state/codecs/plain-value-codec.js';
import { HeapBudget } from '../../../src/state/heap/heap-budget.js';
import { HeapKeyedStore } from '../../../src/state/heap/heap-keyed-store.js';
import { storeOptions } from '../stores.js';

const MIB = 1024 ** 2;
/** A value with its slot; an estimate, as the budget has it. */
const VALUE_BYTES = 1024;

const isTooMuch = (error: unknown) =>
  error instanceof TidegateError && error.code === 'TG427' && !error.retriable && /is 1 MiB/.test(error.message);

/** A store that takes so much, told or not. */
function storeWith(budget: HeapBudget, bytes: number): HeapKeyedStore {
  const store = new HeapKeyedStore(storeOptions(), undefined, budget.share());
  const values = store.value({ owner: 'o', name: 's', codec: plainValueCodec<string>() });
  for (let key = 0; key < bytes / VALUE_BYTES; key++) values.put(key, 'x'.repeat(VALUE_BYTES));
  return store;
}

/** As many frames as it takes until a store has counted again. */
function runFrames(store: HeapKeyedStore): void {
  for (let frame = 0; frame < 64; frame++) store.drain();
}

describe('the memory for state on the heap', () => {
  it('is said to be too little while the state grows beyond it', () => {
    const store = storeWith(new HeapBudget(MIB), MIB / 2);
    runFrames(store);
    const values = store.value({ owner: 'o', name: 's', codec: plainValueCodec<string>() });
    for (let key = 0; key < 1000; key++) values.put(`more ${key}`, 'x'.repeat(VALUE_BYTES));
    assert.throws(() => runFrames(store), isTooMuch);
  });

  it('is that of all stores together, also in other threads', () => {
    const cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    runFrames(storeWith(new HeapBudget(MIB, cell), MIB * 0.6));
    const elsewhere = storeWith(new HeapBudget(MIB, new Int32Array(cell.buffer)), MIB * 0.6);
    assert.throws(() => runFrames(elsewhere), isTooMuch);
  });

  it('is free again when a store is closed, or its state has gone', async () => {
    const budget = new HeapBudget(MIB);
    const closed = storeWith(budget, MIB * 0.6);
    runFrames(closed);
    await closed.close();
    const emptied = storeWith(budget, MIB * 0.6);
    runFrames(emptied);
    const values = emptied.value({ owner: 'o', name: 's', codec: plainValueCodec<string>() });
    for (const key of [...values.keys()]) values.delete(key);
    runFrames(emptied);
    runFrames(storeWith(budget, MIB * 0.6));
  });
});
