/** State in parts against arrays and maps of JavaScript: the same, however little of it a call brings. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  FunctionSet,
  persistedList,
  persistedMap,
  statefulFunction,
  types,
  type FunctionError,
} from '../../src/index.js';
import { TestKit } from '../../src/testing/index.js';
import { toTypedValue } from '../../src/types/value-type.js';
import type { InvocationBatch } from '../../src/wire/messages.js';

interface Item {
  n: number;
}

type Op =
  | { readonly op: 'push' | 'dropFirst' | 'at' | 'change'; readonly n: number }
  | { readonly op: 'slice'; readonly n: number; readonly to: number }
  | { readonly op: 'set' | 'get' | 'delete' | 'grow'; readonly key: string; readonly n: number }
  | { readonly op: 'page'; readonly key: string; readonly n: number }
  | { readonly op: 'clearList' | 'clearMap'; readonly n: number };

const Ops = types.json<readonly Op[]>('test/Ops');
const Seen = types.json<readonly unknown[]>('test/Seen');
const ItemType = types.json<Item>('test/Item');

/** A list and a map as the model has them, and as a function does. */
interface Both {
  list: {
    length: number;
    at(index: number): Item | undefined;
    slice(from: number, to: number): Item[];
    push(item: Item): void;
    dropFirst(count: number): void;
    clear(): void;
  };
  map: {
    get(key: string): Item | undefined;
    set(key: string, item: Item): void;
    delete(key: string): void;
    page(after: string, limit: number): readonly (readonly [string, Item])[];
    clear(): void;
  };
}

function play({ list, map }: Both, op: Op): unknown {
  switch (op.op) {
    case 'push':
      return list.push({ n: op.n });
    case 'dropFirst':
      return list.dropFirst(op.n % 4);
    case 'at':
      return list.at(op.n - 5) ?? null;
    case 'change': {
      const item = list.at(op.n % 3);
      if (item !== undefined) item.n += 100;
      return list.length;
    }
    case 'slice':
      return list.slice(op.n, op.to);
    case 'set':
      return map.set(op.key, { n: op.n });
    case 'get':
      return map.get(op.key) ?? null;
    case 'delete':
      return map.delete(op.key);
    case 'grow': {
      const item = map.get(op.key);
      if (item !== undefined) item.n += 1;
      return item === undefined;
    }
    case 'page':
      return map.page(op.key, 1 + (op.n % 3));
    case 'clearList':
      return list.clear();
    case 'clearMap':
      return map.clear();
  }
}

const keeper = statefulFunction('test/keeper', {
  state: { list: persistedList(ItemType), map: persistedMap(ItemType) },
}).on(Ops, (context, ops) => {
  const { list, map } = context.state;
  const page = (after: string, limit: number) => map.entries({ after, limit });
  const both: Both = {
    list,
    map: {
      get: (k) => map.get(k),
      set: (k, v) => map.set(k, v),
      delete: (k) => map.delete(k),
      clear: () => map.clear(),
      page,
    },
  };
  const seen = ops.map((op) => play(both, op) ?? null);
  context.send({ type: 'test/inbox', id: context.self.id }, Seen, JSON.parse(JSON.stringify(seen)) as unknown[]);
});

class Model implements Both {
  readonly items: Item[] = [];
  readonly entries = new Map<string, Item>();
  readonly list: Both['list'];
  readonly map: Both['map'];

  constructor() {
    const { items, entries } = this;
    this.list = {
      get length() {
        return items.length;
      },
      at: (index) => items.at(index),
      slice: (from, to) => items.slice(from, to),
      push: (item) => void items.push(item),
      dropFirst: (count) => void items.splice(0, count),
      clear: () => void items.splice(0),
    };
    this.map = {
      get: (key) => entries.get(key),
      set: (key, item) => void entries.set(key, item),
      delete: (key) => void entries.delete(key),
      page: (after, limit) =>
        [...entries]
          .filter(([key]) => key > after)
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .slice(0, limit),
      clear: () => entries.clear(),
    };
  }
}

const n = fc.nat(9);
const key = fc.constantFrom('a', 'b', 'b/c', 'd?1', 'e:', 'ž');
const op: fc.Arbitrary<Op> = fc.oneof(
  fc.record({
    op: fc.constantFrom('push' as const, 'push' as const, 'dropFirst' as const, 'at' as const, 'change' as const),
    n,
  }),
  fc.record({ op: fc.constant('slice' as const), n, to: n }),
  fc.record({
    op: fc.constantFrom('set' as const, 'set' as const, 'get' as const, 'delete' as const, 'grow' as const),
    key,
    n,
  }),
  fc.record({ op: fc.constant('page' as const), key: fc.constantFrom('', 'a', 'b/d'), n }),
  fc.record({ op: fc.constantFrom('clearList' as const, 'clearMap' as const), n }),
);

