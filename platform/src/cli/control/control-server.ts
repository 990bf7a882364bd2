/**
 * The end of a control channel at the run: takes requests from other processes of its user, one for each connection.
 *
 * Invariants
 * - A request that was taken is answered before `close` is done; one that comes later finds nobody.
 * - A job that cannot listen runs on without: it is told once.
 */
import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { messageOf } from '../../common/errors.js';
import { claimAddress, releaseAddress } from './control-address.js';
import { LINE_BYTES_MAX, parseRequest, type ControlAnswer, type ControlRequest } from './control-message.js';

export type Handler = (request: ControlRequest) => Promise<ControlAnswer>;

export class ControlServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #underWay = new Set<Promise<void>>();

  private constructor(
    private readonly stateDir: string,
    private readonly handle: Handler,
  ) {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** @param warn told why nobody can connect, if so */
  static async open(stateDir: string, handle: Handler, warn: (message: string) => void): Promise<ControlServer> {
    const control = new ControlServer(stateDir, handle);
    const server = control.#server;
    try {
      const path = claimAddress(stateDir);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(path, resolve);
      });
      chmodSync(path, 0o600);
      server.on('error', (error) => warn(`commands from outside: ${error.message}`));
    } catch (error) {
      warn(`this run takes no commands from outside: ${messageOf(error)}`);
    }
    return control;
  }

  async close(): Promise<void> {
    this.#server.close();
    await Promise.all(this.#underWay);
    for (const socket of this.#sockets) socket.destroySoon();
    releaseAddress(this.stateDir);
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let text = '';
    const read = (chunk: string): void => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end < 0 && text.length <= LINE_BYTES_MAX) return;
      socket.off('data', read);
      const answering = this.#answer(socket, text.slice(0, Math.max(end, 0))).finally(() =>
        this.#underWay.delete(answering),
      );
      this.#underWay.add(answering);
    };
    socket.setEncoding('utf8').on('data', read);
  }

  async #answer(socket: Socket, line: string): Promise<void> {
    const request = parseRequest(line);
    const unknown: ControlAnswer = { reason: 'the run does not know this request: it may be of another version' };
    const answer = request === undefined ? unknown : await this.handle(request).catch(reasonOf);
    if (!socket.destroyed) socket.end(`${JSON.stringify(answer)}\n`);
  }
}

function reasonOf(error: unknown): ControlAnswer {
  return { reason: messageOf(error) };
}
