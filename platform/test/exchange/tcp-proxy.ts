/**
 * A stretch of network between two processes that a test lays its hands on: bytes pass as they are until it is told
 * otherwise.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * What is made of bytes on their way in one direction: as many pieces as pass now.
 * @param from whose they are: of each connection and direction another
 */
export type Way = (bytes: Buffer, pass: (bytes: Buffer) => void, from: Socket) => void;

export interface Ways {
  /** From who has made the connection. */
  readonly there?: Way;
  readonly back?: Way;
}

const AS_IT_IS: Way = (bytes, pass) => pass(bytes);

export class TcpProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #swallowed = new WeakSet<Socket>();
  #target: string | undefined;
  /** Of connections that are made from now on, and those that there are. */
  ways: Ways = {};
  /** From now on nobody gets through who is not through. */
  takesNone = false;
  /** Bytes in either direction. */
  passed = 0;
  connections = 0;

  private constructor() {
    this.#server = createServer((socket) => this.#join(socket));
  }

  static async open(): Promise<TcpProxy> {
    const proxy = new TcpProxy();
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** @returns where the target is reached through this */
  to(target: string): string {
    this.#target = target;
    return `127.0.0.1:${this.port}`;
  }

  /** Without a target each connection names its own, a port of this machine, in a line before anything else. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get target(): string | undefined {
    return this.#target;
  }

  /** Ends all connections as a machine does that is gone. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** As a firewall that has forgotten them: of the connections that there are nothing passes any more. New ones are as ever. */
  forget(): void {
    for (const socket of this.#sockets) this.#swallowed.add(socket);
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(from: Socket): void {
    if (this.takesNone) return void from.resetAndDestroy();
    this.connections++;
    if (this.#target === undefined) return this.#joinNamed(from);
    const [host, port] = this.#target.split(':') as [string, string];
    this.#carryBoth(from, connect(Number(port), host));
  }

  #joinNamed(from: Socket): void {
    from.on('error', () => undefined);
    from.once('data', (bytes: Buffer) => {
      const end = bytes.indexOf('\n');
      from.pause();
      if (end + 1 < bytes.length) from.unshift(bytes.subarray(end + 1));
      this.#carryBoth(from, connect(Number(bytes.subarray(0, end)), '127.0.0.1'));
    });
  }

  #carryBoth(from: Socket, to: Socket): void {
    this.#carry(from, to, 'there');
    this.#carry(to, from, 'back');
    from.resume();
  }

  #carry(from: Socket, to: Socket, direction: keyof Ways): void {
    this.#sockets.add(from);
    from.setNoDelay(true);
    from.on('data', (bytes) => {
      if (this.#swallowed.has(from)) return;
      const pass = (passing: Buffer): void => {
        this.passed += passing.length;
        if (!to.write(passing)) from.pause();
      };
      (this.ways[direction] ?? AS_IT_IS)(bytes, pass, from);
    });
    to.on('drain', () => from.resume());
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
