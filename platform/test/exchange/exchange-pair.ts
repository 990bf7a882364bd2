/**
 * Two slots of a job in this process, a producer's and a consumer's, with their production sockets and a stretch of network
 * between them that a test lays its hands on.
 */
import { systemClock } from '../../src/cli/runtime/system-clock.js';
import { SocketTransport } from '../../src/cli/transport/socket-transport.js';
import type { InputChannel, OutputChannel } from '../../src/network/channel.js';
import type { StreamElement } from '../../src/network/element.js';
import { StreamRecord } from '../../src/record/stream-record.js';
import type { SlotAddress } from '../../src/rpc/task-execution.js';
import { SlotSide } from './slot-side.js';
import { TcpProxy, type Ways } from './tcp-proxy.js';

/** A slot with its production sockets. */
export class Side extends SlotSide {
  readonly logged: string[];
  readonly transport: SocketTransport;
  address = '';

  constructor(name: string, silenceMs: number) {
    const logged: string[] = [];
    const options = { host: '127.0.0.1', port: 0, cluster: 'test', version: '1', name, silenceMs };
    const transport = new SocketTransport(options, systemClock, (message) => logged.push(message));
    super(transport);
    this.logged = logged;
    this.transport = transport;
  }

  async listen(): Promise<this> {
    this.address = await this.exchange.listen();
    return this;
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
    /** Through which the connection goes, as a makes it. */
    readonly proxy: TcpProxy,
    /** Through which b would reach a. */
    private readonly backwards: TcpProxy,
  ) {}

  /** @param silenceMs long where silence is not what is tested */
  static async open({ silenceMs = 20_000, attempt = 1 } = {}): Promise<ExchangePair> {
    const proxy = await TcpProxy.open();
    const [a, b] = await Promise.all(['a', 'b'].map((name) => new Side(name, silenceMs).listen()));
    const pair = new ExchangePair(a!, b!, proxy, await TcpProxy.open());
    pair.begin(attempt);
    return pair;
  }

  get peers(): readonly SlotAddress[] {
    return [
      { name: 'slot 0 of a', address: this.backwards.to(this.a.address) },
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

  /** From now on bytes fare so, and nothing new gets through, in whichever direction. */
  part(ways: Ways): void {
    this.proxy.ways = ways;
    this.proxy.takesNone = this.backwards.takesNone = true;
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
    await Promise.all([this.proxy.close(), this.backwards.close()]);
  }
}

function frameOf(n: number, bytes: number): StreamElement {
  const value = { text: String.fromCharCode(97 + (n % 26)).repeat(bytes) };
  const record = new StreamRecord(value, n, 'in', { ingress: 'in', id: 'a' }, n, undefined, undefined);
  return { kind: 'frame', records: [record], keys: [n] };
}
