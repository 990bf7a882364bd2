import assert from 'node:assert/strict';
import {
  CheckpointCoordinator,
  type CheckpointOptions,
  type CheckpointRequest,
} from '../../src/checkpoint/checkpoint-coordinator.js';
import { CheckpointLog } from '../../src/checkpoint/checkpoint-log.js';
import { CheckpointStore } from '../../src/checkpoint/checkpoint-store.js';
import { StorageRequests } from '../../src/checkpoint/storage-requests.js';
import type { CheckpointBarrier } from '../../src/job/checkpoint-barrier.js';
import type { AttemptId, Failure, TaskCommand } from '../../src/rpc/task-execution.js';
import { ManualPort, MemoryFiles } from './memory-storage.js';
import { EMPTY_SNAPSHOT } from './snapshots.js';

const METRICS = { alignmentMs: 1, syncMs: 2, asyncMs: 3, bytes: 4, inFlightBytes: 0 };

const id = (task: string, subtask: number): AttemptId => ({ epoch: 1, attempt: 1, task, subtask });
const SOURCE = id('ingresses.a', 0);
const RULES = [id('rules.a', 0), id('rules.a', 1)];
const ALL = [SOURCE, ...RULES];

class World {
  readonly port = new ManualPort(new MemoryFiles());
  readonly sent: string[] = [];
  readonly failures: Failure[] = [];
  onTrigger: (barrier: CheckpointBarrier) => void = () => {};
  fenced = false;
  readonly coordinator: CheckpointCoordinator;

  constructor(options: Partial<CheckpointOptions> = {}) {
    const requests = new StorageRequests(this.port, this.port);
    const store = new CheckpointStore(requests, new CheckpointLog(requests), {
      ...{ leader: 'l', retain: 1, startFrom: 'latest', mustExist: false },
    });
    store.recover(() => {});
    this.port.drain();
    const defaults: CheckpointOptions = {
      ...{ job: 'j', maxParallelism: 8, interval: 100, minPause: 0, timeout: 50 },
      ...{ maxConcurrent: 1, tolerableFailures: 1, alignment: { mode: 'unaligned' } },
    };
    const host = {
      send: (to: AttemptId, command: TaskCommand) => this.sent.push(`${to.task}[${to.subtask}] ${text(command)}`),
      fail: (failure: Failure) => this.failures.push(failure),
      fenced: () => (this.fenced = true),
      triggered: (barrier: CheckpointBarrier) => this.onTrigger(barrier),
      ended: () => {},
    };
    this.coordinator = new CheckpointCoordinator({ ...defaults, ...options }, store, this.port, host, undefined);
    this.coordinator.lead(1, 1);
    this.coordinator.start([
      { task: 'ingresses.a', isSource: true, holdsInput: false, attempts: [SOURCE] },
      { task: 'rules.a', isSource: false, holdsInput: false, attempts: RULES },
    ]);
  }

  acknowledge(checkpoint: number, ids: readonly AttemptId[] = ALL, snapshot = EMPTY_SNAPSHOT): void {
    for (const attempt of ids) {
      this.coordinator.acknowledge({
        kind: 'acknowledge',
        id: attempt,
        checkpoint,
        snapshot,
        staged: [],
        metrics: METRICS,
      });
    }
    this.port.drain();
  }

  decline(checkpoint: number, attempt = RULES[1]!, reason = 'the disk is full'): void {
    this.coordinator.decline({ kind: 'decline', id: attempt, checkpoint, reason });
    this.port.drain();
  }

  /** What became of the last checkpoint. */
  get last(): string {
    const { checkpoint, outcome, reason } = this.coordinator.history.entries().at(-1)!;
    return `${checkpoint} ${outcome}${reason === undefined ? '' : `: ${reason}`}`;
  }

  take(): string[] {
    return this.sent.splice(0);
  }

  ask(type: CheckpointRequest['type'], then: CheckpointRequest['then'] = 'continue'): unknown[] {
    const results: unknown[] = [];
    this.coordinator.request({ type, then, done: (result) => results.push(result) });
    return results;
  }
}

function text(command: TaskCommand): string {
  if (command.kind !== 'trigger-checkpoint')
    return 'checkpoint' in command ? `${command.kind} ${command.checkpoint}` : command.kind;
  const { checkpoint, type, then, alignment } = command.barrier;
  return `trigger ${checkpoint} ${type} ${alignment.mode} ${then}`;
}

const toAll = (what: string) => ALL.map(({ task, subtask }) => `${task}[${subtask}] ${what}`);

