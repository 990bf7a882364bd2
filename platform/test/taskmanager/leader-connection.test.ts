import assert from 'node:assert/strict';
import { VirtualClock } from '../../src/common/virtual-clock.js';
import type { AttemptId, TaskCommand, TaskReport } from '../../src/rpc/task-execution.js';
import type { TaskManagerReport } from '../../src/rpc/task-manager.js';
import { LeaderConnection } from '../../src/taskmanager/leader-connection.js';

const ID: AttemptId = { epoch: 3, attempt: 1, task: 't', subtask: 0 };
const DEPLOY: TaskCommand = {
  kind: 'deploy',
  deployment: {
    id: ID,
    slot: 0,
    keyGroups: { first: 0, last: 3 },
    restore: undefined,
    found: { splits: [], more: false },
  },
};

class World {
  readonly clock = new VirtualClock();
  readonly sent: string[] = [];
  readonly commands: string[] = [];
  #names = 0;
  readonly connection = new LeaderConnection(
    { slots: 2, heartbeatMs: 10, timeoutMs: 50 },
    this.clock,
    {
      newName: () => `w${++this.#names}`,
      send: (name, report) => this.sent.push(`${name} ${textOf(report)}`),
      command: (command) => this.commands.push(command.kind),
    },
    undefined,
  );

  constructor() {
    this.connection.start();
  }

  answer(epoch: number, known: boolean, to = `w${this.#names}`): void {
    this.connection.receive(to, { kind: 'leader', epoch, known });
  }

  command(command: TaskCommand): void {
    this.connection.receive(`w${this.#names}`, command);
  }

  registered(): this {
    this.answer(3, true);
    this.sent.length = 0;
    return this;
  }

  running(): this {
    this.registered().command(DEPLOY);
    this.connection.report({ kind: 'state', id: ID, state: 'running' });
    this.sent.length = 0;
    return this;
  }
}

function textOf(report: TaskManagerReport | TaskReport): string {
  switch (report.kind) {
    case 'register':
      return [`register ${report.slots}`, ...(report.addresses ?? [])].join(' ');
    case 'heartbeat': {
      const attempts = report.attempts.map(({ state, exhausted }) => state + (exhausted ? '!' : ''));
      return ['heartbeat', ...attempts, ...(report.addresses ?? [])].join(' ');
    }
    case 'state':
      return report.state;
    default:
      return report.kind;
  }
}

describe('the connection of a task manager to its leader', () => {
  it('registers until it is answered, and then sends heartbeats', () => {
    const world = new World();
    world.clock.advanceTo(20);
    assert.deepEqual(world.sent, ['w1 register 2', 'w1 register 2', 'w1 register 2']);
    world.registered();
    world.clock.advanceTo(30);
    assert.deepEqual(world.sent, ['w1 heartbeat']);
  });

  it('says where its slots are reached whenever it says that it lives, and at once when that changes', () => {
    const world = new World();
    world.sent.length = 0;
    world.connection.locate(['h:1', 'h:2']);
    world.clock.advanceTo(10);
    world.running().connection.locate(['h:1', 'h:3']);
    world.connection.report({ kind: 'state', id: ID, state: 'failed' });
    assert.deepEqual(world.sent, ['w1 heartbeat running h:1 h:3', 'w1 failed']);
  });

  it('says in every heartbeat what has become of every attempt, ended ones too', () => {
    const world = new World().running();
    world.connection.report({ kind: 'exhausted', id: ID });
    world.clock.advanceTo(10);
    world.connection.report({ kind: 'state', id: ID, state: 'finished' });
    world.clock.advanceTo(20);
    assert.deepEqual(world.sent, ['w1 exhausted', 'w1 heartbeat running!', 'w1 finished', 'w1 heartbeat finished!']);
  });

  it('hands an attempt over once, however often it is deployed', () => {
    const world = new World().running();
    world.command(DEPLOY);
    world.connection.report({ kind: 'state', id: ID, state: 'failed' });
    world.command(DEPLOY);
    assert.deepEqual(world.commands, ['deploy']);
  });

  it('never runs an attempt that it was told to cancel before', () => {
    const world = new World().registered();
    world.command({ kind: 'cancel', id: ID });
    world.command(DEPLOY);
    assert.deepEqual(world.commands, []);
    assert.deepEqual(world.sent, ['w1 canceled']);
  });

  const losses: [how: string, lose: (world: World) => void][] = [
    ['hears nothing of it for the timeout', (world) => world.clock.advanceTo(70)],
    ['is not known to it', (world) => world.answer(3, false)],
    ['hears of a younger one', (world) => world.answer(4, true)],
  ];
  for (const [how, lose] of losses) {
    it(`has lost its leader when it ${how}: it ends what runs, and only then registers under a new name`, () => {
      const world = new World().running();
      lose(world);
      assert.deepEqual(world.commands, ['deploy', 'cancel']);
      assert.ok(!world.sent.some((line) => line.includes('register')));
      world.connection.report({ kind: 'state', id: ID, state: 'canceled' });
      assert.equal(world.sent.at(-1), 'w2 register 2');
    });
  }

  it('ignores a leader of a lower epoch, and what was meant for an older name', () => {
    const world = new World().running();
    world.answer(2, false);
    world.answer(9, false, 'w0');
    world.command({ kind: 'cancel', id: { ...ID, epoch: 2 } });
    assert.deepEqual(world.commands, ['deploy']);
  });
});
