/** A server for examples and by hand: a container where a Docker engine answers, else a process. */
import { hasDockerEngine, type DockerContainer } from './docker-container.js';
import type { Service } from './service.js';

export class ContainerOrProcess implements Service {
  readonly address: string;
  readonly givenBy: string;

  constructor(
    private readonly container: DockerContainer,
    private readonly process: Service,
  ) {
    this.address = container.address;
    this.givenBy = container.givenBy;
  }

  async start(): Promise<void> {
    await ((await hasDockerEngine()) ? this.container : this.process).start();
  }

  async stop(): Promise<void> {
    await this.process.stop();
    if (await hasDockerEngine()) await this.container.stop();
  }

  async isRunning(): Promise<boolean> {
    return (await this.process.isRunning()) || ((await hasDockerEngine()) && (await this.container.isRunning()));
  }
}
