/** What operators ask of addresses, held against a group of functions whose course the test says. */
import assert from 'node:assert/strict';
import { persisted, persistedList, persistedMap, statefulFunction, types } from '@tidegate/functions-sdk';
import type { FunctionMessage } from '../../../src/functions/function-message.js';
import type { AddressAnswer, AddressQuestion } from '../../../src/job/address-question.js';
import { GroupWorld, nodeOf } from '../group-world.js';

const CART = 'test/cart';
const cart = statefulFunction(CART, {
  state: {
    items: persisted(types.json<string[]>('test/Items'), { default: () => [] }),
    seen: persisted(types.long, { default: 0n }),
  },
}).on(types.string, ({ state }, item) => {
  if (item === 'poison') throw new Error('not this');
  state.items.push(item);
  state.seen++;
});

function message(id: string, item = 'apple'): FunctionMessage {
  const argument = { typename: types.string.typename, hasValue: true, bytes: types.string.encode(item) };
  return { target: { type: CART, id }, caller: undefined, argument };
}

const KEEPER = 'test/keeper';
const keeper = statefulFunction(KEEPER, {
  state: {
    latest: persistedMap(types.json<string>('test/Text')),
    history: persistedList(types.json<string>('test/Text')),
  },
}).on(types.string, ({ state }, key) => {
  state.history.push(key);
  state.latest.set(key, `${key} ${state.history.length}`);
});
const told = (key: string): FunctionMessage => ({ ...message('ann', key), target: { type: KEEPER, id: 'ann' } });

/** @param json undefined deletes it */
function edit(state: string, key: string, json: string | undefined): AddressQuestion {
  const which = { type: KEEPER, id: 'ann', state, key };
  return json === undefined ? { kind: 'delete', ...which } : { kind: 'write', ...which, value: { json } };
}

/** Keys with their values, and `more` where there are. */
function pageOf(
  world: GroupWorld,
  state: string,
  page: Pick<Extract<AddressQuestion, { readonly kind: 'entries' }>, 'key' | 'after' | 'limit'>,
): unknown[] {
  const { answer } = ask(world, { kind: 'entries', type: KEEPER, id: 'ann', state, ...page });
  assert.equal(answer?.kind, 'entries');
  return [...answer.entries.map(({ key, value }) => [key, value.json]), ...(answer.hasMore ? ['more'] : [])];
}

/** Of a question; undefined: it is not answered yet. */
interface Asked {
  answer: AddressAnswer | undefined;
}

function ask({ group }: GroupWorld, question: AddressQuestion): Asked {
  const asked: Asked = { answer: undefined };
  group.addressDesk.ask(question, (answer) => {
    assert.equal(asked.answer, undefined, 'it is answered twice');
    asked.answer = answer;
  });
  while (group.addressDesk.settle());
  return asked;
}

function valuesOf(world: GroupWorld, id: string): Record<string, string | undefined> {
  const { answer } = ask(world, { kind: 'read', type: CART, id });
  assert.equal(answer?.kind, 'address');
  return Object.fromEntries(answer.address.states.map(({ name, value }) => [name, value?.json ?? value?.base64]));
}

const write = (id: string, state: string, json: string): AddressQuestion => {
  return { kind: 'write', type: CART, id, state, value: { json } };
};
const DONE = { kind: 'done' } as const;

async function opened(...messages: readonly FunctionMessage[]): Promise<GroupWorld> {
  return GroupWorld.open(nodeOf([CART], { retries: 0, then: 'park' }), [cart], messages);
}

async function worked(...messages: readonly FunctionMessage[]): Promise<GroupWorld> {
  const world = await opened(...messages);
  await world.finish();
  return world;
}

