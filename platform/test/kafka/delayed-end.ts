/**
 * A network that keeps a producer's request to end its transaction while the connection dies, and delivers it later, when the producer has
 * begun anew (KIP-890; found by Jepsen in other clients).
 *
 * Invariants
 * - Kept is the first such request behind records, and no other; everything else passes as it is.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { TcpProxy } from '../exchange/tcp-proxy.js';
import { throughProxy, toPort } from '../nemesis/through-proxy.js';

/** Numbers of Kafka's requests. */
const PRODUCE = 0;
const INIT_PRODUCER_ID = 22;
const END_TRANSACTION = 26;
/** Before what the producer sends next the request arrives. */
const ARRIVES = {
  'before its producer begins anew': INIT_PRODUCER_ID,
  'in the middle of the next transaction': END_TRANSACTION,
} as const;
export type Arrival = keyof typeof ARRIVES;

/** Of a request: its length, and then what it asks for. */
const LENGTH_BYTES = 4;
/** Of an answer: length, correlation id and throttle time, then the error. */
const ERROR_AT = 12;

export class DelayedEnd {
  /** How the broker has answered the delayed request: a number of Kafka's errors, 0 for none. Undefined: it has not come to that. */
  answer: number | undefined;
  readonly #unfinished = new WeakMap<Socket, Buffer>();
  #hasProduced = false;
  #kept: Buffer | undefined;
  /** What comes later passes behind it. */
  #passing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly proxy: TcpProxy,
    private readonly port: number,
    private readonly arrival: Arrival,
  ) {
    proxy.ways = { there: (bytes, pass, from) => this.#take(bytes, pass, from) };
  }

  /** @param broker `host:port`, on this machine */
  static async open(broker: string, arrival: Arrival): Promise<DelayedEnd> {
    return new DelayedEnd(await TcpProxy.open(), Number(broker.split(':')[1]), arrival);
  }

  /** Of a process whose connections to the broker lead through here. */
  environment(folder: string): Readonly<Record<string, string>> {
    return throughProxy(folder, 'delayed-end.cjs', this.proxy.port, toPort(this.port));
  }

  close(): Promise<void> {
    return this.proxy.close();
  }

  /** Request by request. */
  #take(bytes: Buffer, pass: (bytes: Buffer) => void, from: Socket): void {
    let rest = Buffer.concat([this.#unfinished.get(from) ?? Buffer.alloc(0), bytes]);
    for (;;) {
      const end = rest.length < LENGTH_BYTES ? Infinity : LENGTH_BYTES + rest.readUInt32BE(0);
      if (rest.length < end) break;
      const request = rest.subarray(0, end);
      rest = rest.subarray(end);
      this.#passing = this.#passing.then(() => this.#pass(request, pass, from));
    }
    this.#unfinished.set(from, rest);
  }

  async #pass(request: Buffer, pass: (bytes: Buffer) => void, from: Socket): Promise<void> {
    const kind = request.readInt16BE(LENGTH_BYTES);
    this.#hasProduced ||= kind === PRODUCE;
    if (this.#kept === undefined && kind === END_TRANSACTION && this.#hasProduced) {
      this.#kept = request;
      return void from.resetAndDestroy();
    }
    if (this.#kept !== undefined && this.answer === undefined && kind === ARRIVES[this.arrival])
      this.answer = await asked(this.port, this.#kept);
    pass(request);
  }
}

/** On a connection of its own: a broker does not care. @returns the error that it answers with */
async function asked(port: number, request: Buffer): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  socket.write(request);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.readInt16BE(ERROR_AT);
}
