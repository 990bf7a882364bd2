/** Pages of addresses whose state is on a disk: what a page costs does not grow with what stands before or behind it. */
import assert from 'node:assert/strict';
import { types } from '@tidegate/functions-sdk';
import { AddressListing } from '../../../src/functions/addresses/address-listing.js';
import { FunctionState } from '../../../src/functions/function-state.js';
import type { FunctionTypeState } from '../../../src/functions/function-type-state.js';
import { StateExpiries } from '../../../src/functions/state-expiry.js';
import { placeOf } from '../../../src/functions/state-place.js';
import type { KeyedStore } from '../../../src/state/keyed-store.js';
import { OperatorStateStore } from '../../../src/state/operator-state/operator-state-store.js';
import { RocksFixture } from '../../state/rocksdb/fixture.js';
import { openHeapStore } from '../../state/stores.js';

const CART = 'shop/cart';
const ADDRESSES = 20_000;
const LIMIT = 10;
const idOf = (number: number): string => `cart ${String(number).padStart(6, '0')}`;

/** A type with two states at each of many addresses, and nothing that waits. */
function typeIn(store: KeyedStore): FunctionTypeState {
  const [operators, clock] = [new OperatorStateStore([]), { now: () => 0 }];
  const state = new FunctionState(CART, {
    place: placeOf(CART, CART),
    store,
    operators,
    clock,
    expiries: new StateExpiries(),
  });
  const { typename } = types.int;
  state.register(['seen', 'sold'].map((name) => ({ name, typename, expiration: undefined })));
  for (let number = 0; number < ADDRESSES; number++) {
    const value = { typename, hasValue: true, bytes: types.int.encode(number) };
    state.apply(idOf(number), [
      { name: 'seen', value },
      { name: 'sold', value },
    ]);
    if (number % 1000 === 0) store.drain();
  }
  return { state, backlog: { ids: () => [] } } as unknown as FunctionTypeState;
}

function page(
  type: FunctionTypeState,
  after: string | undefined,
): { readonly ids: readonly string[]; readonly steps: number } {
  const listing = new AddressListing(type, after, LIMIT, false);
  for (let steps = 1; ; steps++) {
    const ids = listing.advance();
    if (ids !== undefined) return { ids, steps };
  }
}

describe('a page of addresses', () => {
  const fixture = new RocksFixture();
  after(() => fixture.cleanUp());

  it('is found on a disk in a few steps, wherever it is, and is what a search of all finds', async () => {
    const [disk, memory] = [await fixture.open({ memoryBytes: 1_000_000 }), openHeapStore()];
    const [onDisk, inMemory] = [typeIn(disk), typeIn(memory)];
    for (const from of [undefined, idOf(0), idOf(12_345), idOf(ADDRESSES - 3), 'cart', 'd']) {
      const { ids, steps } = page(onDisk, from);
      assert.deepEqual(ids, page(inMemory, from).ids);
      assert.ok(steps <= 4, `${steps} steps behind ${from}`);
    }
    assert.ok(page(inMemory, undefined).steps > 10, 'where there is no order all are looked at');
    await Promise.all([disk.close(), memory.close()]);
  });
});
