/** State that expires, whose expiry is told, and whose expiration a later version of its function changes. */
import assert from 'node:assert/strict';
import { persisted, statefulFunction, egressValue, types, type AnyFunction } from '@tidegate/functions-sdk';
import type { FunctionMessage } from '../../src/functions/function-message.js';
import { GroupWorld, nodeOf } from './group-world.js';

type Cart = readonly string[];
const CartState = types.json<Cart>('test/Cart');
const CartExpired = types.json<Cart>('test/CartExpired');
const Add = types.json<string>('test/Add');
const Look = types.json<object>('test/Look');
const Out = types.json<string>('test/Out');

type Options = Parameters<typeof persisted<Cart>>[1];

/** Says what it is told, and what it has when it is asked. */
function cart(options: Options = {}): AnyFunction {
  const told = (context: { emit(message: ReturnType<typeof egressValue>): void }, text: string): void =>
    context.emit(egressValue('test/out', Out, text));
  return statefulFunction('test/cart', { state: { items: persisted<Cart>(CartState, options) } })
    .on(Add, (context, item) => {
      context.state.items = [...(context.state.items ?? []), item];
    })
    .on(Look, (context) => told(context, `has ${context.state.items?.join() ?? 'nothing'}`))
    .on(CartExpired, (context, items) =>
      told(context, `${context.self.id} lost ${items.join()}, has ${context.state.items?.join() ?? 'nothing'}`),
    );
}

const to = (id: string, typename: string, value: unknown): FunctionMessage => ({
  target: { type: 'test/cart', id },
  caller: undefined,
  argument: { typename, hasValue: true, bytes: Buffer.from(JSON.stringify(value)) },
});
const NODE = nodeOf(['test/cart']);

async function open(options: Options): Promise<GroupWorld> {
  const world = await GroupWorld.open(NODE, [cart(options)], []);
  // The endpoint has said that it does not describe itself.
  await world.settle();
  return world;
}

async function send(world: GroupWorld, message: FunctionMessage): Promise<void> {
  world.group.deliver(message);
  await world.settle();
}

/** Everything begins again from a checkpoint, with another version of the function. */
async function redeploy(world: GroupWorld, options: Options): Promise<void> {
  await world.snapshot();
  world.deploy([cart(options)]);
  await world.crash();
  await world.settle();
  await send(world, to('zoe', Look.typename, {}));
  world.emitted.length = 0;
}

const said = (world: GroupWorld): unknown[] => world.emitted.map(({ value }) => value['value']);
const TOLD = { expireAfterWrite: '10s', onExpiry: CartExpired } as const;

describe('state whose expiry is told', () => {
  it('leaves at its time, and its address gets it as a message', async () => {
    const world = await open(TOLD);
    await send(world, to('ann', Add.typename, 'socks'));
    assert.equal(world.group.nextWakeUp, world.clock.now() + 10_000);
    await world.pass(9_999);
    await send(world, to('ann', Look.typename, {}));
    await world.pass(1);
    assert.deepEqual(said(world), ['has socks', 'ann lost socks, has nothing']);
    assert.equal(world.group.nextWakeUp, Infinity);
  });

  it('has its time begun anew by each write, without a timer for each', async () => {
    const world = await open(TOLD);
    for (const item of ['socks', 'shoes', 'hat']) {
      await send(world, to('ann', Add.typename, item));
      await world.pass(6_000);
    }
    assert.deepEqual(said(world), []);
    await world.pass(4_000);
    assert.deepEqual(said(world), ['ann lost socks,shoes,hat, has nothing']);
  });

  it('has it begun anew by each call where it counts from the last one', async () => {
    const world = await open({ expireAfterCall: '10s', onExpiry: CartExpired });
    await send(world, to('ann', Add.typename, 'socks'));
    await world.pass(6_000);
    await send(world, to('ann', Look.typename, {}));
    await world.pass(9_000);
    assert.deepEqual(said(world), ['has socks']);
    await world.pass(1_000);
    assert.deepEqual(said(world).slice(1), ['ann lost socks, has nothing']);
  });

  it('is told of once, whatever fails: after a restore too, and nobody is told of what was cleared', async () => {
    const world = await open(TOLD);
    for (const id of ['ann', 'bob']) await send(world, to(id, Add.typename, 'socks'));
    await world.snapshot();
    await world.pass(10_000);
    assert.equal(said(world).length, 2);
    await world.crash();
    await world.settle();
    await world.pass(0);
    assert.deepEqual(said(world).sort(), ['ann lost socks, has nothing', 'bob lost socks, has nothing']);
    await world.snapshot();
    await world.crash();
    await world.pass(60_000);
    assert.equal(said(world).length, 2);
  });

  it('does not keep a job that has nothing else to do', async () => {
    const world = await open(TOLD);
    await send(world, to('ann', Add.typename, 'socks'));
    assert.equal(world.group.isBusy, false);
  });
});

describe('an expiration that has changed', () => {
  type Change = readonly [what: string, before: Options, after: Options, afterMs: number, expected: readonly string[]];
  const changes: readonly Change[] = [
    ['to a shorter one', { expireAfterWrite: '1h' }, { expireAfterWrite: '10s' }, 10_000, ['has nothing']],
    ['to a longer one', { expireAfterWrite: '5s' }, { expireAfterWrite: '1h' }, 10_000, ['has socks']],
    ['from none', {}, { expireAfterWrite: '10s' }, 10_000, ['has nothing']],
    ['to none', { expireAfterWrite: '5s' }, {}, 10_000, ['has socks']],
    [
      'to one that is told, which counts from then where there was no time',
      { expireAfterWrite: '1h' },
      TOLD,
      11_000,
      ['ann lost socks, has nothing', 'has nothing'],
    ],
    [
      'to a shorter one that is told',
      { expireAfterWrite: '1h', onExpiry: CartExpired },
      TOLD,
      10_000,
      ['ann lost socks, has nothing', 'has nothing'],
    ],
    ['to one that is not told any more', TOLD, { expireAfterWrite: '10s' }, 10_000, ['has nothing']],
    ['to none, from one that is told', TOLD, {}, 60_000, ['has socks']],
  ];
  for (const [what, before, after, afterMs, expected] of changes)
    it(`counts for what is there: ${what}`, async () => {
      const world = await open(before);
      await send(world, to('ann', Add.typename, 'socks'));
      await world.pass(1_000);
      await redeploy(world, after);
      await world.pass(afterMs - 1_000);
      if (expected.length > 1) await world.pass(1_000);
      await send(world, to('ann', Look.typename, {}));
      assert.deepEqual(said(world), expected);
      // And what is kept of it can be gone on from.
      await redeploy(world, after);
    });
});
