/**
 * Two slots of a job in this process, a producer's and a consumer's, with their production sockets and a stretch of network
 * between them that a test lays its hands on.
 */
import { systemClock } from '../../src/cli/runtime/system-clock.js';
import { SocketTransport } from '../../src/cli/transport/socket-transport.js';
import { buildJobGraph, type JobGraph } from '../../src/job/job-graph.js';
import type { InputChannel, OutputChannel } from '../../src/network/channel.js';
import type { StreamElement } from '../../src/network/element.js';
import { SourceForms } from '../../src/network/passing/source-forms.js';
import { StreamRecord } from '../../src/record/stream-record.js';
import type { AttemptId, SlotAddress } from '../../src/rpc/task-execution.js';
import { channelName } from '../../src/taskmanager/channel-table.js';
import { LocalChannels } from '../../src/taskmanager/local-channels.js';
import { ChannelNumbers } from '../../src/taskmanager/remote/channel-numbers.js';
import { RemoteChannels } from '../../src/taskmanager/remote/remote-channels.js';
import { SlotExchange } from '../../src/taskmanager/remote/slot-exchange.js';
import { planned } from '../taskmanager/harness.js';
import { ruleApplication } from '../taskmanager/rule-case.js';
import { TcpProxy } from './tcp-proxy.js';

const graph = planned(
  ruleApplication(`
  pair: { from: in, key: k, pattern: { within: 1h, steps: [{ begin: a }, { followedBy: b }] }, to: out }`),
);
export const JOB: JobGraph = buildJobGraph({ ...graph, settings: { ...graph.settings, parallelism: 2 } });
export const PATTERN = JOB.vertices.find(({ id }) => id.startsWith('patterns.'))!.id;
const EDGE = JOB.edges.find(({ to, chained }) => to === PATTERN && !chained)!;
const PRODUCER = JOB.edges.find(({ chained, to }) => chained && to === EDGE.from)?.from ?? EDGE.from;

/** Of the connection between the two slots. */
export const NUMBERS = new ChannelNumbers(JOB, 0, 1);
/** The one that is tested. */
export const CHANNEL = NUMBERS.of(channelName(EDGE, 0, 1));

export const CAPACITY = 512 * 1024;
const ELEMENT_BYTES_MAX = 1 << 22;

/** One slot and the task in it. */
export class Side {
  readonly logged: string[] = [];
  readonly failures: { readonly code: string; readonly message: string; readonly retriable: boolean }[] = [];
  readonly transport: SocketTransport;
  readonly exchange: SlotExchange;
  address = '';

  constructor(
    readonly name: string,
    silenceMs: number,
    job = 'app',
  ) {
    const options = { host: '127.0.0.1', port: 0, cluster: 'test', version: '1', name, silenceMs };
    this.transport = new SocketTransport(options, systemClock, (message) => this.logged.push(message));
    this.exchange = new SlotExchange(JOB, job, this.transport);
  }

  async listen(): Promise<this> {
    this.address = await this.exchange.listen();
    return this;
  }

  channels(task: string, subtask: number, attempt: number, peers: readonly SlotAddress[]): RemoteChannels {
    const id: AttemptId = { epoch: 0, attempt, task, subtask };
    const owner = { fail: (error: Error) => void this.failures.push(error as never), wake: () => undefined };
    return new RemoteChannels(JOB, {
      id,
      owner,
      links: this.exchange.begin(id, peers, owner),
      local: new LocalChannels(),
      ends: [],
      forms: new SourceForms({}),
      elementBytesMax: ELEMENT_BYTES_MAX,
      capacity: CAPACITY,
    });
  }

  output(attempt: number, peers: readonly SlotAddress[]): OutputChannel {
    return this.channels(PRODUCER, 0, attempt, peers).outputs(EDGE, 0)[1]!;
  }

  input(attempt: number, peers: readonly SlotAddress[]): InputChannel {
    return this.channels(PATTERN, 1, attempt, peers).inputs(EDGE, 1)[0]!.channel;
  }

  release(task: 'producer' | 'consumer', attempt: number): void {
    const [name, subtask] = task === 'producer' ? [PRODUCER, 0] : [PATTERN, 1];
    this.exchange.release({ epoch: 0, attempt, task: name, subtask });
  }
}

export class ExchangePair {
  readonly sent: number[] = [];
  readonly got: number[] = [];
  output!: OutputChannel;
  input!: InputChannel;

  private constructor(
    readonly a: Side,
    readonly b: Side,
    readonly proxy: TcpProxy,
  ) {}

  /** @param silenceMs long where silence is not what is tested */
  static async open({ silenceMs = 20_000, attempt = 1 } = {}): Promise<ExchangePair> {
    const proxy = await TcpProxy.open();
    const [a, b] = await Promise.all(['a', 'b'].map((name) => new Side(name, silenceMs).listen()));
    const pair = new ExchangePair(a!, b!, proxy);
    pair.begin(attempt);
    return pair;
  }

  get peers(): readonly SlotAddress[] {
    return [
      { name: 'slot 0 of a', address: this.a.address },
      { name: 'slot 0 of b', address: this.proxy.to(this.b.address) },
    ];
  }

  /** Both tasks of an attempt. */
  begin(attempt: number): void {
    this.output = this.a.output(attempt, this.peers);
    this.input = this.b.input(attempt, this.peers);
  }

  /** Sends a record of about so many bytes if there is credit. @returns whether there was */
  push(bytes = 10): boolean {
    if (!this.output.hasCredit()) return false;
    const n = this.sent.length;
    this.sent.push(n);
    this.output.push(frameOf(n, bytes));
    this.output.flush();
    return true;
  }

  /** All that has come. */
  poll(): void {
    for (let element = this.input.poll(); element !== undefined; element = this.input.poll()) {
      if (element.kind !== 'frame') continue;
      for (const record of element.records) this.got.push((record as StreamRecord).timestamp);
    }
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Sends and takes until so many records have come, or a task has failed. */
  async exchange(count: number, bytes = 10): Promise<void> {
    await this.until(() => {
      while (this.sent.length < count && this.push(bytes));
      this.poll();
      return this.got.length >= count || this.hasFailed;
    });
  }

  get hasFailed(): boolean {
    return this.a.failures.length + this.b.failures.length > 0;
  }

  /** Both tasks have failed: what their failures say. */
  async failures(): Promise<{ readonly a: string; readonly b: string }> {
    await this.until(() => this.a.failures.length > 0 && this.b.failures.length > 0);
    return { a: this.a.failures[0]!.message, b: this.b.failures[0]!.message };
  }

  async close(): Promise<void> {
    this.a.exchange.close();
    this.b.exchange.close();
    await this.proxy.close();
  }
}

function frameOf(n: number, bytes: number): StreamElement {
  const value = { text: String.fromCharCode(97 + (n % 26)).repeat(bytes) };
  const record = new StreamRecord(value, n, 'in', { ingress: 'in', id: 'a' }, n, undefined, undefined);
  return { kind: 'frame', records: [record], keys: [n] };
}
