import assert from 'node:assert/strict';
import {
  FunctionSet,
  persisted,
  persistedList,
  statefulFunction,
  types,
  type Context,
  type ListState,
  type StateOf,
  type ValueType,
} from '../../src/index.js';
import type { TypedValue } from '../../src/wire/messages.js';
import { batch, effectsOf, failureOf, GO, message, stateAfter } from './calls.js';

interface Cart {
  items: string[];
}

const cartType = types.json<Cart>('test/Cart');
const declarations = {
  count: types.int,
  cart: cartType,
  cartOrNew: persisted(cartType, { default: () => ({ items: [] }) }),
  fresh: persisted(types.string, { default: 'none', expireAfterWrite: '1h' }),
};
type State = StateOf<typeof declarations>;

function running(body: (context: Context<State>) => void | Promise<void>) {
  return statefulFunction('test/function', { state: declarations }).on(types.string, (context) => body(context));
}

const EMPTY = { count: undefined, cart: undefined, cartOrNew: undefined, fresh: undefined };
const stored = (cart: Cart): TypedValue => message(cartType, cart);

describe('state', () => {
  it('that the platform does not know of is asked for, and the function is not run', () => {
    let runs = 0;
    const functions = new FunctionSet([running(() => void runs++)]);
    assert.deepEqual(functions.invoke(batch({ cart: undefined }, GO)), {
      kind: 'incomplete',
      missing: [
        { name: 'count', typename: 'io.statefun.types/int', expiration: undefined },
        { name: 'cartOrNew', typename: 'test/Cart', expiration: undefined },
        { name: 'fresh', typename: 'io.statefun.types/string', expiration: { after: 'write', ms: 3_600_000 } },
      ],
    });
    assert.equal(runs, 0);
  });

  it('that is not declared any more is passed over, in whatever order all comes', async () => {
    const state = { old: message(types.int, 7), fresh: undefined, cartOrNew: undefined, cart: undefined, count: GO };
    const fn = running((context) => assert.equal(context.state.count, 5));
    assert.deepEqual((await effectsOf(fn, batch({ ...state, count: message(types.int, 5) }, GO))).state, []);
  });

  it('of another type than declared is refused, with both types', async () => {
    const failure = await failureOf(
      running(() => undefined),
      batch({ ...EMPTY, count: message(types.string, '5') }, GO),
    );
    assert.deepEqual([failure.code, failure.status], ['state-type-mismatch', 422]);
    assert.match(failure.message, /state count is declared as io\.statefun\.types\/int.*io\.statefun\.types\/string/);
  });

  it('that cannot be decoded is refused, with its name', async () => {
    const broken = { typename: 'test/Cart', hasValue: true, bytes: Buffer.from('{') };
    const failure = await failureOf(
      running(({ state }) => void state.cart),
      batch({ ...EMPTY, cart: broken }, GO),
    );
    assert.equal(failure.code, 'invalid-state');
    assert.match(failure.message, /state cart: test\/Cart is JSON/);
  });

  const changes: [what: string, body: (context: Context<State>) => void, before: object, after: object][] = [
    ['is not written when it is not touched', () => undefined, { cart: stored({ items: ['a'] }) }, {}],
    [
      'is not written when it is only read',
      ({ state }) => void state.cart?.items[0],
      { cart: stored({ items: ['a'] }) },
      {},
    ],
    ['is not written when its default is only read', ({ state }) => void state.cartOrNew.items, {}, {}],
    ['is written when it is assigned', ({ state }) => void (state.count = 1), {}, { count: 1 }],
    [
      'is written when an object in it is changed in place',
      ({ state }) => void state.cart?.items.push('b'),
      { cart: stored({ items: ['a'] }) },
      { cart: { items: ['a', 'b'] } },
    ],
    [
      'is written when its default is changed in place',
      ({ state }) => void state.cartOrNew.items.push('x'),
      {},
      { cartOrNew: { items: ['x'] } },
    ],
    [
      'is not written when an equal value is assigned',
      ({ state }) => void (state.cart = { items: ['a'] }),
      { cart: stored({ items: ['a'] }) },
      {},
    ],
    [
      'is written even of an equal value when it expires after its last write',
      ({ state }) => void (state.fresh = 'x'),
      { fresh: message(types.string, 'x') },
      { fresh: 'x' },
    ],
    [
      'is deleted when undefined is assigned',
      ({ state }) => void (state.cart = undefined),
      { cart: stored({ items: ['a'] }) },
      { cart: null },
    ],
    ['is deleted only if it is there', ({ state }) => void (state.cart = undefined), {}, {}],
    [
      'is deleted by name, and then has its default',
      (context) => {
        context.clear('cartOrNew');
        assert.deepEqual(context.state.cartOrNew, { items: [] });
      },
      { cartOrNew: stored({ items: ['a'] }), cart: stored({ items: [] }) },
      { cartOrNew: null },
    ],
    [
      'is written when its default is changed in place after it was deleted',
      (context) => {
        context.clear('cartOrNew');
        context.state.cartOrNew.items.push('n');
      },
      { cartOrNew: stored({ items: ['a'] }) },
      { cartOrNew: { items: ['n'] } },
    ],
    [
      'is deleted all at once',
      (context) => context.clear(),
      { cart: stored({ items: [] }), cartOrNew: stored({ items: [] }) },
      { cart: null, cartOrNew: null },
    ],
    [
      'is written when it is assigned after it was deleted',
      ({ state }) => {
        state.cart = undefined;
        state.cart = { items: [] };
      },
      { cart: stored({ items: ['a'] }) },
      { cart: { items: [] } },
    ],
  ];
  for (const [what, body, before, after] of changes) {
    it(what, async () => {
      const { state } = await effectsOf(running(body), batch({ ...EMPTY, ...before }, GO));
      const values = { count: types.int, cart: cartType, cartOrNew: cartType, fresh: types.string } as const;
      const left = state.map(({ name, value }) => [
        name,
        value === undefined ? null : values[name as keyof typeof values].decode(value.bytes),
      ]);
      assert.deepEqual(Object.fromEntries(left), after);
    });
  }

  it('that another writer stored with other spaces is not written when it is only read', async () => {
    const spaced = { typename: 'test/Cart', hasValue: true, bytes: Buffer.from('{ "items": [ ] }') };
    const fn = running(({ state }) => void state.cart?.items);
    assert.deepEqual(await stateAfter(fn, batch({ ...EMPTY, cart: spaced }, GO)), {});
  });

  it('with a default that is the same object each time has a copy of it', async () => {
    const shared: Cart = { items: [] };
    const fn = statefulFunction('test/function', {
      state: { cart: persisted(cartType, { default: () => shared }) },
    }).on(types.string, (context, text) => {
      if (text === 'clear') context.clear();
      context.state.cart.items.push('a');
    });
    for (let i = 0; i < 2; i++)
      assert.deepEqual(await stateAfter(fn, batch({ cart: undefined }, GO)), { cart: { items: ['a'] } });
    const cleared = batch({ cart: stored({ items: ['x', 'y'] }) }, message(types.string, 'clear'));
    assert.deepEqual(await stateAfter(fn, cleared), { cart: { items: ['a'] } });
    assert.deepEqual(shared, { items: [] });
  });

  it('is seen by later messages of a batch, and written once', async () => {
    const seen: (number | undefined)[] = [];
    const fn = running(({ state }) => {
      seen.push(state.count);
      state.count = (state.count ?? 0) + 1;
    });
    const { state } = await effectsOf(fn, batch(EMPTY, GO, GO, GO));
    assert.deepEqual(seen, [undefined, 1, 2]);
    assert.deepEqual(state, [{ name: 'count', value: message(types.int, 3) }]);
  });

  it('of a wrong value is refused at the end of the batch, with its name', async () => {
    const failure = await failureOf(
      running(({ state }) => void (state.count = 1.5)),
      batch(EMPTY, GO),
    );
    assert.deepEqual([failure.code, failure.retriable], ['invalid-effect', false]);
    assert.match(failure.message, /state count: io\.statefun\.types\/int wants a whole number/);
  });

  it('can be enumerated and spread, and has no property that is not declared', async () => {
    const fn = running(({ state }) => {
      assert.deepEqual(Object.keys(state), ['count', 'cart', 'cartOrNew', 'fresh']);
      assert.deepEqual({ ...state }, { count: undefined, cart: undefined, cartOrNew: { items: [] }, fresh: 'none' });
      assert.throws(() => Object.assign(state, { typo: 1 }), /typo/);
      assert.throws(() => delete (state as { count?: number }).count, TypeError);
    });
    await effectsOf(fn, batch(EMPTY, GO));
  });

  it('with names that objects have by themselves is plain data', async () => {
    const names = ['constructor', 'toString', 'hasOwnProperty', '__proto__'];
    const declared = Object.fromEntries(names.map((name) => [name, types.int]));
    const fn = statefulFunction('test/function', { state: declared }).on(types.string, ({ state }) => {
      for (const name of names) {
        assert.equal(state[name], undefined);
        state[name] = 1;
      }
    });
    const { state } = await effectsOf(fn, batch(Object.fromEntries(names.map((name) => [name, undefined])), GO));
    assert.deepEqual(
      state.map(({ name }) => name),
      names,
    );
  });

  it('cannot be used after the handler has ended, because nothing of that would be kept', async () => {
    let kept: State | undefined;
    await effectsOf(
      running(({ state }) => void (kept = state)),
      batch(EMPTY, GO),
    );
    const tooLate = /state count of test\/function was used after its handler had ended/;
    assert.throws(() => kept!.count, tooLate);
    assert.throws(() => (kept!.count = 1), tooLate);
  });

  for (const [how, isAsync] of [
    ['waits', true],
    ['does not wait', false],
  ] as const)
    it(`cannot be used by what a handler that ${how} has left running, while another one runs`, async () => {
      const told: unknown[] = [];
      const late = async (state: { n: number | undefined; list: ListState<number> }, list: ListState<number>) => {
        await new Promise((resolve) => setImmediate(resolve));
        for (const use of [() => (state.n = 100), () => state.n, () => state.list, () => list.push(100)])
          try {
            told.push(use());
          } catch (error) {
            told.push((error as Error).message.slice(0, 41));
          }
      };
      const fn = statefulFunction('test/function', { state: { n: types.int, list: persistedList(types.int) } })
        .on(types.bool, ({ state }): void | Promise<void> => {
          void late(state, state.list);
          if (isAsync) return Promise.resolve();
        })
        .on(types.string, async ({ state }) => {
          state.n = (state.n ?? 0) + 1;
          state.list.push(1);
          await new Promise((resolve) => setTimeout(resolve, 5));
          state.list.push(2);
        });
      const list = { typename: 'io.tidegate/parts', hasValue: true, bytes: new Uint8Array(0) };
      const { state } = await effectsOf(fn, batch({ n: undefined, list }, message(types.bool, true), GO, GO));
      assert.deepEqual(told, [
        ...Array.from({ length: 2 }, () => 'state n of test/function was used after i'),
        ...Array.from({ length: 2 }, () => 'state list of test/function was used afte'),
      ]);
      assert.deepEqual(
        state.map(({ name, value }) => [name, name === 'list' ? String(value?.bytes) : types.int.decode(value!.bytes)]),
        [['n', 2], ...[1, 2, 1, 2].map((n, i) => [`list/${i}`, n]), ['list', '0 4']],
      );
    });

  it('has names that are identifiers, and expires by one clock', () => {
    assert.throws(
      () => statefulFunction('a/b', { state: { 'a-b': types.int } }),
      /state "a-b" of a\/b: a name is letters/,
    );
    assert.throws(() => persisted(types.int, { expireAfterCall: 1, expireAfterWrite: 1 }), /not after both/);
    assert.throws(() => persisted(types.int, { expireAfterCall: 0 }), /never there/);
    assert.throws(() => persisted(types.int, { onExpiry: types.int }), /never expires sends no io.statefun.types\/int/);
    const untold = statefulFunction('test/untold', {
      state: { n: persisted(types.int, { expireAfterCall: '1s', onExpiry: types.named('test/Gone', types.int) }) },
    });
    assert.throws(() => new FunctionSet([untold]), /when its state n expires, and has no handler for it/);
    assert.throws(() => persisted(types.int, { expireAfterCall: '5 minutes' as '5m' }), /'250ms', '5s'/);
  });

  it('tells of its expiry in a type of its own, in the form in which it is stored', () => {
    const expiring = <T>(type: ValueType<T>, onExpiry: ValueType<T>) =>
      persisted(type, { expireAfterWrite: 1, onExpiry } as { expireAfterWrite: 1 });
    const bytes = { encode: (value: string) => Buffer.from(value), decode: (text: Uint8Array) => String(text) };
    const own = types.custom({ typename: 'test/Own', ...bytes });
    const message = { encode: () => ({ finish: () => new Uint8Array(0) }), decode: () => ({ n: 1 }) };
    for (const [type, onExpiry] of [
      [types.int, types.named('test/Gone', types.int)],
      [types.named('test/Count', types.int), types.named('test/Gone', types.int)],
      [cartType, types.json<Cart>('test/Gone')],
      [cartType, types.named('test/Gone', cartType)],
      [types.bytes, types.raw('test/Gone')],
      [own, types.custom({ typename: 'test/Gone', ...bytes })],
      [types.protobuf('test/Message', message), types.protobuf('test/Gone', message)],
    ] as [ValueType<unknown>, ValueType<unknown>][])
      expiring(type, onExpiry);
    for (const [type, onExpiry, wrong] of [
      [types.int, types.json<number>('test/Gone'), /comes as it was stored.*: types\.named\('test\/Gone', TYPE\)/],
      [types.int, types.named('test/Gone', types.float), /comes as it was stored/],
      [
        own,
        types.custom({ ...bytes, typename: 'test/Gone', encode: (value: string) => Buffer.from(value) }),
        /as it was/,
      ],
      [types.bytes, types.json<Uint8Array>('test/Gone'), /comes as it was stored/],
      [types.int, types.int, /told in a type of its own, and not as any other io\.statefun\.types\/int/],
      [cartType, types.json<Cart>('test/Cart'), /told in a type of its own/],
    ] as [ValueType<unknown>, ValueType<unknown>, RegExp][])
      assert.throws(() => expiring(type, onExpiry), wrong);
  });
});
