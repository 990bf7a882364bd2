import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { WorkerServer, type AssignmentReport } from '../../../src/cli/cluster/worker-server.js';
import { connectionOptions } from '../../../src/cli/cluster/cluster-connection.js';
import { systemClock } from '../../../src/cli/runtime/system-clock.js';
import { SocketConnection } from '../../../src/cli/transport/socket-connection.js';
import { PLAIN_SOCKETS } from '../../../src/cli/transport/sockets.js';
import { encodeJsonWithBytes } from '../../../src/record/codec/json-with-bytes.js';
import { encodeMessage } from '../../../src/rpc/message-codec.js';
import type { WorkerCommand, WorkerReport } from '../../../src/rpc/worker-messages.js';

const HEARTBEAT = { intervalMs: 2000, timeoutMs: 20_000 };
const HOST = '127.0.0.1';

/** A worker's side of its connection, which says whatever a test wants. */
class Speaker {
  readonly opened: Promise<void>;
  readonly closed: Promise<void>;
  readonly #connection: SocketConnection;

  constructor(port: number, name: string) {
    let open: () => void = () => undefined;
    let close: () => void = () => undefined;
    this.opened = new Promise((resolve) => (open = resolve));
    this.closed = new Promise((resolve) => (close = resolve));
    const options = connectionOptions({ cluster: 'test', name, heartbeat: HEARTBEAT }, 'worker', ['coordinator']);
    this.#connection = new SocketConnection(connect(port, HOST), options, systemClock, {
      opened: open,
      received: () => undefined,
      closed: close,
    });
  }

  say(report: WorkerReport): void {
    this.#connection.send(encodeMessage(report));
  }

  sayBytes(bytes: Uint8Array): void {
    this.#connection.send(bytes);
  }
}

const assign = (assignment: number): WorkerCommand =>
  ({ kind: 'assign', assignment, slots: 1, graph: {}, secrets: [], heartbeat: HEARTBEAT }) as unknown as WorkerCommand;

const heartbeat = (assignment: number, taskManager: string): WorkerReport => ({
  ...{ kind: 'report', assignment, taskManager },
  report: { kind: 'heartbeat', attempts: [], addresses: [] },
});

const ID = { epoch: 1, attempt: 1, task: 't', subtask: 0 };
const reported = (report: unknown) => ({ kind: 'report', assignment: 1, taskManager: 'a/1/1', report });