describe('the addresses of functions, for operators', () => {
  it('are shown with what waits for them and what they remember', async () => {
    const world = await worked(message('ann'), message('ann', 'pear'));
    const { answer } = ask(world, { kind: 'read', type: CART, id: 'ann' });
    assert.deepEqual(answer, {
      kind: 'address',
      address: {
        ...{ id: 'ann', status: 'idle', waiting: 0, waitingBytes: 0, failures: 0 },
        states: [
          { name: 'items', type: 'test/Items', value: { bytes: 16, json: '["apple","pear"]' } },
          { name: 'seen', type: 'io.statefun.types/long', value: { bytes: 9, json: '2' } },
        ],
      },
    });
    assert.deepEqual(valuesOf(world, 'nobody'), { items: undefined, seen: undefined });
  });

  it('are not there of a type that was never called, whatever is asked', async () => {
    const world = await worked(message('ann'));
    const type = 'test/other';
    const refusal = {
      kind: 'refused',
      why: 'not-found',
      message: 'there is no function test/other, or it was never called',
    };
    assert.deepEqual(ask(world, { kind: 'list', type, limit: 10 }).answer, refusal);
    assert.deepEqual(ask(world, { kind: 'read', type, id: 'ann' }).answer, refusal);
  });

  it('are listed a page at a time, in the order of their ids, each once', async () => {
    const ids = Array.from({ length: 25 }, (_, i) => `id ${String(i * 7).padStart(3, '0')}`);
    const world = await worked(...[...ids].reverse().map((id) => message(id)));
    world.group.deliver(message('id 999'));
    const found: string[] = [];
    for (let page = 0, after: string | undefined; page < 3; page++) {
      const { answer } = ask(world, { kind: 'list', type: CART, limit: 10, ...(after === undefined ? {} : { after }) });
      assert.equal(answer?.kind, 'list');
      assert.equal(answer.hasMore, page < 2);
      found.push(...answer.addresses.map(({ id }) => id));
      after = found.at(-1);
    }
    assert.deepEqual(found, [...ids, 'id 999']);
  });

  it('are edited, and the function goes on from there', async () => {
    const world = await worked(message('ann'));
    ask(world, write('ann', 'items', '["kiwi"]'));
    ask(world, write('ann', 'seen', '"9007199254740993"'));
    world.group.deliver(message('ann', 'pear'));
    await world.finish();
    assert.deepEqual(valuesOf(world, 'ann'), { items: '["kiwi","pear"]', seen: '"9007199254740994"' });
  });

  it('have state in parts entry by entry: those of a map by their keys, elements of a list by their places', async () => {
    const world = await GroupWorld.open(nodeOf([KEEPER]), [keeper], []);
    for (const key of ['b', 'a', 'c']) world.group.deliver(told(key));
    await world.finish();
    const { answer } = ask(world, { kind: 'read', type: KEEPER, id: 'ann' });
    assert.equal(answer?.kind, 'address');
    assert.deepEqual(
      answer.address.states.map(({ parts, value }) => parts ?? value),
      [{ kind: 'map' }, { kind: 'list', length: 3 }],
    );
    assert.deepEqual(pageOf(world, 'latest', { limit: 2 }), [['a', '"a 2"'], ['b', '"b 1"'], 'more']);
    assert.deepEqual(pageOf(world, 'latest', { limit: 2, after: 'b' }), [['c', '"c 3"']]);
    assert.deepEqual(pageOf(world, 'history', { limit: 2, after: '0' }), [
      ['1', '"a"'],
      ['2', '"c"'],
    ]);
    assert.deepEqual(pageOf(world, 'history', { limit: 1, key: '1' }), [['1', '"a"']]);
    assert.deepEqual(pageOf(world, 'latest', { limit: 1, key: 'x' }), []);
    const edits = [
      edit('latest', 'b', '"mended"'),
      edit('latest', 'd', '"new"'),
      edit('latest', 'c', undefined),
      edit('history', '1', '"mended"'),
      edit('history', '3', '"next"'),
      edit('history', '0', undefined),
    ].map((question) => ask(world, question));
    await world.snapshot();
    assert.deepEqual(
      edits.map(({ answer }) => answer),
      edits.map(() => DONE),
    );
    await world.crash();
    const mended = [
      ['a', '"a 2"'],
      ['b', '"mended"'],
      ['d', '"new"'],
    ];
    assert.deepEqual(pageOf(world, 'latest', { limit: 9 }), mended);
    // The function goes on from there.
    world.group.deliver(told('e'));
    await world.finish();
    assert.deepEqual(pageOf(world, 'history', { limit: 9 }), [
      ['0', '"mended"'],
      ['1', '"c"'],
      ['2', '"next"'],
      ['3', '"e"'],
    ]);
    assert.deepEqual(pageOf(world, 'latest', { limit: 9, after: 'd' }), [['e', '"e 4"']]);
    for (const [question, why] of [
      [edit('history', '9', '"far"'), /the list history has 4 elements: 9 is neither of them nor the next/],
      [edit('history', '1', undefined), /of the list history the first and the last element can be deleted/],
      [
        { kind: 'delete', type: CART, id: 'ann', state: 'items', key: 'a' },
        /the state items is one value, and has no entries/,
      ],
      [{ kind: 'entries', type: CART, id: 'ann', state: 'seen', limit: 1 }, /the state seen is one value/],
      [{ kind: 'entries', type: KEEPER, id: 'ann', state: 'sum', limit: 1 }, /no state sum: it has latest, history/],
    ] as const) {
      const { answer } = ask(question.type === CART ? await worked(message('ann')) : world, question);
      assert.equal(answer?.kind, 'refused');
      assert.match(answer.message, why);
    }
  });

  /** Of a type that says so much of its state. @param parts what those of `history` make, if that is told */
  async function described(parts: 'list' | 'map' | undefined): Promise<GroupWorld> {
    const world = await GroupWorld.open(nodeOf([KEEPER]), [keeper], []);
    const state = { type: 'test/Text', isInParts: true } as const;
    world.group.described('functions.e', {
      protocol: 'io.statefun.sdk.reqreply',
      functions: [
        {
          type: KEEPER,
          state: [
            { name: 'latest', ...state },
            { name: 'history', ...state, ...(parts === undefined ? {} : { parts }) },
          ],
          accepts: [],
          acceptsOthers: true,
        },
      ],
      limits: { maxBodyBytes: 1 },
      extensions: { sharedRequests: { contentType: '' } },
    });
    return world;
  }

  it('have a list edited that nobody has written yet as the list that its function declares', async () => {
    const world = await described('list');
    const unfit = ['7', 'foo'].map((key) => ask(world, edit('history', key, '"x"')).answer);
    for (const answer of unfit) {
      assert.equal(answer?.kind, 'refused');
      assert.match(answer.message, /the list history has 0 elements: \w+ is neither of them nor the next/);
    }
    ask(world, edit('history', '0', '"first"'));
    const { answer } = ask(world, { kind: 'read', type: KEEPER, id: 'ann' });
    assert.ok(answer?.kind === 'address');
    assert.deepEqual(answer.address.states.find(({ name }) => name === 'history')?.parts, { kind: 'list', length: 1 });
    world.group.deliver(told('second'));
    await world.finish();
    assert.deepEqual(pageOf(world, 'history', { limit: 9 }), [
      ['0', '"first"'],
      ['1', '"second"'],
    ]);
  });

  it('have nothing written to state of which nobody knows whether it is a list or a map', async () => {
    const world = await described(undefined);
    const { answer } = ask(world, edit('history', '0', '"x"'));
    assert.equal(answer?.kind, 'refused');
    assert.match(answer.message, /whether the state history is a list or a map is not known/);
    world.group.deliver(told('first'));
    await world.finish();
    for (const [state, key] of [
      ['history', '1'],
      ['latest', 'x'],
    ] as const) {
      const edited = ask(world, edit(state, key, '"x"'));
      await world.snapshot();
      assert.deepEqual(edited.answer, DONE);
    }
  });

  it('are edited behind the call that is under way, which knows nothing of it', async () => {
    const world = await worked(message('ann'));
    world.group.deliver(message('ann', 'pear'));
    world.group.dispatch();
    const edit = ask(world, write('ann', 'items', '[]'));
    assert.deepEqual(valuesOf(world, 'ann')['items'], '["apple"]');
    await world.answer(0);
    while (world.group.addressDesk.settle());
    assert.equal(valuesOf(world, 'ann')['items'], '[]');
    await world.snapshot();
    assert.deepEqual(edit.answer, DONE);
  });

  it('have an edit for good when it is answered, which is when a checkpoint has it', async () => {
    const world = await worked(message('ann'), message('bob'));
    await world.snapshot();
    const lost = ask(world, write('ann', 'items', '["lost"]'));
    await world.crash();
    assert.equal(lost.answer, undefined);
    assert.equal(valuesOf(world, 'ann')['items'], '["apple"]');
    const kept = [
      ask(world, write('ann', 'items', '["kept"]')),
      ask(world, { kind: 'delete', type: CART, id: 'bob' }),
      ask(world, { kind: 'delete', type: CART, id: 'ann', state: 'seen' }),
    ];
    await world.snapshot();
    assert.deepEqual(
      kept.map(({ answer }) => answer),
      [DONE, DONE, DONE],
    );
    await world.crash();
    assert.deepEqual(valuesOf(world, 'ann'), { items: '["kept"]', seen: undefined });
    assert.deepEqual(valuesOf(world, 'bob'), { items: undefined, seen: undefined });
  });

  it('that are parked are found, and go on when they are released', async () => {
    const world = await worked(message('ann', 'poison'), message('bob'));
    world.group.deliver(message('ann', 'pear'));
    const { answer } = ask(world, { kind: 'list', type: CART, limit: 10, isParked: true });
    assert.deepEqual(answer, {
      kind: 'list',
      addresses: [{ id: 'ann', status: 'parked', waiting: 2 }],
      hasMore: false,
    });
    assert.equal(world.group.isBusy, false);
    const release = ask(world, { kind: 'release', type: CART, id: 'ann' });
    assert.equal(world.group.isBusy, true);
    assert.equal(release.answer, undefined);
    await world.snapshot();
    assert.deepEqual(release.answer, DONE);
    world.group.dispatch();
    // The function was mended meanwhile.
    const empty = { messages: [], delayed: [], egresses: [], state: [] };
    await world.answer(0, [{ kind: 'result', effects: empty }]);
    await world.finish();
    const again = ask(world, { kind: 'release', type: CART, id: 'ann' }).answer;
    assert.deepEqual(again, {
      ...{ kind: 'refused', why: 'conflict' },
      message: 'test/cart of "ann" is not parked: it is idle',
    });
  });

  const refused: readonly (readonly [what: string, question: AddressQuestion, why: string, message: RegExp])[] = [
    [
      'a function that there is not',
      { kind: 'read', type: 'test/x', id: 'a' },
      'not-found',
      /there is no function test\/x/,
    ],
    ['a state that was never declared', write('ann', 'sum', '1'), 'not-found', /no state sum: it has items, seen/],
    ['what is no JSON', write('ann', 'items', '[1'), 'invalid', /no JSON/],
    ['what is not of the type', write('ann', 'seen', '"many"'), 'invalid', /a bigint of 64 bits/],
    [
      'bytes that are not of the type',
      { kind: 'write', type: CART, id: 'ann', state: 'seen', value: { base64: 'CAE=' } },
      ...(['invalid', /wire type/] as const),
    ],
    [
      'what is no base64',
      { kind: 'write', type: CART, id: 'ann', state: 'items', value: { base64: 'a' } },
      ...(['invalid', /not in base64/] as const),
    ],
    ['too much', write('ann', 'items', JSON.stringify('x'.repeat(1 << 20))), 'invalid', /at most 1048576 bytes/],
  ];
  for (const [what, question, why, text] of refused)
    it(`refuse ${what}`, async () => {
      const { answer } = ask(await worked(message('ann')), question);
      assert.equal(answer?.kind, 'refused');
      assert.equal(answer.why, why);
      assert.match(answer.message, text);
    });
});
