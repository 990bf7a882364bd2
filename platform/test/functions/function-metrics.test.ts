/** What functions are measured by, as whoever exports it reads it. */
import assert from 'node:assert/strict';
import { egressValue, statefulFunction, types } from '@tidegate/functions-sdk';
import { instrumentOf } from '../../src/metrics/instruments.js';
import { jobReadings } from '../../src/metrics/counted.js';
import type { FunctionMessage } from '../../src/functions/function-message.js';
import { CALL_MS, GroupWorld, nodeOf } from './group-world.js';

const asker = statefulFunction('test/asker').on(types.string, (context, text) => {
  context.send({ type: 'test/teller', id: context.self.id }, types.string, text);
});
const teller = statefulFunction('test/teller').on(types.string, (context, text) => {
  context.emit(egressValue('test/out', types.string, text));
});

function message(id: string): FunctionMessage {
  const argument = { typename: types.string.typename, hasValue: true, bytes: types.string.encode('hello') };
  return { target: { type: 'test/asker', id }, caller: undefined, argument };
}

async function opened(...ids: readonly string[]): Promise<GroupWorld> {
  return GroupWorld.open(nodeOf(['test/asker', 'test/teller']), [asker, teller], ids.map(message));
}

/** By the instrument's name without `tidegate.function.`, of those that are not 0. */
function readings({ metrics, clock }: GroupWorld, type: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { name, value, labels } of jobReadings('j', metrics, clock.now()))
    if (labels.function === type && value !== 0) found[name.replace('tidegate.function.', '')] = value;
  return found;
}

/** Calls that have ended. */
function took(calls: number): Record<string, number> {
  return { 'invocation.duration': calls };
}

describe('the metrics of functions', () => {
  it('count what came, what was called for, and where it was sent', async () => {
    const world = await opened('a', 'a', 'b');
    await world.finish();
    assert.deepEqual(readings(world, 'test/asker'), { in: 3, invocations: 2, 'out.local': 3, ...took(2) });
    assert.deepEqual(readings(world, 'test/teller'), { in: 3, invocations: 2, 'out.egress': 3, ...took(2) });
  });

  it('say what waits, is called and is held up now, until the task ends', async () => {
    const world = await opened('a', 'a', 'b');
    const end = world.group.watch(1);
    await Promise.resolve();
    world.take(2);
    world.group.dispatch();
    assert.deepEqual(readings(world, 'test/asker'), { in: 2, invocations: 1, in_flight: 1, backlog: 2 });
    const failure = { kind: 'failure', status: 500, retriable: true, message: 'told by the test' } as const;
    await world.answer(0, [failure]);
    assert.deepEqual(readings(world, 'test/asker'), {
      ...{ in: 2, invocations: 1, 'invocations.failed': 1, ...took(1) },
      ...{ backlog: 2, blocked: 1 },
    });
    await world.finish();
    assert.deepEqual(
      Object.keys(readings(world, 'test/asker')).filter((name) => /backlog|blocked|flight/.test(name)),
      [],
    );
    world.group.deliver(message('c'));
    assert.equal(readings(world, 'test/asker')['backlog'], 1);
    end();
    assert.equal(readings(world, 'test/asker')['backlog'], undefined);
  });

  it('say how many calls took how long', async () => {
    const world = await opened('a', 'a', 'b');
    await world.finish();
    const readings = [...jobReadings('j', world.metrics, world.clock.now())];
    const { distribution, labels } = readings.find(
      ({ name, labels }) => name === 'tidegate.function.invocation.duration' && labels.function === 'test/asker',
    )!;
    const { bounds = [] } = instrumentOf('tidegate.function.invocation.duration');
    const bucket = bounds.findIndex((bound) => CALL_MS / 1000 <= bound);
    assert.deepEqual(labels, { job: 'j', function: 'test/asker' });
    assert.deepEqual(
      distribution!.counts,
      Array.from({ length: bounds.length + 1 }, (_, i) => (i === bucket ? 2 : 0)),
    );
    assert.ok(Math.abs(distribution!.sum - (2 * CALL_MS) / 1000) < 1e-9);
  });

  it('know of what was restored', async () => {
    const world = await opened('a', 'a', 'b');
    world.take(3);
    await world.snapshot();
    await world.crash();
    world.group.watch(0);
    assert.equal(readings(world, 'test/asker')['backlog'], 3);
  });
});
