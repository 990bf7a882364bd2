import assert from 'node:assert/strict';
import type { JobNotice } from '../../src/coordinator/job-events.js';
import type { JobOptions } from '../../src/coordinator/job-options.js';
import { ControlWorld, seededRandom, type Leader } from './control-world.js';
import { beside, edge, pipeline, vertex } from './job-graphs.js';

const OPTIONS: Omit<JobOptions, 'leader'> = {
  name: 'job',
  graph: pipeline('a', 2),
  settings: {
    maxParallelism: 8,
    checkpoint: {
      ...{ interval: 100, mode: 'exactly-once', timeout: 1000, retain: 2, minPause: 0, tolerableFailures: 3 },
    },
    restart: { strategy: 'fixed-delay', attempts: 3, delay: 10 },
  },
  start: { from: 'latest' },
  mustExist: false,
  allowNonRestoredState: false,
  heartbeatTimeout: 200,
};

function worldOf(more: Partial<JobOptions> = {}): ControlWorld {
  return new ControlWorld(seededRandom(1), { ...OPTIONS, ...more });
}

/** Lets time pass until something holds, which must be soon. */
function until(world: ControlWorld, holds: () => boolean, ms = 3_000): void {
  if (!world.run(ms, holds)) assert.fail(`it never came to that:\n${world.trace.slice(-40).join('\n')}`);
}

function noticesOf<K extends JobNotice['kind']>(leader: Leader, kind: K): Extract<JobNotice, { kind: K }>[] {
  return leader.notices.filter((notice): notice is Extract<JobNotice, { kind: K }> => notice.kind === kind);
}

function running(world: ControlWorld, options: Partial<JobOptions> = {}, checkpoints = 2): Leader {
  const leader = world.lead(options);
  until(world, () => (leader.master.checkpoints.completed ?? 0) >= checkpoints);
  return leader;
}

