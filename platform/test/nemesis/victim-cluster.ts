/**
 * The cluster that is disturbed: two coordinators and three workers of two slots, each a process of its own, with a stretch of
 * network on each way between them and, where the machine allows it, small disks.
 *
 *     FOLDER/state       the coordinators', with the checkpoints
 *     FOLDER/worker-N    what a worker alone needs
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@tidegate/connectors/services/free-port';
import { tidegate } from '../applications/child.js';
import { TcpProxy } from '../exchange/tcp-proxy.js';
import { SmallDisk } from './small-disk.js';
import { throughProxy } from './through-proxy.js';
import { Victim } from './victim.js';

export const LEASE_MS = 1500;
export const HEARTBEAT_TIMEOUT_MS = 2000;
const WORKERS = 3;
const SLOTS = 2;
const PATIENCE_MS = 15_000;
const NOBODY_LEADS = 'no coordinator leads';
const SUBMITS_MAX = 10;

/** Of one worker. */
export interface WorkerLines {
  /** To each coordinator. */
  readonly control: readonly TcpProxy[];
  /** To the slots of other workers, from its own. */
  readonly data: TcpProxy;
}

export interface VictimClusterOptions {
  readonly folder: string;
  readonly hasSmallDisks: boolean;
  /** Three of two slots where nothing else is said. */
  readonly workers?: number;
  readonly slots?: number;
  /** Slots connect to everybody as they are told to: to whom else than other slots is then their own affair. */
  readonly areSlotsDirect?: boolean;
}

export class VictimCluster {
  private constructor(
    /** `HOST:PORT` of each coordinator’s API. */
    readonly apis: readonly string[],
    readonly coordinators: readonly Victim[],
    readonly workers: readonly Victim[],
    readonly lines: readonly WorkerLines[],
    /** That of the coordinators, and those of the workers; none where the machine does not allow it. */
    readonly disks: readonly SmallDisk[],
  ) {}

  /** Resolves when one leads, the other stands by, and all slots are offered. @param options.folder its own */
  static async start(options: VictimClusterOptions): Promise<VictimCluster> {
    const { folder, hasSmallDisks, workers: count = WORKERS, slots = SLOTS, areSlotsDirect = false } = options;
    const names = Array.from({ length: count }, (_, i) => `worker-${i + 1}`);
    for (const name of ['state', ...names]) mkdirSync(join(folder, name));
    const disks = hasSmallDisks ? ['state', ...names].map((name) => SmallDisk.mount(join(folder, name))) : [];
    const timeout = ['--heartbeat-timeout', `${HEARTBEAT_TIMEOUT_MS}ms`];
    const coordinators: Victim[] = [];
    const [apis, targets]: [string[], string[]] = [[], []];
    for (const name of ['coordinator-1', 'coordinator-2']) {
      const [api, workers] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
      const lease = ['--lease', `${LEASE_MS}ms`];
      const words = [
        'coordinator',
        '--listen',
        api,
        '--workers',
        workers,
        '--state-dir',
        'state',
        ...lease,
        ...timeout,
      ];
      const ready = /stands by|workers connect to/;
      const coordinator = new Victim({ name, words, cwd: folder, ready });
      await coordinator.ready();
      coordinators.push(coordinator);
      apis.push(api);
      targets.push(workers);
    }
    const lines: WorkerLines[] = [];
    const workers: Victim[] = [];
    for (const name of names) {
      const control = await Promise.all(targets.map(() => TcpProxy.open()));
      const addresses = control.map((proxy, i) => proxy.to(targets[i]!)).join(',');
      const data = await TcpProxy.open();
      const words = ['worker', '--coordinator', addresses, '--slots', String(slots), '--data-dir', name, ...timeout];
      const env = areSlotsDirect ? {} : throughProxy(folder, `${name}.cjs`, data.port);
      workers.push(new Victim({ name, words, cwd: folder, env, ready: /offers/ }));
      lines.push({ control, data });
    }
    await Promise.all(workers.map((worker) => worker.ready()));
    return new VictimCluster(apis, coordinators, workers, lines, disks);
  }

  get victims(): readonly Victim[] {
    return [...this.coordinators, ...this.workers];
  }

  /** Which coordinator has said last that it leads, as far as is known; -1: none that lives. */
  leader(): number {
    return this.coordinators.findIndex(({ isAlive, says }) => {
      const last = [...says.matchAll(/leads, in term|leads no more|stands by/g)].at(-1)?.[0];
      return isAlive && last === 'leads, in term';
    });
  }

  /** Tries again where nobody leads at the moment. @throws Error with what the command has said */
  async submit(application: string): Promise<void> {
    for (let tries = 1; ; tries++) {
      const { exitCode, err } = await tidegate(['submit', application, '--coordinator', this.apis[0]!]);
      if (exitCode === 0) return;
      if (!err.includes(NOBODY_LEADS) || tries === SUBMITS_MAX) throw new Error(err);
      await new Promise((resolve) => setTimeout(resolve, LEASE_MS));
    }
  }

  /** Ends all processes, workers first, and everything between them. */
  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.close(PATIENCE_MS)));
    await Promise.all(this.coordinators.map((coordinator) => coordinator.close(PATIENCE_MS)));
    await Promise.all(this.lines.flatMap(({ control, data }) => [...control, data]).map((proxy) => proxy.close()));
    for (const disk of this.disks) disk.unmount();
  }
}
