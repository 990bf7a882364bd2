/**
 * A server of the example's functions, which is killed and stopped at will.
 *
 * Invariants
 * - It has the same port in all its lives, and ends with this process.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '@tidegate/connectors/services/free-port';
import { ROOT } from '../applications/child.js';

const SERVE = join(ROOT, 'config-examples', 'order-workflow', 'serve.mjs');

export class FunctionServer {
  #process: ChildProcess | undefined;
  readonly #endWithParent = (): void => void this.#process?.kill('SIGKILL');
  deaths = 0;

  private constructor(private readonly port: number) {
    process.on('exit', this.#endWithParent);
  }

  static async start(): Promise<FunctionServer> {
    const server = new FunctionServer(await freePort());
    await server.start();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [SERVE, String(this.port)], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const ended = once(child, 'exit').then(() => {
      throw new Error(`a server of functions has ended before it listened:\n${said}`);
    });
    await Promise.race([once(child.stdout, 'data'), ended]);
    ended.catch(() => undefined);
  }

  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || (child.exitCode ?? child.signalCode) !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    this.deaths++;
  }

  stop(): void {
    this.#process?.kill('SIGSTOP');
  }

  continue(): void {
    this.#process?.kill('SIGCONT');
  }

  async close(): Promise<void> {
    process.off('exit', this.#endWithParent);
    await this.kill();
  }
}
