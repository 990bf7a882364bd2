/** A server in a container of the Docker engine, its port on this machine's loopback address. */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ServiceError } from './service-error.js';
import type { Service } from './service.js';

/** An image may have to be fetched. */
const TIMEOUT_MS = 300_000;
const START_MS = 60_000;
const POLL_MS = 200;
const ENGINE_MS = 10_000;
const run = promisify(execFile);

export interface ContainerOptions {
  readonly name: string;
  readonly image: string;
  /** The port in the container, and the one on this machine. */
  readonly ports: readonly [inside: number, outside: number];
  /** The folder in the container that outlives it: a volume of the container's name. */
  readonly data: string;
  /** What the image is run with, if not with its own. */
  readonly words?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** A command inside that succeeds when the server answers: its port is open before. */
  readonly ready: readonly string[];
  readonly address: string;
  readonly givenBy: string;
}

export class DockerContainer implements Service {
  readonly address: string;
  readonly givenBy: string;

  constructor(private readonly options: ContainerOptions) {
    this.address = options.address;
    this.givenBy = options.givenBy;
  }

  async start(): Promise<void> {
    const { name, image, ports, data, words = [], environment = {} } = this.options;
    const [inside, outside] = ports;
    await docker([
      ...['run', '--detach', '--rm', '--name', name],
      ...['--publish', `127.0.0.1:${outside}:${inside}`, '--volume', `${name}:${data}`],
      ...Object.entries(environment).flatMap(([variable, value]) => ['--env', `${variable}=${value}`]),
      image,
      ...words,
    ]);
    await this.#untilReady();
  }

  async #untilReady(): Promise<void> {
    const { name, ready } = this.options;
    const end = performance.now() + START_MS;
    for (;;) {
      try {
        return void (await docker(['exec', name, ...ready]));
      } catch (error) {
        if (performance.now() > end) throw error;
      }
      await sleep(POLL_MS);
    }
  }

  async stop(): Promise<void> {
    if (await this.isRunning()) await docker(['stop', this.options.name]);
  }

  async isRunning(): Promise<boolean> {
    return (await docker(['ps', '--quiet', '--filter', `name=^${this.options.name}$`])).trim() !== '';
  }
}

/** Whether the client is installed and its engine answers. */
export async function hasDockerEngine(): Promise<boolean> {
  return run('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: ENGINE_MS }).then(
    () => true,
    () => false,
  );
}

async function docker(words: readonly string[]): Promise<string> {
  try {
    return (await run('docker', [...words], { timeout: TIMEOUT_MS })).stdout;
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string };
    throw new ServiceError(`docker ${words[0]}: ${(stderr ?? String(error)).trim().slice(-2000)}`);
  }
}