describe('the checkpoint coordinator', () => {
  it('triggers sources alone, and tells all when a checkpoint is complete', () => {
    const world = new World();
    world.port.pass(99);
    assert.deepEqual(world.take(), []);
    world.port.pass(1);
    assert.deepEqual(world.take(), ['ingresses.a[0] trigger 1 checkpoint unaligned continue']);
    world.acknowledge(1, [SOURCE, RULES[0]!]);
    assert.deepEqual(world.take(), []);
    world.acknowledge(1, [RULES[1]!]);
    assert.deepEqual(world.take(), toAll('checkpoint-complete 1'));
    assert.equal(world.coordinator.completed, 1);
  });

  it('tells nobody before the checkpoint is durable', () => {
    const world = new World();
    world.port.pass(100);
    world.take();
    for (const attempt of ALL) {
      world.coordinator.acknowledge({
        ...{ kind: 'acknowledge', id: attempt, checkpoint: 1, snapshot: EMPTY_SNAPSHOT, staged: [], metrics: METRICS },
      });
    }
    for (const op of ['create', 'list'] as const) {
      assert.deepEqual(world.take(), []);
      assert.equal(world.port.next().op, op);
    }
    assert.deepEqual(world.take(), toAll('checkpoint-complete 1'));
  });

  const strangers: [what: string, acknowledged: readonly AttemptId[]][] = [
    ['one acknowledges twice', [SOURCE, RULES[0]!, RULES[0]!]],
    ['an older attempt acknowledges', [SOURCE, RULES[0]!, { ...RULES[1]!, attempt: 0 }]],
    ['an older leader’s attempt acknowledges', [SOURCE, RULES[0]!, { ...RULES[1]!, epoch: 0 }]],
    ['a subtask that is none acknowledges', [SOURCE, RULES[0]!, id('rules.a', 2)]],
  ];
  for (const [what, acknowledged] of strangers) {
    it(`does not complete a checkpoint when ${what}`, () => {
      const world = new World();
      world.port.pass(100);
      world.acknowledge(1, acknowledged);
      assert.equal(world.coordinator.completed, undefined);
    });
  }

  it('gives a checkpoint up when a subtask declines, keeps the reason, and tells all', () => {
    const world = new World();
    world.port.pass(100);
    world.take();
    world.acknowledge(1, [SOURCE]);
    world.decline(1);
    assert.equal(world.last, '1 aborted: rules.a[1] declined: the disk is full');
    assert.deepEqual(world.take(), toAll('checkpoint-aborted 1'));
    const { subtasks } = world.coordinator.history.entries()[0]!;
    assert.deepEqual(
      [...subtasks],
      [
        ['1.1/ingresses.a[0]', { ...METRICS, acknowledgedAt: 100, fullBytes: 0 }],
        ['1.1/rules.a[1]', { declined: 'the disk is full' }],
      ],
    );
  });

  it('gives a checkpoint up that takes too long, and hears nothing of it afterwards', () => {
    const world = new World();
    world.port.pass(150);
    assert.equal(world.last, '1 aborted: it was not complete after 50 ms');
    world.acknowledge(1);
    assert.equal(world.coordinator.completed, undefined);
  });

  it('lets no time end a checkpoint that is being written', () => {
    const world = new World();
    world.port.pass(100);
    for (const attempt of ALL) {
      world.coordinator.acknowledge({
        ...{ kind: 'acknowledge', id: attempt, checkpoint: 1, snapshot: EMPTY_SNAPSHOT, staged: [], metrics: METRICS },
      });
    }
    world.port.pass(1000, 'no answers');
    world.coordinator.stop('tasks failed');
    world.port.drain();
    assert.equal(world.last, '1 completed');
  });

  it('fails the job when more in a row have failed than is tolerable', () => {
    const world = new World({ tolerableFailures: 1 });
    world.port.pass(100);
    world.decline(1);
    world.port.pass(100);
    assert.deepEqual(world.failures, []);
    world.decline(2);
    assert.deepEqual(world.failures, [
      {
        code: 'TG432',
        message: '2 checkpoints in a row have failed; the last: rules.a[1] declined: the disk is full',
        retriable: true,
      },
    ]);
  });

  it('forgets failures with a checkpoint that completes', () => {
    const world = new World({ tolerableFailures: 1 });
    for (let checkpoint = 1; checkpoint < 10; checkpoint++) {
      world.port.pass(100);
      if (checkpoint % 2 === 0) world.acknowledge(checkpoint);
      else world.decline(checkpoint);
    }
    assert.deepEqual(world.failures, []);
  });

  it('pauses between the end of one and the beginning of the next', () => {
    const world = new World({ minPause: 70, timeout: 1000 });
    world.port.pass(190);
    world.acknowledge(1);
    world.take();
    world.port.pass(69);
    assert.deepEqual(world.take(), []);
    world.port.pass(1);
    assert.equal(world.take().length, 1);
  });

  it('has no more under way than it may', () => {
    const two = new World({ maxConcurrent: 2, timeout: 10_000 });
    two.port.pass(1000);
    assert.deepEqual(
      two.take().map((one) => one.slice(15)),
      ['trigger 1 checkpoint unaligned continue', 'trigger 2 checkpoint unaligned continue'],
    );
  });

  it('gives older ones up when a younger one has all its acknowledgements', () => {
    const world = new World({ maxConcurrent: 2, timeout: 10_000 });
    world.port.pass(200);
    world.take();
    world.acknowledge(2);
    assert.deepEqual(
      world.coordinator.history.entries().map(({ checkpoint, outcome }) => `${checkpoint} ${outcome}`),
      ['1 aborted', '2 completed'],
    );
    world.acknowledge(1);
    assert.equal(world.coordinator.completed, 2);
  });

  it('takes a savepoint on demand: aligned, and at once', () => {
    const world = new World();
    const results = world.ask('savepoint');
    assert.deepEqual(world.take(), ['ingresses.a[0] trigger 1 savepoint aligned continue']);
    world.acknowledge(1);
    assert.deepEqual(results, [{ checkpoint: 1, folder: 'savepoints/1-1/', isQuiescent: true }]);
  });

  it('takes none by time while one on demand is under way, and tells whoever asked why it failed', () => {
    const world = new World({ timeout: 500, maxConcurrent: 2 });
    const results = world.ask('savepoint');
    world.port.pass(400);
    assert.equal(world.take().length, 1);
    world.port.pass(100);
    assert.deepEqual(results, [{ reason: 'it was not complete after 500 ms' }]);
  });

  it('counts no savepoint that fails against the job', () => {
    const world = new World({ tolerableFailures: 0, interval: undefined });
    for (const [checkpoint, then] of [[1, 'continue'] as const, [2, 'end'] as const]) {
      const results = world.ask('savepoint', then);
      world.decline(checkpoint);
      assert.equal(results.length, 1);
    }
    assert.deepEqual(world.failures, []);
  });

  it('fails the job that was not drained, however many failures are tolerable: its event time has ended', () => {
    for (const type of ['savepoint', 'checkpoint'] as const) {
      const world = new World({ tolerableFailures: 9, interval: undefined });
      world.ask(type, 'drain');
      world.decline(1);
      assert.deepEqual(
        world.failures.map(({ code, retriable }) => [code, retriable]),
        [['TG432', true]],
      );
      assert.match(world.failures[0]!.message, /the job could not be drained: .*the disk is full/);
    }
  });

  it('takes none that was not asked for without an interval', () => {
    const world = new World({ interval: undefined });
    world.port.pass(100_000);
    assert.deepEqual(world.take(), []);
    world.ask('checkpoint', 'end');
    assert.deepEqual(world.take(), ['ingresses.a[0] trigger 1 checkpoint aligned end']);
  });

  it('answers who waits when it is stopped, and triggers nothing more', () => {
    const world = new World({ timeout: 10_000 });
    world.port.pass(100);
    const results = world.ask('savepoint');
    world.coordinator.stop('tasks failed');
    assert.deepEqual(results, [{ reason: 'tasks failed' }]);
    world.take();
    world.port.pass(10_000);
    assert.deepEqual(world.take(), []);
  });

  it('refuses an acknowledgement that names a file which is no longer kept', () => {
    const world = new World();
    world.port.pass(100);
    const operators = [
      {
        owner: 'a',
        name: 's',
        mode: 'split',
        entries: [{ file: { name: 'state/1/0/x', bytes: 1, crc32: 1 } }],
      } as const,
    ];
    world.acknowledge(1, [SOURCE], { ...EMPTY_SNAPSHOT, operators });
    assert.match(world.last, /1 aborted: ingresses.a\[0\] declined: its snapshot needs state\/1\/0\/x/);
  });

  it('names the base of an increment in its barrier', () => {
    const world = new World();
    const bases: (number | undefined)[] = [];
    world.onTrigger = ({ base }) => bases.push(base);
    for (let checkpoint = 1; checkpoint <= 4; checkpoint++) {
      world.port.pass(100);
      if (checkpoint === 2) world.decline(checkpoint);
      else world.acknowledge(checkpoint);
    }
    assert.deepEqual(bases, [undefined, 1, 1, 3]);
  });

  it('says that it is fenced when another leader has written the log', () => {
    const world = new World();
    world.port.pass(100);
    world.port.disk.files.set('log/0000000001', Buffer.from('another'));
    world.acknowledge(1);
    assert.equal(world.fenced, true);
    assert.equal(world.coordinator.completed, undefined);
  });
});
