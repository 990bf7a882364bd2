/** What is declared of a type's calls: how many at once, how many messages in which time, and who goes first. */
import assert from 'node:assert/strict';
import { statefulFunction, types } from '@tidegate/functions-sdk';
import { CallLimits } from '../../src/functions/call-limits.js';
import type { FunctionMessage } from '../../src/functions/function-message.js';
import type { FunctionNode } from '../../src/job/function-node.js';
import { GroupWorld, nodeOf } from './group-world.js';

const Go = types.json<object>('test/Go');
const FUNCTIONS = ['test/slow', 'test/other'].map((type) =>
  statefulFunction(type as 'test/slow').on(Go, () => undefined),
);

const to = (type: string, id: string): FunctionMessage => ({
  target: { type, id },
  caller: undefined,
  argument: { typename: Go.typename, hasValue: true, bytes: Go.encode({}) },
});

type Limits = Partial<FunctionNode['types'][number]>;

/** `test/slow` has the limits, and one endpoint with `test/other`, which takes three requests of one address each. */
async function open(limits: Limits): Promise<GroupWorld> {
  const node = nodeOf(['test/slow', 'test/other']);
  const types = node.types.map((one) => (one.type === 'test/slow' ? { ...one, ...limits } : one));
  const world = await GroupWorld.open({ ...node, types }, FUNCTIONS, []);
  await world.settle();
  // The first call of a type goes alone, to learn which state it has.
  for (const type of ['test/slow', 'test/other']) world.group.deliver(to(type, 'first'));
  await world.settle();
  await world.pass(60_000);
  return world;
}

/** Who is called now: `slow a, other b`. */
const called = ({ pending }: GroupWorld): string =>
  pending.map(({ batches: [batch] }) => `${batch!.target.type.slice(5)} ${batch!.target.id}`).join(', ');

describe('the calls of a type of functions', () => {
  it('are no more at once than it says; others of its endpoint go on', async () => {
    const world = await open({ concurrency: 1 });
    for (const id of ['a', 'b', 'c']) world.group.deliver(to('test/slow', id));
    world.group.deliver(to('test/other', 'd'));
    world.group.dispatch();
    assert.equal(called(world), 'slow a, other d');
    await world.answer(0);
    world.group.dispatch();
    assert.equal(called(world), 'other d, slow b');
    await world.answer(1);
    world.group.dispatch();
    assert.equal(called(world), 'other d, slow c');
  });

  it('are of no more messages in a time than it says, whoever they are for', async () => {
    const world = await open({ rate: { messages: 3, perMs: 1000 } });
    for (const id of ['a', 'a', 'a', 'a', 'b', 'c', 'd']) world.group.deliver(to('test/slow', id));
    const perSecond: number[] = [];
    for (let second = 0; second < 4; second++) {
      const before = world.answered.length;
      await world.settle();
      const batches = world.answered.slice(before).flatMap((call) => call.batches);
      perSecond.push(batches.reduce((sum, { invocations }) => sum + invocations.length, 0));
      if (second < 2) assert.equal(world.group.nextWakeUp, world.clock.now() + 1000);
      world.clock.advanceTo(world.clock.now() + 1000);
    }
    assert.deepEqual(perSecond, [3, 3, 1, 0]);
    assert.equal(world.group.isBusy, false);
  });

  it('come before those of a lower priority, as far as these have not begun', async () => {
    const world = await open({ priority: 5 });
    for (const id of ['a', 'b', 'c', 'd']) world.group.deliver(to('test/other', id));
    world.group.dispatch();
    for (const id of ['e', 'f']) world.group.deliver(to('test/slow', id));
    for (let i = 0; i < 2; i++) await world.answer(0);
    world.group.dispatch();
    assert.equal(called(world), 'other c, slow e, slow f');
    await world.answer(0);
    world.group.dispatch();
    assert.equal(called(world), 'slow e, slow f, other d');
  });

  const shares: readonly [messages: number, perMs: number, parallelism: number, share: number, windowMs: number][] = [
    [100, 1000, 1, 100, 1000],
    [100, 1000, 4, 25, 1000],
    [10, 1000, 4, 2, 800],
    [1, 60_000, 3, 1, 180_000],
  ];
  for (const [messages, perMs, parallelism, share, windowMs] of shares)
    it(`have an equal share of ${messages} in ${perMs} ms in each of ${parallelism} subtasks`, () => {
      const limits = new CallLimits({ rate: { messages, perMs } }, parallelism);
      assert.equal(limits.messages(7), share);
      limits.take(share, 7);
      assert.equal(limits.messages(7 + windowMs - 1), 0);
      assert.equal(limits.opensAt, 7 + windowMs);
      assert.equal(limits.messages(7 + windowMs), share);
    });
});
