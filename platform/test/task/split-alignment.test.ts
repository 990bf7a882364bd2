import assert from 'node:assert/strict';
import { VirtualClock } from '../../src/common/virtual-clock.js';
import { UNTYPED } from '../../src/expression/index.js';
import type { SourceNode } from '../../src/job/stream-graph.js';
import { MetricRegistry } from '../../src/metrics/registry.js';
import { SourceOperator } from '../../src/operators/source/source-operator.js';
import { SplitAlignment } from '../../src/task/split-alignment.js';
import { SCRIPT_FORMAT } from '../../src/cli/testing/scripted-source.js';

const IDLE_MS = 1000;
const DRIFT = 100;
const WORDS: ReadonlyMap<number, string> = new Map([
  [Number.MIN_SAFE_INTEGER, 'no time'],
  [Number.MAX_SAFE_INTEGER, 'the end'],
]);
const NODE: SourceNode = {
  id: 'ingresses.in',
  name: 'in',
  connector: { type: 'script', options: {} },
  format: { type: 'script', options: {} },
  schema: UNTYPED,
  time: {
    kind: 'event',
    field: ['t'],
    format: 'epoch-millis',
    maxOutOfOrderness: 0,
    idleTimeout: IDLE_MS,
    order: 'sorted',
  },
  onBadRecord: 'fail',
};

/** The splits a, b and c of one subtask; what is asked of their reader and told to the coordinator is noted. */
class World {
  readonly clock = new VirtualClock(1000);
  readonly alignment: SplitAlignment;
  readonly operator: SourceOperator;
  #noted: string[] = [];

  constructor(concurrency?: number) {
    const nowhere = { collect: () => undefined };
    const outputs = { main: nowhere, timeless: nowhere, late: nowhere, bad: nowhere };
    this.operator = new SourceOperator(NODE, SCRIPT_FORMAT, outputs, this.clock, new MetricRegistry(), false);
    for (const split of ['a', 'b', 'c']) this.operator.addSplit(split);
    this.alignment = new SplitAlignment(DRIFT, {
      operator: this.operator,
      reader: {
        ...(concurrency === undefined ? {} : { concurrency }),
        pause: (split) => void this.#noted.push(`pause ${split}`),
        resume: (split) => void this.#noted.push(`resume ${split}`),
      },
      reached: (watermark) => void this.#noted.push(`at ${WORDS.get(watermark) ?? watermark}`),
    });
  }

  /** A record that brings the split's watermark to a time. */
  give(split: string, watermark: number): this {
    const payloads = [{ t: watermark + 1 }];
    this.operator.accept({ split, payloads, offsets: [0], bytes: 1, nextOffset: 1 });
    this.alignment.gave(split);
    return this;
  }

  align(limit?: number): this {
    this.alignment.align(limit);
    return this;
  }

  noted(): string[] {
    return this.#noted.splice(0);
  }
}

/** All have given records, and the coordinator has answered. */
function begun(): World {
  const world = new World()
    .give('a', 10)
    .give('b', 10)
    .give('c', 10)
    .align(10 + DRIFT);
  world.noted();
  return world;
}

describe('the splits of a source that are aligned', () => {
  it('give no more than their first records until the coordinator has said how far they may go', () => {
    const world = new World().give('a', 10);
    assert.deepEqual(world.noted(), ['pause a', 'at no time']);
    assert.deepEqual(world.give('b', 5).give('c', 7).noted(), ['pause b', 'at no time', 'pause c', 'at 5']);
    assert.deepEqual(world.align(105).noted(), ['resume a', 'resume b', 'resume c', 'at 5']);
  });

  it('are paused when they are beyond the limit, and read on when it has risen', () => {
    const world = begun();
    assert.deepEqual(world.give('a', 110).noted(), []);
    assert.deepEqual(world.give('a', 111).noted(), ['pause a', 'at 10']);
    assert.deepEqual(world.align(110).noted(), ['at 10']);
    assert.deepEqual(world.align(111).noted(), ['resume a', 'at 10']);
  });

  it('tell how far the slowest is whenever that is a part of the drift further', () => {
    const world = begun();
    assert.deepEqual(world.give('a', 60).give('b', 60).noted(), []);
    assert.deepEqual(world.give('c', 34).noted(), []);
    assert.deepEqual(world.give('c', 35).noted(), ['at 35']);
    assert.deepEqual(world.give('c', 59).noted(), []);
  });

  it('do not wait for one that is idle, and hold nobody back when all are', () => {
    const world = begun().give('a', 20);
    world.clock.advanceTo(world.clock.monotonic() + IDLE_MS - 1);
    world.give('a', 30).give('b', 40);
    world.noted();
    world.clock.advanceTo(world.clock.monotonic() + 1);
    world.operator.checkIdle();
    assert.deepEqual(world.align(200).noted(), ['at 30']);
    world.clock.advanceTo(world.clock.monotonic() + IDLE_MS);
    world.operator.checkIdle();
    assert.deepEqual(world.align(200).noted(), ['at the end']);
  });

  it('do not become idle while they are paused', () => {
    const world = begun().give('a', 150);
    world.noted();
    world.clock.advanceTo(world.clock.monotonic() + IDLE_MS);
    world.operator.checkIdle();
    // b and c are.
    assert.deepEqual(world.align(150).noted(), ['resume a', 'at 150']);
    world.clock.advanceTo(world.clock.monotonic() + IDLE_MS - 1);
    world.operator.checkIdle();
    assert.deepEqual(world.align(150).noted(), ['at 150']);
  });

  it('do not wait for one that is read only when others have ended', () => {
    const world = new World(1).give('a', 10);
    assert.deepEqual(world.noted(), ['pause a', 'at 10']);
    assert.deepEqual(world.align(110).noted(), ['resume a', 'at 10']);
    world.operator.endSplit('a');
    world.alignment.tell();
    assert.deepEqual(world.noted(), ['at the end']);
  });

  it('keep their limit where they are only asked how far they are', () => {
    assert.deepEqual(begun().give('a', 500).align().noted(), ['pause a', 'at 10', 'at 10']);
  });
});
