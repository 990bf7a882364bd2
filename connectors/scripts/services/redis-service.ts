/** Redis for examples and by hand: a container where a Docker engine answers, else a process. */
import { DockerContainer, hasDockerEngine } from './docker-container.js';
import { RedisServer } from './redis-server.js';
import type { Service } from './service.js';

const PORT = 6379;

export class RedisService implements Service {
  readonly givenBy = 'REDIS_URL';
  readonly address = `redis://127.0.0.1:${PORT}`;
  readonly #server: RedisServer;
  readonly #container = new DockerContainer({
    name: 'tidegate-redis',
    image: 'redis:7.4-alpine',
    ports: [6379, PORT],
    data: '/data',
    words: ['redis-server', '--appendonly', 'yes', '--save', '', '--maxmemory-policy', 'noeviction'],
    address: this.address,
    givenBy: this.givenBy,
  });

  constructor(folder: string, cache: string) {
    this.#server = new RedisServer({ folder, cache, port: PORT });
  }

  async start(): Promise<void> {
    await ((await hasDockerEngine()) ? this.#container : this.#server).start();
  }

  async stop(): Promise<void> {
    await this.#server.stop();
    if (await hasDockerEngine()) await this.#container.stop();
  }

  async isRunning(): Promise<boolean> {
    return (await this.#server.isRunning()) || ((await hasDockerEngine()) && (await this.#container.isRunning()));
  }
}
