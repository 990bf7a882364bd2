/** A step that does not end, seen from the process's own thread: its clock goes on, whatever the slot's thread does. */
import assert from 'node:assert/strict';
import { VirtualClock } from '../../../src/common/virtual-clock.js';
import { buildJobGraph } from '../../../src/job/job-graph.js';
import { MetricRegistry } from '../../../src/metrics/registry.js';
import type { AttemptId, TaskCommand } from '../../../src/rpc/task-execution.js';
import type { TaskSlot } from '../../../src/taskmanager/task-slot.js';
import type { SlotCommand } from '../../../src/taskmanager/threads/slot-messages.js';
import { StepCell } from '../../../src/taskmanager/threads/step-cell.js';
import { ThreadedTaskManager } from '../../../src/taskmanager/threads/threaded-task-manager.js';
import { planned } from '../harness.js';
import { ruleApplication } from '../rule-case.js';

const graph = planned(
  ruleApplication(`
  pair: { from: in, key: k, pattern: { within: 1h, steps: [{ begin: a }, { followedBy: b }] }, to: out }`),
);
const job = buildJobGraph({ ...graph, settings: { ...graph.settings, parallelism: 2 } });
const PATTERN = job.vertices.findIndex(({ id }) => id.startsWith('patterns.'));

/** A task manager whose slot 1 is a thread that does what the test says. */
class WatchedWorld {
  readonly clock = new VirtualClock();
  readonly warnings: string[] = [];
  #deployed: Extract<SlotCommand, { kind: 'deploy' }> | undefined;
  readonly taskManager = new ThreadedTaskManager({
    job,
    networkBytes: 1 << 26,
    metrics: new MetricRegistry(),
    clock: this.clock,
    warn: (message) => this.warnings.push(message),
    report: () => undefined,
    createSlot: () => ({ close: () => Promise.resolve() }) as unknown as TaskSlot,
    threads: {
      start: () => ({
        send: (command) => {
          if (command.kind === 'deploy') this.#deployed = command;
        },
        close: () => Promise.resolve(),
      }),
    },
  });

  /** @returns what the thread's slot shows */
  deploy(): StepCell {
    const id: AttemptId = { epoch: 1, attempt: 1, task: job.vertices[PATTERN]!.id, subtask: 1 };
    const deployment = {
      id,
      slot: 1,
      keyGroups: { first: 64, last: 127 },
      restore: undefined,
      found: { splits: [], more: false },
    };
    this.taskManager.command({ kind: 'deploy', deployment } satisfies TaskCommand);
    return new StepCell(this.#deployed!.steps);
  }

  pass(seconds: number): void {
    this.clock.advanceTo(this.clock.monotonic() + seconds * 1000);
  }
}

describe('a step that does not end', () => {
  it('F63: is named with its task while it lasts, and again when it has lasted twice as long', async () => {
    const world = new WatchedWorld();
    const cell = world.deploy();
    world.pass(5);
    cell.begin(PATTERN);
    world.pass(10);
    assert.deepEqual(world.warnings, []);
    world.pass(1);
    assert.deepEqual(world.warnings.length, 1);
    assert.match(
      world.warnings[0]!,
      /^patterns\..+\[1\] has been at one step for 10 s: a record takes it so long.*slot 1/s,
    );
    world.pass(9);
    assert.deepEqual(world.warnings.length, 1);
    world.pass(41);
    assert.deepEqual(
      world.warnings.map((message) => /for (\d+) s/.exec(message)?.[1]),
      ['10', '20', '40'],
    );
    await world.taskManager.close();
    world.pass(1000);
    assert.equal(world.warnings.length, 3);
  });

  it('is none of many short ones, and none that has ended', async () => {
    const world = new WatchedWorld();
    const cell = world.deploy();
    for (let seconds = 0; seconds < 60; seconds++) {
      cell.begin(PATTERN);
      world.pass(1);
    }
    cell.end();
    world.pass(60);
    assert.deepEqual(world.warnings, []);
    await world.taskManager.close();
  });
});