describe('state in parts', () => {
  for (const batching of [false, true])
    it(`is what arrays and maps are${batching ? ', in batches' : ''}`, () =>
      fc.assert(
        fc.asyncProperty(fc.array(fc.array(op, { minLength: 1, maxLength: 8 }), { maxLength: 8 }), async (calls) => {
          const kit = new TestKit([keeper], { batching });
          const model = new Model();
          for (const ops of calls) kit.enqueue(keeper.at('1'), Ops, ops);
          await kit.run();
          const expected = calls.map(
            (ops) => JSON.parse(JSON.stringify(ops.map((one) => play(model, one) ?? null))) as unknown[],
          );
          kit.expectSent({ type: 'test/inbox', id: '1' }, Seen, expected);
          kit.expectState(keeper, '1', {
            ...(model.items.length === 0 ? {} : { list: model.items }),
            ...(model.entries.size === 0 ? {} : { map: Object.fromEntries(model.entries) }),
          });
        }),
      ));

  const batch = (ops: readonly Op[], state: InvocationBatch['state']): InvocationBatch => ({
    target: { type: 'test/keeper', id: '1' },
    state,
    invocations: [{ caller: undefined, argument: { typename: Ops.typename, hasValue: true, bytes: Ops.encode(ops) } }],
  });
  const whole = (name: string, text = ''): InvocationBatch['state'][number] => ({
    name,
    value: { typename: 'io.tidegate/parts', hasValue: true, bytes: Buffer.from(text) },
  });
  const names = (outcome: unknown): unknown => {
    const { kind, missing, effects } = outcome as {
      kind: string;
      missing?: { name: string }[];
      effects?: { state: { name: string }[] };
    };
    return [kind, (missing ?? effects?.state ?? []).map(({ name }) => name)];
  };

  it('takes back only what is appended or changed, whatever there is', () => {
    const functions = new FunctionSet([keeper]);
    const state = [whole('list', '7 100007'), whole('map')];
    const ops: Op[] = [
      { op: 'push', n: 1 },
      { op: 'dropFirst', n: 1 },
      { op: 'set', key: 'a', n: 2 },
    ];
    assert.deepEqual(names(functions.invoke(batch(ops, state))), [
      'result',
      ['list/100007', 'list/7', 'list', 'map/a'],
    ]);
  });

  it('asks for all elements of a slice at once, and for what all messages of a batch read', () => {
    const functions = new FunctionSet([keeper]);
    const state = [whole('list', '7 107'), whole('map')];
    const first = batch([{ op: 'slice', n: 1, to: 3 }], state);
    const { invocations } = batch([{ op: 'get', key: 'a', n: 0 }], state);
    const both = { ...first, invocations: [...first.invocations, ...invocations] };
    assert.deepEqual(names(functions.invoke(both)), ['incomplete', ['list/8', 'list/9', 'map/a']]);
  });

  describe('that is read one by one', () => {
    const N = 3000;
    let runs = 0;
    const Read = types.json<'fill' | 'forth' | 'back' | 'some' | 'keys' | 'pages'>('test/Read');
    const reader = statefulFunction('test/reader', {
      state: { list: persistedList(types.int), map: persistedMap(types.int) },
    }).on(Read, ({ state: { list, map } }, what) => {
      runs++;
      if (what === 'fill') for (let i = 0; i < N; i++) list.push(i);
      else if (what === 'forth') for (let i = 0; i < list.length; i++) assert.equal(list.at(i), i);
      else if (what === 'back') for (let i = 1; i <= list.length; i++) assert.equal(list.at(-i), N - i);
      else if (what === 'some') for (const i of [7, 700, 70]) assert.equal(list.at(i), i);
      else if (what === 'keys') assert.deepEqual(map.getAll(['a', 'b', 'c']), [undefined, undefined, undefined]);
    });
    for (const [what, most] of [
      ['forth', 14],
      ['back', 14],
      ['some', 4],
      ['keys', 2],
    ] as const)
      it(`takes few calls: ${what}`, async () => {
        const kit = new TestKit([reader]);
        await kit.send(reader.at('1'), Read, 'fill');
        runs = 0;
        await kit.send(reader.at('1'), Read, what);
        assert.ok(runs <= most, `${runs} runs`);
      });

    it('asks for no more than the list has, nor for what is there', () => {
      const functions = new FunctionSet([keeper]);
      const element = (i: number) => ({ name: `list/${i}`, value: toTypedValue(ItemType, { n: i }) });
      const state = [whole('list', '7 12'), whole('map'), element(7), element(8), element(9), element(11)];
      assert.deepEqual(names(functions.invoke(batch([{ op: 'at', n: 8 }], state))), ['incomplete', ['list/10']]);
    });
  });

  it('is refused where the platform takes it for one value, as Apache StateFun does', () => {
    const state = [
      { name: 'list', value: undefined },
      { name: 'map', value: undefined },
    ];
    assert.throws(
      () => new FunctionSet([keeper]).invoke(batch([{ op: 'push', n: 1 }], state)),
      (error: FunctionError) =>
        error.code === 'state-type-mismatch' && /this platform does not keep/.test(error.message),
    );
  });

  it('ends with the handler, also for who has taken it before', async () => {
    let uses: (() => unknown)[] = [];
    const fn = statefulFunction('test/keeper', {
      state: { list: persistedList(ItemType), map: persistedMap(ItemType) },
    }).on(Ops, ({ state: { list, map } }) => {
      uses = [
        ...[() => list.length, () => list.push({ n: 1 }), () => list.at(0), () => list.slice(0), () => list.clear()],
        ...[() => list.set(0, { n: 1 }), () => list.dropFirst(1), () => map.set('a', { n: 1 }), () => map.get('a')],
        ...[() => map.has('a'), () => map.delete('a'), () => map.clear(), () => map.entries()],
      ];
    });
    new FunctionSet([fn]).invoke(batch([], [whole('list', '0 1'), whole('map')]));
    assert.equal(uses.length, 13);
    for (const use of uses) assert.throws(use, /state (list|map) of test\/keeper was used after its handler had ended/);
  });

  it('has places that are whole numbers', () => {
    const fn = statefulFunction('test/keeper', {
      state: { list: persistedList(ItemType), map: persistedMap(ItemType) },
    }).on(Ops, ({ state: { list } }) => {
      for (let i = 0; i < 3; i++) list.push({ n: i });
      for (const wrong of [0.5, NaN, '1' as never])
        for (const use of [
          () => list.at(wrong),
          () => list.slice(wrong),
          () => list.slice(0, wrong),
          () => list.dropFirst(wrong),
          () => list.set(wrong, { n: 0 }),
        ])
          assert.throws(
            use,
            (error) => error instanceof RangeError && /the list list has places that/.test(error.message),
          );
      assert.deepEqual(list.slice(-2, Infinity), [{ n: 1 }, { n: 2 }]);
      assert.equal(list.at(Infinity), undefined);
      list.dropFirst(-1);
      assert.equal(list.length, 3);
      list.dropFirst(Infinity);
      assert.equal(list.length, 0);
    });
    new FunctionSet([fn]).invoke(batch([], [whole('list'), whole('map')]));
  });

  it('has keys that are Unicode', async () => {
    const Act = types.json<'get' | 'set' | 'page'>('test/Act');
    const odd = statefulFunction('test/odd', { state: { map: persistedMap(types.int) } }).on(
      Act,
      async ({ state }, act) => {
        await null;
        if (act === 'get') state.map.get('a\ud83d');
        else if (act === 'set') state.map.set('a\ud83d', 1);
        else state.map.entries({ after: 'a\ud83d' });
      },
    );
    for (const act of ['get', 'set', 'page'] as const)
      await assert.rejects(new TestKit([odd]).send(odd.at('1'), Act, act), (error: FunctionError) => {
        assert.deepEqual([error.code, error.place.target?.id], ['invalid-effect', '1']);
        return /the key "a\\ud83d" has half of a surrogate pair/.test(error.message);
      });
  });

  it('is changed by its methods alone, but for clearing', async () => {
    const Go = types.json<'assign' | 'undefined' | 'clear'>('test/Go');
    const odd = statefulFunction('test/odd', { state: { list: persistedList(ItemType) } }).on(
      Go,
      ({ state, clear }, what) => {
        if (what === 'clear') return state.list.clear();
        if (what === 'undefined') return state.list.push(undefined as never);
        state.list = [] as never;
        clear();
      },
    );
    const kit = new TestKit([odd]);
    await assert.rejects(kit.send(odd.at('1'), Go, 'assign'), /state list is a list: change it by its methods/);
    await assert.rejects(kit.send(odd.at('1'), Go, 'undefined'), /keeps no undefined/);
    await kit.send(odd.at('1'), Go, 'clear');
  });
});