describe('a JobMaster', () => {
  it('runs a bounded job to its end: checkpoints, a last one, and nothing left of them', () => {
    const world = worldOf();
    world.start(2);
    const { master, notices } = running(world);
    world.exhaust();
    until(world, () => master.isDone);
    assert.equal(master.state, 'finished');
    assert.equal(master.result.isStopped, false);
    assert.deepEqual(world.stateFiles(), []);
    assert.deepEqual(
      world.log().map(({ kind }) => kind),
      ['finished'],
    );
    const last = notices.findLast((notice) => notice.kind === 'checkpoint-triggered');
    assert.equal(last?.barrier.then, 'end');
  });

  describe('of a job with a loop', () => {
    const straight = pipeline('a', 2);
    const graph = { ...straight, edges: [...straight.edges, edge('rules.a', 'rules.a', { input: 1, feedback: true })] };
    const { checkpoint: _, ...withoutCheckpoints } = OPTIONS.settings;
    const settings: [what: string, settings: JobOptions['settings'], reached: number][] = [
      ['', OPTIONS.settings, 2],
      [', also one that takes no checkpoints by itself', withoutCheckpoints, 0],
    ];
    for (const [what, options, reached] of settings) {
      it(`ends it when nothing goes round any more: then time ends, and then the stream${what}`, () => {
        const world = worldOf({ graph, settings: options });
        world.start(2);
        const leader = running(world, {}, reached);
        const before = noticesOf(leader, 'checkpoint-triggered').length;
        world.goesRound = 3;
        world.exhaust();
        until(world, () => leader.master.isDone);
        assert.equal(leader.master.state, 'finished');
        const last = noticesOf(leader, 'checkpoint-triggered').slice(before);
        const ends = last.map(({ barrier }) => barrier.then).join(' ');
        assert.match(ends, /^(continue ){3,}drain$/);
      });
    }

    it('does not end it when the end of time has made something go round: then it looks again', () => {
      const world = worldOf({ graph, settings: withoutCheckpoints });
      world.start(2);
      const leader = running(world, {}, 0);
      until(world, () => leader.master.checkpoints.isActive);
      world.exhaust();
      until(world, () => noticesOf(leader, 'checkpoint-triggered').at(-1)?.barrier.then === 'drain');
      world.goesRound = 2;
      until(world, () => leader.master.isDone);
      const ends = noticesOf(leader, 'checkpoint-triggered').map(({ barrier }) => barrier.then);
      assert.deepEqual(ends, ['continue', 'drain', 'drain', 'drain']);
      const outcomes = noticesOf(leader, 'checkpoint-ended').map(({ statistics }) => statistics.outcome);
      assert.deepEqual(new Set(outcomes), new Set(['completed']));
    });

    it('looks from the beginning after a failure', () => {
      const world = worldOf({ graph, settings: withoutCheckpoints });
      world.start(2);
      const leader = running(world, {}, 0);
      world.goesRound = 1_000;
      world.exhaust();
      until(world, () => noticesOf(leader, 'checkpoint-triggered').length > 2);
      world.failTask();
      until(world, () => noticesOf(leader, 'attempt').length === 2);
      world.goesRound = 0;
      until(world, () => leader.master.isDone);
      const ends = noticesOf(leader, 'checkpoint-triggered').map(({ barrier }) => barrier.then);
      assert.deepEqual(ends.slice(-2), ['continue', 'drain']);
    });

    it('stops it by request although something goes round: that is in the checkpoint', () => {
      const world = worldOf({ graph });
      world.start(2);
      const leader = running(world);
      world.goesRound = 1_000;
      world.tell(leader, { kind: 'stop', request: 'r', drain: false, savepoint: false });
      until(world, () => leader.master.isDone);
      assert.equal(leader.master.result.isStopped, true);
      const entry = world.log().at(-1);
      assert.ok(entry?.kind === 'checkpoint');
      assert.equal(entry.metadata.tasks.flatMap(({ subtasks }) => subtasks)[1]?.snapshot.channels.length, 1);
    });
  });

  it('starts a job anew that has finished, with numbers that go on', () => {
    const world = worldOf();
    world.start(2);
    const first = running(world);
    world.exhaust();
    until(world, () => first.master.isDone);
    const second = world.lead();
    until(world, () => noticesOf(second, 'checkpoint-triggered').length > 0);
    assert.equal(noticesOf(second, 'attempt')[0]?.checkpoint, undefined);
    assert.ok(noticesOf(second, 'checkpoint-triggered')[0]!.barrier.checkpoint > first.master.checkpoints.last);
  });

  it('takes the last checkpoint again when it fails', () => {
    const world = worldOf();
    world.start(2);
    const leader = running(world);
    world.weather.silence = 1;
    world.exhaust();
    until(world, () => noticesOf(leader, 'checkpoint-ended').at(-1)?.statistics.outcome === 'aborted');
    world.weather.silence = 0;
    until(world, () => leader.master.isDone);
    assert.equal(leader.master.state, 'finished');
  });

  it('deploys nothing before its fence is durable', () => {
    const world = worldOf();
    world.start(2);
    world.weather.ioErrors = 1;
    world.lead();
    world.run(2_000);
    assert.equal(world.taskManagers[0]!.tasks.size, 0);
    world.weather.ioErrors = 0;
    until(world, () => world.taskManagers[0]!.tasks.size > 0, 20_000);
    assert.equal(world.log()[0]?.kind, 'fence');
  });

  it('waits for slots, and says how many are missing', () => {
    const world = worldOf();
    const leader = world.lead();
    world.run(100);
    assert.deepEqual(noticesOf(leader, 'missing-slots'), [{ kind: 'missing-slots', missing: 2 }]);
    world.start(1);
    world.run(100);
    assert.deepEqual(noticesOf(leader, 'missing-slots').at(-1), { kind: 'missing-slots', missing: 1 });
    assert.equal(leader.master.state, 'created');
    world.start(1);
    until(world, () => leader.master.state === 'running');
  });

  it('F1: goes on from the latest checkpoint when a worker is lost, on the slots that are left', () => {
    const world = worldOf();
    for (let i = 0; i < 3; i++) world.start(1);
    const leader = running(world);
    const { master } = leader;
    const worker = world.taskManagers.find(({ tasks }) => tasks.size > 0)!;
    worker.isUp = false;
    const before = master.checkpoints.completed!;
    until(world, () => noticesOf(leader, 'attempt').length === 2);
    assert.ok(noticesOf(leader, 'attempt')[1]!.checkpoint! >= before);
    until(world, () => master.checkpoints.completed! > before + 1);
    assert.match(master.result.exceptions[0]!.cause.message, /is lost: nothing was heard of it for 200 ms/);
    const [restart] = noticesOf(leader, 'restart');
    assert.ok(restart!.silentMs! >= 200 && restart!.silentMs! < 210, `${restart!.silentMs} ms`);
  });

  it('F8: does not take a worker for dead that is silent for less than the timeout', () => {
    const world = worldOf();
    world.start(2);
    const leader = running(world);
    const [worker] = world.taskManagers;
    worker!.reaches = { ...leader };
    world.run(150);
    worker!.reaches = undefined;
    world.run(500);
    assert.equal(noticesOf(leader, 'attempt').length, 1);
  });

  it('F9: waits when all workers are gone, and goes on when some come', () => {
    const world = worldOf();
    world.start(2);
    const leader = running(world);
    world.taskManagers[0]!.isUp = false;
    world.run(2_000);
    assert.equal(leader.master.state, 'restarting');
    world.start(2);
    until(world, () => leader.master.state === 'running');
  });

  it('F10: fails with the cause when the restart strategy has had enough', () => {
    const world = worldOf();
    world.start(2);
    const { master } = running(world, {}, 1);
    for (let i = 0; i < 4; i++) {
      until(world, () => master.state === 'running');
      world.run(50);
      world.failTask();
      world.run(20);
    }
    until(world, () => master.isDone);
    assert.equal(master.state, 'failed');
    assert.equal(master.result.failure?.message, 'it broke');
    assert.deepEqual(
      master.result.exceptions.map(({ led }) => led.to),
      ['restart', 'restart', 'restart', 'failure'],
    );
  });

  it('fails at once where a restart cannot help', () => {
    const world = worldOf();
    world.start(2);
    const { master } = running(world, {}, 1);
    world.failTask({ code: 'TG401', message: 'a bad record', retriable: false });
    until(world, () => master.isDone);
    assert.deepEqual([master.state, master.result.failure?.code], ['failed', 'TG401']);
  });

  it('restarts the region that failed, and leaves the others alone', () => {
    const world = worldOf({ graph: beside(pipeline('a', 2), pipeline('b', 1)) });
    world.start(2);
    const leader = running(world);
    world.failTask(undefined, 'rules.b');
    until(world, () => noticesOf(leader, 'attempt').length === 2);
    until(world, () => leader.master.graph.executions().every(({ state }) => state === 'running'));
    assert.deepEqual(
      leader.master.graph.executions().map(({ name }) => name),
      ['1.1/ingresses.a[0]', '1.1/rules.a[0]', '1.1/rules.a[1]', '1.1/egresses.a[0]'].concat([
        '1.2/ingresses.b[0]',
        '1.2/rules.b[0]',
        '1.2/egresses.b[0]',
      ]),
    );
    const { completed } = leader.master.checkpoints;
    until(world, () => leader.master.checkpoints.completed! > completed!);
  });

  it('restarts everything when a task fails on the way to the end', () => {
    const world = worldOf({ graph: beside(pipeline('a', 2), pipeline('b', 1)) });
    world.start(2);
    const leader = running(world);
    world.exhaust();
    until(world, () => leader.master.graph.executions().some(({ state }) => state === 'finished'));
    world.failTask();
    until(world, () => leader.master.isDone);
    assert.equal(leader.master.state, 'finished');
    assert.equal(noticesOf(leader, 'restart')[0]?.tasks.length, 6);
  });

  for (const [state, isCanceled] of [
    ['initializing', true],
    ['running', true],
    ['finished', false],
    ['canceled', false],
    ['failed', false],
  ] as const) {
    it(`has an attempt that it does not know ${isCanceled ? 'canceled' : 'left alone'} that is ${state}`, () => {
      const world = worldOf();
      world.start(2);
      const leader = running(world);
      const taskManager = world.taskManagers[0]!.name;
      const id = { epoch: 0, attempt: 7, task: 'rules.a', subtask: 0 };
      const attempts = [{ id, state, exhausted: false, found: { splits: 0, more: false } }];
      const effects = leader.master.step({
        kind: 'task-manager',
        taskManager,
        report: { kind: 'heartbeat', attempts },
      });
      const canceled = effects.filter((effect) => effect.kind === 'send' && effect.message.kind === 'cancel');
      assert.deepEqual(canceled, isCanceled ? [{ kind: 'send', taskManager, message: { kind: 'cancel', id } }] : []);
    });
  }

  it('is canceled: every task ends, and its checkpoints stay', () => {
    const world = worldOf();
    world.start(2);
    const leader = running(world);
    world.tell(leader, { kind: 'cancel' });
    until(world, () => leader.master.isDone);
    assert.equal(leader.master.state, 'canceled');
    const again = world.lead();
    until(world, () => noticesOf(again, 'attempt').length > 0);
    assert.equal(noticesOf(again, 'attempt')[0]?.checkpoint, leader.master.checkpoints.completed);
  });

  for (const state of ['initializing', 'created', 'restarting'] as const) {
    it(`can be canceled while it is ${state}`, () => {
      const world = worldOf();
      const leader = state === 'restarting' ? (world.start(2), running(world)) : world.lead();
      if (state === 'restarting') world.failTask();
      until(world, () => leader.master.state === state);
      world.tell(leader, { kind: 'cancel' });
      until(world, () => leader.master.isDone);
      assert.equal(leader.master.state, 'canceled');
    });
  }

  for (const [drain, then] of [
    [false, 'end'],
    [true, 'drain'],
  ] as const) {
    it(`stops with a savepoint and ${drain ? 'everything due' : 'nothing more'}, and can be resumed`, () => {
      const world = worldOf();
      world.start(2);
      const leader = running(world);
      world.tell(leader, { kind: 'stop', request: 'r', drain, savepoint: true });
      until(world, () => leader.master.isDone);
      assert.deepEqual([leader.master.state, leader.master.result.isStopped], ['finished', true]);
      const { barrier } = noticesOf(leader, 'checkpoint-triggered').at(-1)!;
      assert.deepEqual([barrier.type, barrier.then], ['savepoint', then]);
      const folder = `savepoints/${barrier.checkpoint}-1/`;
      assert.deepEqual(noticesOf(leader, 'answer'), [{ kind: 'answer', request: 'r', result: { folder } }]);
      assert.ok(world.files.has(`${folder}_metadata`));
      const again = world.lead();
      until(world, () => noticesOf(again, 'attempt').length > 0);
      assert.equal(noticesOf(again, 'attempt')[0]?.checkpoint, barrier.checkpoint);
    });
  }

  it('keeps its promise to stop when a task fails on the way', () => {
    const world = worldOf();
    world.start(2);
    const leader = running(world);
    world.tell(leader, { kind: 'stop', request: 'r', drain: false, savepoint: false });
    until(world, () => noticesOf(leader, 'answer').length > 0);
    world.failTask();
    until(world, () => leader.master.isDone);
    assert.deepEqual([leader.master.state, leader.master.result.isStopped], ['finished', true]);
    assert.equal(noticesOf(leader, 'attempt').length, 2);
    const last = noticesOf(leader, 'checkpoint-triggered').at(-1)?.barrier.checkpoint;
    assert.equal(
      noticesOf(leader, 'attempt')[1]?.checkpoint,
      last,
      'it ends at the checkpoint that was told, not at a later one',
    );
  });

  it('says why it cannot stop, and goes on', () => {
    const world = worldOf();
    world.start(2);
    const leader = running(world);
    world.weather.silence = 1;
    world.tell(leader, { kind: 'stop', request: 'r', drain: false, savepoint: true });
    until(world, () => noticesOf(leader, 'answer').length > 0);
    assert.deepEqual(noticesOf(leader, 'answer')[0]?.result, { reason: 'it was not complete after 1000 ms' });
    world.weather.silence = 0;
    const { completed } = leader.master.checkpoints;
    until(world, () => leader.master.checkpoints.completed! > completed!);
  });

  it('refuses a savepoint of a job whose tasks do not all run', () => {
    const world = worldOf();
    const leader = world.lead();
    world.tell(leader, { kind: 'savepoint', request: 'r' });
    const result = { reason: 'the job is initializing, and its tasks do not all run' };
    assert.deepEqual(noticesOf(leader, 'answer'), [{ kind: 'answer', request: 'r', result }]);
  });

  it('starts from a savepoint, and from then on from its own checkpoints', () => {
    const world = worldOf();
    world.start(2);
    const first = running(world);
    world.tell(first, { kind: 'savepoint', request: 'r' });
    until(world, () => noticesOf(first, 'answer').length > 0);
    const answer = noticesOf(first, 'answer')[0]!.result;
    assert.ok('folder' in answer);
    world.tell(first, { kind: 'cancel' });
    until(world, () => first.master.isDone);
    for (const name of [...world.files.keys()]) if (!name.startsWith('savepoints/')) world.files.delete(name);

    const second = world.lead({ start: { from: 'savepoint', folder: answer.folder } });
    until(world, () => noticesOf(second, 'attempt').length > 0);
    const adopted = noticesOf(second, 'attempt')[0]!.checkpoint!;
    world.failTask();
    until(world, () => second.master.checkpoints.completed! > adopted + 1);
    second.isUp = false;
    const third = world.lead();
    until(world, () => noticesOf(third, 'attempt').length > 0);
    assert.ok(noticesOf(third, 'attempt')[0]!.checkpoint! > adopted);
    assert.ok(world.files.has(`${answer.folder}_metadata`));
  });

  it('says what is wrong with a savepoint that is none', () => {
    const world = worldOf();
    const { master } = world.lead({ start: { from: 'savepoint', folder: 'savepoints/9-9/' } });
    until(world, () => master.isDone);
    assert.equal(master.result.failure?.code, 'TG421');
  });

  it('F12: a standby goes on from the log alone', () => {
    const world = worldOf();
    world.start(2);
    const first = running(world);
    first.isUp = false;
    const completed = first.master.checkpoints.completed!;
    const second = world.lead();
    until(world, () => (second.master.checkpoints.completed ?? 0) > completed);
    assert.ok(noticesOf(second, 'attempt')[0]!.checkpoint! >= completed);
    assert.equal(noticesOf(second, 'attempt')[0]?.epoch, 2);
  });

  it('F16: an old leader that wakes up is suspended, and the new one goes on', () => {
    const world = worldOf();
    world.start(2);
    const old = running(world);
    old.isPaused = true;
    world.start(2);
    const young = running(world);
    old.isPaused = false;
    until(world, () => old.master.state === 'suspended', 10_000);
    const { completed } = young.master.checkpoints;
    until(world, () => young.master.checkpoints.completed! > completed!);
  });

  it('F17: goes on running while the storage does not answer, and completes no checkpoint', () => {
    const world = worldOf();
    world.start(2);
    const leader = running(world);
    world.weather.ioErrors = 1;
    const { completed } = leader.master.checkpoints;
    world.run(10_000);
    assert.equal(leader.master.state, 'running');
    assert.equal(leader.master.checkpoints.completed, completed);
    world.weather.ioErrors = 0;
    until(world, () => leader.master.checkpoints.completed! > completed! + 1, 20_000);
    assert.equal(noticesOf(leader, 'attempt').length, 1);
  });

  it('F47: waits while its log has no room for an attempt, says why once, and begins when it has', () => {
    const world = worldOf();
    world.start(2);
    world.weather.full = 1;
    const leader = world.lead();
    world.run(10_000);
    assert.equal(leader.master.state, 'created');
    assert.deepEqual(
      noticesOf(leader, 'warning').map(({ message }) => message),
      ['attempt 1 waits until the checkpoint storage takes its first entry: no space left'],
    );
    world.weather.full = 0;
    until(world, () => leader.master.state === 'running');
  });

  it('F18: does not start over when its log is gone', () => {
    const world = worldOf();
    world.start(2);
    running(world).isUp = false;
    for (const name of [...world.files.keys()]) if (name.startsWith('log/')) world.files.delete(name);
    const { master } = world.lead();
    until(world, () => master.isDone);
    assert.deepEqual([master.state, master.result.failure?.code], ['failed', 'TG430']);
  });

  it('F51: fails when a task finds its state damaged; where it is allowed, it goes back one checkpoint and says so', () => {
    const damaged = { code: 'TG421', message: 'state/1/2/x is damaged', retriable: false };
    for (const from of ['latest', 'latest-whole'] as const) {
      const world = worldOf({ start: { from } });
      world.start(2);
      const leader = running(world, {}, 3);
      const { master } = leader;
      world.failTask();
      until(world, () => master.graph.executions().some(({ state }) => state === 'initializing'));
      world.failTask(damaged);
      if (from === 'latest') {
        until(world, () => master.isDone);
        assert.deepEqual([master.state, master.result.failure], ['failed', damaged]);
      } else {
        until(world, () => noticesOf(leader, 'attempt').length === 3);
        const [, latest, older] = noticesOf(leader, 'attempt');
        assert.ok(older!.checkpoint! < latest!.checkpoint!);
        assert.match(noticesOf(leader, 'warning').at(-1)!.message, /goes back to checkpoint/);
      }
    }
  });

  it('F57: is refused when the checkpoint has state that nothing takes', () => {
    const world = worldOf();
    world.start(2);
    running(world).isUp = false;
    const { master } = world.lead({ graph: pipeline('b', 2) });
    until(world, () => master.isDone);
    assert.equal(master.result.failure?.code, 'TG440');
  });

  it('F60: goes on at another parallelism', () => {
    const world = worldOf();
    world.start(2);
    running(world).isUp = false;
    world.start(4);
    running(world, { graph: pipeline('a', 5) }, 4);
  });

  it('runs bounded work stage by stage across blocking exchanges', () => {
    const graph = {
      vertices: [vertex('ingresses.a', 2), vertex('rules.a', 2)],
      edges: [edge('ingresses.a', 'rules.a', { exchange: 'blocking' })],
    };
    const { checkpoint: _, ...settings } = OPTIONS.settings;
    const world = worldOf({ graph, settings });
    world.start(2);
    const { master } = world.lead();
    const areRunning = (from: number) =>
      [from, from + 1].every((index) => master.graph.executions()[index]?.state === 'running');
    until(world, () => areRunning(0));
    assert.deepEqual(
      master.graph
        .executions()
        .map(({ state }) => state)
        .slice(2),
      ['created', 'created'],
    );
    world.finishTasks();
    until(world, () => areRunning(2));
    world.finishTasks();
    until(world, () => master.isDone);
    assert.equal(master.state, 'finished');
  });
});
