/** A Redis server in a process on this machine's loopback address. What was acknowledged outlives a kill. */
import { mkdir } from 'node:fs/promises';
import { redisProgram } from './redis-program.js';
import { ServerProcess } from './server-process.js';
import type { Service } from './service.js';

export interface RedisOptions {
  /** What is in it is gone on with. */
  readonly folder: string;
  /** Where a program that Maven fetched is kept: may be shared. */
  readonly cache: string;
  readonly port: number;
  /** Settings besides ours, as `redis.conf` names them: `{ maxmemory: '4mb' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Files in PEM: then it speaks TLS, and nothing else. Who asks needs no certificate. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** See ServerProcess; it outlives it where nothing is said. */
  readonly endsWithUs?: boolean;
}

/** For each test that asks: see `sharedRedis`. */
export const DATABASES = 1000;

export class RedisServer implements Service {
  readonly givenBy = 'REDIS_URL';
  /** To suspend it, or to ask for its process id. */
  readonly process: ServerProcess;

  constructor(private readonly options: RedisOptions) {
    this.process = new ServerProcess('Redis', options.folder, options.endsWithUs);
  }

  get address(): string {
    const { port, tls } = this.options;
    return `${tls === undefined ? 'redis' : 'rediss'}://127.0.0.1:${port}`;
  }

  async start(): Promise<void> {
    const { folder, cache, port, settings = {} } = this.options;
    const command = await redisProgram(cache);
    await mkdir(folder, { recursive: true });
    const all = {
      ...this.#listening(),
      bind: '127.0.0.1',
      dir: folder,
      databases: String(DATABASES),
      save: '',
      appendonly: 'yes',
      'maxmemory-policy': 'noeviction',
      ...settings,
    };
    const words = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
    await this.process.start({ command, words, port });
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.process.stop(signal);
  }

  async isRunning(): Promise<boolean> {
    return (await this.process.pid()) !== undefined;
  }

  #listening(): Readonly<Record<string, string>> {
    const { port, tls } = this.options;
    if (tls === undefined) return { port: String(port) };
    const files = { 'tls-cert-file': tls.certificate, 'tls-key-file': tls.key };
    return { port: '0', 'tls-port': String(port), 'tls-auth-clients': 'no', ...files };
  }
}
