import assert from 'node:assert/strict';
import type { SourceReader } from '@tidegate/connectors/api';
import { SCRIPT_FORMAT, ScriptedSource } from '../../src/cli/testing/scripted-source.js';
import { VirtualClock } from '../../src/common/virtual-clock.js';
import { UNTYPED } from '../../src/expression/index.js';
import type { CheckpointBarrier } from '../../src/job/checkpoint-barrier.js';
import type { SourceNode } from '../../src/job/stream-graph.js';
import { MetricRegistry } from '../../src/metrics/registry.js';
import { LocalChannel } from '../../src/network/local-channel.js';
import { RecordWriter } from '../../src/network/record-writer.js';
import { SourceOperator } from '../../src/operators/source/source-operator.js';
import { OperatorStateStore } from '../../src/state/operator-state/operator-state-store.js';
import { OperatorChain } from '../../src/task/operator-chain.js';
import { SourceProgress } from '../../src/task/source-progress.js';
import { SourceTask } from '../../src/task/source-task.js';
import { TaskMetrics } from '../../src/task/task-metrics.js';
import type { TaskHost } from '../../src/task/task-host.js';

const NODE: SourceNode = {
  id: 'ingresses.in',
  name: 'in',
  connector: { type: 'script', options: {} },
  format: { type: 'script', options: {} },
  schema: UNTYPED,
  time: { kind: 'ingestion', maxOutOfOrderness: 0, order: 'sorted' },
  onBadRecord: 'fail',
};

/** A source task with one channel behind it; what it does is noted in order. */
class World {
  readonly input = new ScriptedSource('a');
  readonly task: SourceTask;
  readonly #noted: string[] = [];
  readonly #channel = new LocalChannel();

  constructor(ends = false) {
    const clock = new VirtualClock(1000);
    const writer = new RecordWriter([this.#channel], { kind: 'forward', subtask: 0 });
    const main = { collect: (record: Parameters<RecordWriter['emit']>[0]) => void writer.emit(record) };
    const nowhere = { collect: () => assert.fail('nothing is late or bad') };
    const outputs = { main, timeless: nowhere, late: nowhere, bad: nowhere };
    const operator = new SourceOperator(NODE, SCRIPT_FORMAT, outputs, clock, new MetricRegistry(), true);
    const split = { id: 'a' };
    const reader: SourceReader = {
      ...this.input.createReader(),
      snapshot: (checkpoint) => {
        this.#noted.push(`snapshot ${checkpoint}`);
        return [split];
      },
    };
    reader.addSplits([split]);
    operator.addSplit('a');
    const operators = new OperatorStateStore();
    const place = { owner: NODE.id, subtask: 0, parallelism: 1, states: operators, isSorted: false };
    const ignore = (): void => undefined;
    const host: TaskHost = {
      persist: ({ checkpoint }) => this.#noted.push(`persist ${checkpoint}`),
      decline: (checkpoint) => this.#noted.push(`decline ${checkpoint}`),
      persistInFlight: ignore,
      acknowledge: ignore,
      exhausted: ignore,
      watermarkReached: ignore,
      addressAnswered: ignore,
      commit: ignore,
      flush: ignore,
      wake: ignore,
      fail: (error) => assert.fail(error),
    };
    this.task = new SourceTask('ingresses.in[0]', {
      reader,
      operator,
      chain: new OperatorChain([], [writer]),
      state: { operators, keyed: undefined },
      progress: new SourceProgress({ ...place, found: [split] }),
      sortedInput: undefined,
      alignment: undefined,
      takesCheckpoints: true,
      ends,
      host,
      clock,
      metrics: new TaskMetrics('ingresses.in[0]', new MetricRegistry()),
    });
  }

  /** Lets the task work until it waits, and tells what it did and sent. */
  run(): string[] {
    while (this.task.step() === 'progress');
    for (let element = this.#channel.poll(); element !== undefined; element = this.#channel.poll()) {
      if (element.kind === 'barrier') this.#noted.push(`barrier ${element.barrier.checkpoint}`);
      if (element.kind === 'frame') this.#noted.push(`records ${element.records.length}`);
    }
    return this.#noted.splice(0);
  }

  trigger(checkpoint: number, then: CheckpointBarrier['then'] = 'continue'): this {
    const barrier: CheckpointBarrier = {
      ...{ checkpoint, then, timestamp: 0, type: 'checkpoint', alignment: { mode: 'aligned' } },
    };
    this.task.receive({ kind: 'trigger-checkpoint', barrier });
    return this;
  }
}

describe('a source task that is told to take a checkpoint', () => {
  it('takes a snapshot and sends one barrier', () => {
    assert.deepEqual(new World().trigger(1).run(), ['snapshot 1', 'persist 1', 'barrier 1']);
  });

  const doubled: [what: string, checkpoint: number][] = [
    ['the same one again', 2],
    ['an older one, late', 1],
  ];
  for (const [what, checkpoint] of doubled) {
    it(`ignores ${what}: what it has sent in between is behind the one barrier`, () => {
      const world = new World();
      world.trigger(2).run();
      world.input.put({ n: 1 });
      assert.deepEqual(world.trigger(checkpoint).run(), ['records 1']);
      assert.deepEqual(world.trigger(3).run(), ['snapshot 3', 'persist 3', 'barrier 3']);
    });
  }

  it('ignores the last one of its stream again, and declines every one behind its end', () => {
    const world = new World();
    world.trigger(1, 'end').run();
    assert.deepEqual(world.trigger(1, 'end').run(), []);
    world.task.receive({ kind: 'checkpoint-complete', checkpoint: 1 });
    world.run();
    assert.deepEqual(world.trigger(2).run(), ['decline 2']);
  });

  it('knows from a younger one that the last one before did not end its stream, even if nobody has told it', () => {
    const world = new World();
    world.trigger(1, 'end').run();
    world.input.put({ n: 1 });
    assert.deepEqual(world.trigger(2).run(), ['snapshot 2', 'persist 2', 'barrier 2', 'records 1']);
    world.task.receive({ kind: 'checkpoint-complete', checkpoint: 1 });
    world.input.put({ n: 2 });
    assert.deepEqual(world.run(), ['records 1']);
  });

  it('goes on behind a last barrier whose checkpoint is complete, when it is told that the stream does not end there', () => {
    const world = new World();
    world.trigger(1, 'end').run();
    world.input.put({ n: 1 });
    world.task.receive({ kind: 'checkpoint-complete', checkpoint: 1, goesOn: true });
    assert.deepEqual(world.run(), ['records 1']);
  });

  it('sends nothing between a last barrier and the news of its checkpoint, and goes on when that was given up', () => {
    const world = new World();
    world.trigger(1, 'end').run();
    world.input.put({ n: 1 });
    assert.deepEqual(world.run(), []);
    world.task.receive({ kind: 'checkpoint-aborted', checkpoint: 1 });
    assert.deepEqual(world.run(), ['records 1']);
  });

  it('reads nothing and declines every one when it has only to end', () => {
    const world = new World(true);
    world.input.put({ n: 1 });
    assert.deepEqual(world.trigger(1).run(), ['decline 1']);
    assert.equal(world.task.step(), 'done');
  });
});