describe('where workers connect', () => {
  let server: WorkerServer;
  let port: number;
  let heard: AssignmentReport[];
  let log: string[];
  let lost: string[];
  let changed: () => void;

  beforeEach(async () => {
    [heard, log, lost, changed] = [[], [], [], () => undefined];
    server = new WorkerServer({ cluster: 'test', name: 'c', heartbeat: HEARTBEAT }, PLAIN_SOCKETS, {
      offered: () => changed(),
      leaving: () => changed(),
      received: (report) => {
        heard.push(report);
        changed();
      },
      lost: (worker, reason) => {
        lost.push(`${worker}: ${reason}`);
        changed();
      },
      log: (message) => {
        log.push(message);
        changed();
      },
    });
    port = (await server.listen({ host: HOST, port: 0 })).port;
  });
  afterEach(() => server.close());

  /** Resolves at the next thing that the server tells of. */
  const next = (): Promise<void> => new Promise((resolve) => (changed = resolve));

  async function worker(name: string): Promise<Speaker> {
    const speaker = new Speaker(port, name);
    await speaker.opened;
    const offered = next();
    speaker.say({ kind: 'offer', slots: 1 });
    await offered;
    return speaker;
  }

  it('a worker speaks of what it was given', async () => {
    const a = await worker('a');
    server.send('a', assign(1));
    const told = next();
    a.say(heartbeat(1, 'a/1/1'));
    await told;
    assert.deepEqual(
      heard.map(({ assignment }) => assignment),
      [1],
    );
  });

  const foreign: readonly (readonly [what: string, report: WorkerReport])[] = [
    ['reports by a task manager of another worker', heartbeat(2, 'b/2/1')],
    ['reports of its own assignment in the name of another task manager', heartbeat(1, 'b/2/1')],
    ['reports of its own assignment in the name of another of its assignments', heartbeat(1, 'a/11/1')],
    ['reports in a name that another could have', heartbeat(1, 'a/1/2/1')],
    [
      'registers more slots than it was given',
      { kind: 'report', assignment: 1, taskManager: 'a/1/1', report: { kind: 'register', slots: 2 } },
    ],
    ['gives back the slots of another', { kind: 'released', assignment: 2 }],
    [
      'breaks the job of another',
      { kind: 'broken', assignment: 2, failure: { code: 'TG400', message: 'x', retriable: false } },
    ],
    ['counts for another', { kind: 'metrics', assignment: 2, changes: [] }],
  ];
  for (const [what, report] of foreign) {
    it(`F93: a worker that ${what} is cut off, and nothing of it counts`, async () => {
      const [a, b] = [await worker('a'), await worker('b')];
      server.send('a', assign(1));
      server.send('b', assign(2));
      a.say(report);
      await a.closed;
      while (lost.length === 0) await next();
      assert.match(lost[0]!, /^a: the worker a speaks /);
      assert.deepEqual(heard, []);
      const told = next();
      b.say(heartbeat(2, 'b/2/1'));
      await told;
      assert.equal(heard.length, 1);
    });
  }

  const nonsense: readonly (readonly [what: string, bytes: () => Uint8Array])[] = [
    ['more slots than any machine has', () => encodeMessage({ kind: 'offer', slots: 1e15 })],
    ['a depth that no message has', () => json('['.repeat(200_000))],
    ['a depth that no message has, and that ends', () => json('['.repeat(200_000) + ']'.repeat(200_000))],
    ['no JSON', () => json('{')],
    ['a number of byte arrays that are not there', () => Buffer.from([2, 0x7b, 0x7d, 0xff, 0xff, 0xff, 0xff, 0x0f])],
    ['a heartbeat of no attempts', () => encodeJsonWithBytes(reported({ kind: 'heartbeat', attempts: [null] }))],
    [
      'an acknowledgement of nothing',
      () => encodeJsonWithBytes(reported({ kind: 'acknowledge', id: ID, checkpoint: 1 })),
    ],
    ['the prototype of all things', () => json('{"kind":"__proto__"}')],
  ];
  for (const [what, bytes] of nonsense) {
    it(`F93: a worker that sends ${what} is cut off, and others are served`, async () => {
      const a = await worker('a');
      server.send('a', assign(1));
      a.sayBytes(bytes());
      await a.closed;
      while (lost.length === 0) await next();
      await worker('b');
      assert.deepEqual(heard, []);
    });
  }

  it('F92: says at most ten lines a minute of strangers, however many there are', async () => {
    for (let stranger = 0; stranger < 40; stranger++) {
      const socket = connect(port, HOST);
      socket.on('error', () => undefined);
      socket.write('GET / HTTP/1.1\r\n\r\n');
      await new Promise((resolve) => socket.resume().on('close', resolve));
    }
    await worker('a');
    assert.equal(log.length, 10);
  });

  it('F92: keeps out nobody for the sake of strangers that hold their connections open', async () => {
    const strangers = Array.from({ length: 300 }, () => connect(port, HOST).on('error', () => undefined));
    await Promise.all(strangers.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    await worker('a');
    for (const socket of strangers) socket.destroy();
  });
});

function json(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  const length: number[] = [];
  for (let rest = bytes.length; ; rest >>>= 7) {
    if (rest < 0x80) {
      length.push(rest);
      break;
    }
    length.push((rest & 0x7f) | 0x80);
  }
  return Buffer.concat([Buffer.from(length), bytes, Buffer.from([0])]);
}
