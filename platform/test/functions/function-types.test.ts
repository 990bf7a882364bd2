/** Functions of a whole namespace: each type is met when somebody sends to it, and is there after a restore. */
import assert from 'node:assert/strict';
import { egressValue, persisted, statefulFunction, types } from '@tidegate/functions-sdk';
import type { FunctionMessage } from '../../src/functions/function-message.js';
import { GroupWorld, nodeOf } from './group-world.js';

const Go = types.json<{ readonly n: number }>('test/Go');
const Out = types.json<{ readonly by: string; readonly sum: number }>('test/Out');

const adder = <T extends `shop/${string}`>(type: T, next?: `shop/${string}`) =>
  statefulFunction(type, { state: { sum: persisted(types.int, { default: 0 }) } }).on(Go, (context, { n }) => {
    context.state.sum += n;
    context.emit(egressValue('test/out', Out, { by: type, sum: context.state.sum }));
    if (next !== undefined) context.send({ type: next, id: context.self.id }, Go, { n: 10 * n });
  });

const sent = (type: string, n: number): FunctionMessage => ({
  target: { type, id: 'ann' },
  caller: undefined,
  argument: { typename: Go.typename, hasValue: true, bytes: Go.encode({ n }) },
});

describe('functions of a namespace', () => {
  const FUNCTIONS = [adder('shop/cart', 'shop/stock'), adder('shop/stock'), adder('shop/own')];
  const NODE = nodeOf(['shop/*', 'shop/own']);
  const emitted = (world: GroupWorld): unknown[] =>
    world.emitted.map(({ value: { by, sum } }) => `${String(by)} ${Number(sum)}`).sort();

  it('have a state each, and send to each other', async () => {
    const world = await GroupWorld.open(NODE, FUNCTIONS, [sent('shop/cart', 1), sent('shop/own', 2)]);
    await world.finish();
    assert.deepEqual(emitted(world), ['shop/cart 1', 'shop/own 2', 'shop/stock 10']);
  });

  it('go on after a restore with their state and what waited for them, whoever was met', async () => {
    const world = await GroupWorld.open(NODE, FUNCTIONS, [sent('shop/cart', 1), sent('shop/cart', 2)]);
    world.take(1);
    await world.finish();
    world.emitted.length = 0;
    world.group.deliver(sent('shop/stock', 5));
    await world.snapshot();
    await world.crash();
    await world.finish();
    assert.deepEqual(emitted(world), ['shop/stock 35']);
  });

  it('are no more than the namespace may have: a message for one more is a dead letter, also after a restore', async () => {
    const node = { ...NODE, types: NODE.types.map((type) => ({ ...type, typesMax: 2 })) };
    const world = await GroupWorld.open(node, FUNCTIONS, [sent('shop/cart', 1), sent('shop/third', 1)]);
    world.take(1);
    await world.settle();
    await world.finish();
    await world.snapshot();
    await world.crash();
    world.group.deliver(sent('shop/fourth', 1));
    world.group.deliver(sent('shop/cart', 1));
    await world.finish();
    assert.deepEqual(emitted(world), ['shop/cart 1', 'shop/cart 2', 'shop/stock 10', 'shop/stock 20']);
    const letters = world.letters.map(({ where, reason }) => `${where}: ${reason}`);
    const full = 'shop/* has met 2 types, which is its maxTypes, and';
    assert.deepEqual(letters, [
      `functions.shop/third: ${full} shop/third is none of them`,
      `functions.shop/fourth: ${full} shop/fourth is none of them`,
    ]);
  });

  it('fail the job beyond that where no dead letters are declared', async () => {
    const failing = nodeOf(['shop/*'], { retries: 0, then: 'fail' });
    const node = { ...failing, types: failing.types.map((type) => ({ ...type, typesMax: 1 })) };
    const world = await GroupWorld.open(node, FUNCTIONS, [sent('shop/cart', 1)]);
    world.take(1);
    assert.throws(() => world.group.deliver(sent('shop/other', 1)), /TG489|shop\/\* has met 1 types/);
  });

  it('are told from types of other namespaces, and from what is no type', async () => {
    const world = await GroupWorld.open(NODE, FUNCTIONS, [
      sent('other/cart', 1),
      sent('shop/*', 1),
      sent('a/shop/x', 1),
    ]);
    await world.finish();
    assert.deepEqual(
      world.warnings.map((text) => /a message for (\S+) of/.exec(text)?.[1]),
      ['other/cart', 'shop/*', 'a/shop/x'],
    );
  });
});
