/** A cluster of real processes in a folder: a coordinator and workers, which a test may kill. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { freePort } from '@tidegate/connectors/services/free-port';
import { ApiClient, type ApiTarget } from '../../src/cli/cluster/api-client.js';
import { Child, ROOT, tidegate, until, type Finished } from '../applications/child.js';

/** Where a coordinator serves its API, and takes workers. */
export interface CoordinatorPorts {
  readonly api: number;
  readonly workers: number;
}

const LEASE = '1s';

export class Cluster {
  readonly client: ApiClient;

  private constructor(
    readonly folder: string,
    /** Of the first coordinator, and of one that stands by. */
    readonly ports: readonly [CoordinatorPorts, CoordinatorPorts],
    private readonly env: Readonly<Record<string, string>>,
    guards: Pick<ApiTarget, 'tls' | 'token'>,
  ) {
    this.client = new ApiClient({ host: '127.0.0.1', port: ports[0].api, ...guards });
  }

  /**
   * @param folder its own; nothing is started yet
   * @param env of all processes, besides that of the test
   * @param guards with which `client` asks
   */
  static async in(
    folder: string,
    env: Readonly<Record<string, string>> = {},
    guards: Pick<ApiTarget, 'tls' | 'token'> = {},
  ): Promise<Cluster> {
    const ports = async (): Promise<CoordinatorPorts> => ({ api: await freePort(), workers: await freePort() });
    return new Cluster(folder, [await ports(), await ports()], env, guards);
  }

  /** Resolves when it leads, and takes workers. */
  async coordinator(options: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Child> {
    const child = this.#coordinator(this.ports[0], options, env);
    await until(() => child.err.includes('workers connect to'), child);
    return child;
  }

  /** The first coordinator, once more, while the other one leads; resolves when it knows that. */
  async startAgain(options: readonly string[] = []): Promise<Child> {
    const child = this.#coordinator(this.ports[0], options, {});
    await until(() => child.err.includes('stands by'), child);
    return child;
  }

  /** Resolves when it knows who leads. */
  async standby(options: readonly string[] = []): Promise<Child> {
    const child = this.#coordinator(this.ports[1], options, {});
    await until(() => child.err.includes('stands by'), child);
    return child;
  }

  #coordinator(
    { api, workers }: CoordinatorPorts,
    options: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Child {
    const addresses = ['--listen', `127.0.0.1:${api}`, '--workers', `127.0.0.1:${workers}`];
    return this.start(['coordinator', ...addresses, '--state-dir', 'state', '--lease', LEASE, ...options], env);
  }

  /** Resolves when its slots are offered. */
  async worker(
    slots: number,
    options: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
    below: readonly string[] = [],
  ): Promise<Child> {
    const addresses = this.ports.map(({ workers }) => `127.0.0.1:${workers}`).join(',');
    const words = ['worker', '--coordinator', addresses, '--slots', String(slots), '--data-dir', this.folder];
    const child = this.start([...words, ...options], env, below);
    await until(() => child.err.includes('offers'), child);
    return child;
  }

  /** @param below a command that runs it: limits, another namespace */
  start(words: readonly string[], env: Readonly<Record<string, string>> = {}, below: readonly string[] = []): Child {
    return new Child(words, { cwd: this.folder, input: '', env: { ...this.env, ...env }, below });
  }

  /** A command to the first coordinator. */
  ask(...words: readonly string[]): Promise<Finished> {
    return this.askAt(this.ports[0], ...words);
  }

  askAt({ api }: CoordinatorPorts, ...words: readonly string[]): Promise<Finished> {
    return tidegate([...words, '--coordinator', `127.0.0.1:${api}`], { cwd: this.folder });
  }
}

const LOOK_MS = 20;

/** Less than a test may take, whose error would not say what it waited for. */
const PATIENCE_MS = 60_000;

/** Resolves when it holds; rejects when it never does. */
export async function eventually(condition: () => boolean | Promise<boolean>, withinMs = PATIENCE_MS): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`this did not hold within ${withinMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

export async function killed(child: Child): Promise<void> {
  child.process.kill('SIGKILL');
  await child.finished;
}

/** The example, with so many payments, and what its run in one process finds: its alerts, sorted. */
export interface CardTesting {
  /** Of the application to be submitted. */
  readonly path: string;
  readonly expected: readonly string[];
  /** What a job has written so far, sorted. */
  found(): readonly string[];
}

/** @param checkpointMs between checkpoints */
export async function cardTesting(folder: string, payments: number, checkpointMs: number): Promise<CardTesting> {
  const [path, reference] = [join(folder, 'application'), join(folder, 'reference')];
  for (const place of [path, reference]) {
    mkdirSync(place);
    cpSync(join(ROOT, 'config-examples', 'card-testing', 'cards.csv'), join(place, 'cards.csv'));
    const text = readFileSync(join(ROOT, 'config-examples', 'card-testing', 'application.yaml'), 'utf8');
    const settings = `settings: { checkpoint: { interval: ${checkpointMs}ms } }\n`;
    writeFileSync(join(place, 'application.yaml'), text.replace('\ningresses:', `\n${settings}ingresses:`));
  }
  const script = join(ROOT, 'config-examples', 'card-testing', 'make-events.mjs');
  const made = spawnSync(process.execPath, [script, String(payments), join(path, 'out', 'payments.jsonl')]);
  if (made.status !== 0) throw new Error(made.stderr.toString());
  cpSync(join(path, 'out'), join(reference, 'out'), { recursive: true });
  const run = await tidegate(['run', '--quiet'], { cwd: reference });
  if (run.exitCode !== 0) throw new Error(run.err);
  return { path, expected: alertsIn(reference), found: () => alertsIn(path) };
}

function alertsIn(folder: string): readonly string[] {
  return readFileSync(join(folder, 'out', 'alerts.jsonl'), 'utf8')
    .split('\n')
    .sort();
}
