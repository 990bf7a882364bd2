/** State in parts on the platform: what calls bring, what is kept over failures, and what is refused. */
import assert from 'node:assert/strict';
import { persistedList, persistedMap, persisted, statefulFunction, egressValue, types } from '@tidegate/functions-sdk';
import type { FunctionMessage } from '../../src/functions/function-message.js';
import type { AddressAnswer } from '../../src/job/address-question.js';
import { GroupWorld, nodeOf } from './group-world.js';

const Put = types.json<{ readonly key: string; readonly n: number }>('test/Put');
const Read = types.json<{ readonly key: string }>('test/Read');
const Forget = types.json<object>('test/Forget');
const Out = types.json<string>('test/Out');

const keeper = statefulFunction('test/keeper', {
  state: {
    history: persistedList(types.int),
    latest: persistedMap(types.int),
    count: persisted(types.int, { default: 0 }),
  },
})
  .on(Put, ({ state }, { key, n }) => {
    state.history.push(n);
    if (state.history.length > 100) state.history.dropFirst(1);
    state.latest.set(key, n);
    state.count++;
  })
  .on(Read, (context, { key }) => {
    const { state, self } = context;
    const page = state.latest.entries({ limit: 2 }).map(([name, n]) => `${name}=${n}`);
    const text = `${key}=${state.latest.get(key) ?? 'nothing'} last=${state.history.slice(-2).join()} of ${state.history.length}`;
    context.emit(egressValue('test/out', Out, `${self.id} ${text} ${page.join()} ${state.count}`));
  })
  .on(Forget, (context) => context.clear());

const to = <T>(id: string, typename: string, value: T): FunctionMessage => ({
  target: { type: 'test/keeper', id },
  caller: undefined,
  argument: { typename, hasValue: true, bytes: Buffer.from(JSON.stringify(value)) },
});
const put = (id: string, key: string, n: number): FunctionMessage => to(id, Put.typename, { key, n });
const read = (id: string, key: string): FunctionMessage => to(id, Read.typename, { key });

async function send(world: GroupWorld, ...messages: readonly FunctionMessage[]): Promise<void> {
  for (const message of messages) world.group.deliver(message);
  await world.settle();
}

const open = (): Promise<GroupWorld> => GroupWorld.open(nodeOf(['test/keeper']), [keeper], []);
const said = (world: GroupWorld): unknown[] => world.emitted.map(({ value }) => value['value']);
const bytesOf = ({ batches }: { batches: GroupWorld['answered'][number]['batches'] }): number =>
  batches.reduce((sum, { state }) => sum + state.reduce((all, { value }) => all + (value?.bytes.length ?? 0), 0), 0);

describe('state in parts on the platform', () => {
  it('is brought as far as it is read, however much there is', async () => {
    const world = await open();
    await send(world, ...Array.from({ length: 150 }, (_, i) => put('ann', `k${i % 50}`, i)));
    const before = world.answered.length;
    await send(world, put('ann', 'k7', 1000));
    assert.equal(world.answered.length - before, 1, 'what is only written is not fetched');
    const calls = world.answered.length;
    await send(world, read('ann', 'k7'));
    assert.deepEqual(said(world), ['ann k7=1000 last=149,1000 of 100 k0=100,k1=101 151']);
    const brought = world.answered.slice(calls).map(bytesOf);
    assert.ok(Math.max(...brought) < 100, `a call brought ${Math.max(...brought)} bytes`);
  });

  it('outlives failures with the checkpoint, and is cleared with its parts', async () => {
    const world = await open();
    await send(world, put('ann', 'a', 1), put('bob', 'a', 2), put('ann', 'b', 3));
    await world.snapshot();
    await send(world, put('ann', 'a', 9), to('bob', Forget.typename, {}));
    await world.crash();
    await send(world, read('ann', 'a'), read('bob', 'a'));
    assert.deepEqual(said(world), ['ann a=1 last=1,3 of 2 a=1,b=3 2', 'bob a=2 last=2 of 1 a=2 1']);
    await send(world, to('ann', Forget.typename, {}), read('ann', 'a'));
    assert.deepEqual(said(world).slice(2), ['ann a=nothing last= of 0  0']);
  });

  it('is a failure where an answer asks again for what it was given, or changes a page', async () => {
    const world = await open();
    await send(world, put('ann', 'a', 1));
    world.group.deliver(read('ann', 'a'));
    world.group.dispatch();
    const missing = [{ name: 'latest/a', typename: types.int.typename, expiration: undefined }];
    for (let i = 0; i < 2; i++) {
      await world.answer(0, [{ kind: 'incomplete', missing }]);
      world.group.dispatch();
    }
    assert.equal(world.pending.length, 0, 'it is tried again later');
    const effects = { messages: [], delayed: [], egresses: [], state: [{ name: 'latest?5:', value: undefined }] };
    await world.pass(60_000);
    world.group.deliver(read('bob', 'a'));
    world.group.dispatch();
    await world.answer(0, [{ kind: 'result', effects }]);
    assert.equal(world.metrics.counter('functions.test/keeper', 'failures').value, 2);
  });

  it('belongs to addresses that have some of it', async () => {
    const world = await open();
    await send(world, put('ann', 'a', 1), to('bob', Forget.typename, {}));
    const ids = (): unknown => {
      let told: AddressAnswer | undefined;
      world.group.addressDesk.ask(
        { kind: 'list', type: 'test/keeper', after: '', limit: 9 },
        (answer) => (told = answer),
      );
      while (world.group.addressDesk.settle());
      assert.equal(told?.kind, 'list');
      return told.addresses.map(({ id }) => id);
    };
    assert.deepEqual(ids(), ['ann']);
    await send(world, to('ann', Forget.typename, {}));
    assert.deepEqual(ids(), []);
  });

  for (const [what, form, message] of [
    ['one value', {}, /declares its state latest as \S+; it is kept as a map of/],
    [
      'a list',
      { isInParts: true, parts: 'list' },
      /declares its state latest as a list of \S+; it is kept as a map of/,
    ],
  ] as const)
    it(`keeps its form: a map cannot become ${what}`, async () => {
      const world = await open();
      await send(world, put('ann', 'a', 1));
      const missing = [{ name: 'latest', typename: types.int.typename, expiration: undefined, ...form }];
      world.group.deliver(read('ann', 'a'));
      world.group.dispatch();
      await assert.rejects(world.answer(0, [{ kind: 'incomplete', missing }]), { code: 'TG480', message });
    });
});
