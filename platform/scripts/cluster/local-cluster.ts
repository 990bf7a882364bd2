/**
 * A cluster on this machine's loopback address: what `docker-compose.yml` starts in containers, as processes. A coordinator, one that
 * stands by, and two workers of two slots.
 *
 *     FOLDER/state/                  of the coordinators: jobs and their checkpoints, and the lease where no Redis is named
 *     FOLDER/NAME/                   of each process: its log and its process id, and what Node writes when it dies
 *
 * Invariants
 * - What runs is left as it is by a start; what a start that failed has started is stopped.
 * - Workers end first, then the one that stands by: nothing takes over what is to end.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ServerProcess } from '@tidegate/connectors/services/server-process';

export interface LocalClusterOptions {
  readonly folder: string;
  /** The command's script. */
  readonly command: string;
  /** The first of as many ports in a row as `PORTS`. */
  readonly port: number;
}

export interface StartOptions {
  /** By which coordinators stand in for each other; absent: by their folder. */
  readonly redis?: string;
}

export interface MemberStatus {
  readonly name: string;
  /** Absent: it does not run. */
  readonly pid?: number;
  /** Of a coordinator that answers. */
  readonly role?: string;
  /** Where it answers. */
  readonly addresses: string;
}

interface Member {
  readonly process: ServerProcess;
  readonly words: readonly string[];
  /** Where it answers when it is ready. */
  readonly port: number;
  /** Of a coordinator. */
  readonly api?: string;
  readonly addresses: string;
}

const WORKERS = 2;
const SLOTS = 2;
/** Of each coordinator its API, its workers and its metrics, and of each worker its metrics. */
export const PORTS = 2 * 3 + WORKERS;

export class LocalCluster {
  readonly #coordinators: readonly Member[];
  readonly #workers: readonly Member[];

  constructor(private readonly options: LocalClusterOptions) {
    const { folder, port } = options;
    const coordinators = ['coordinator', 'standby'].map((name, index) => {
      const [api, workers, metrics] = [0, 1, 2].map((offset) => `127.0.0.1:${port + 3 * index + offset}`);
      const addresses = ['--listen', api!, '--workers', workers!, '--metrics', metrics!];
      const words = ['coordinator', ...addresses, '--state-dir', join(folder, 'state')];
      const shown = `API http://${api}, workers ${workers}, metrics http://${metrics}/metrics`;
      return { name, words, port: port + 3 * index, api: api!, workers: workers!, addresses: shown };
    });
    const places = coordinators.map(({ workers }) => workers).join(',');
    this.#coordinators = coordinators.map(({ name, ...member }) => ({ ...member, process: this.#process(name) }));
    this.#workers = Array.from({ length: WORKERS }, (_, index) => {
      const name = `worker-${index + 1}`;
      const own = port + 6 + index;
      const metrics = `127.0.0.1:${own}`;
      const words = ['worker', '--coordinator', places, '--slots', String(SLOTS), '--metrics', metrics];
      return {
        process: this.#process(name),
        words: [...words, '--data-dir', join(folder, name)],
        port: own,
        addresses: `${SLOTS} slots, metrics http://${metrics}/metrics`,
      };
    });
  }

  #process(name: string): ServerProcess {
    return new ServerProcess(name, join(this.options.folder, name));
  }

  /** Of the coordinators' API, the first to be asked first. */
  get apis(): readonly string[] {
    return this.#coordinators.map(({ api }) => api!);
  }

  /** Rejects with a ServiceError that says which one did not start, and why. */
  async start({ redis }: StartOptions): Promise<void> {
    const shared = redis === undefined ? [] : ['--high-availability', redis];
    const started: ServerProcess[] = [];
    try {
      for (const member of [...this.#coordinators, ...this.#workers]) {
        if ((await member.process.pid()) !== undefined) continue;
        started.push(member.process);
        await this.#startOne(member, member.api === undefined ? [] : shared);
      }
    } catch (error) {
      for (const process of started.reverse()) await process.stop();
      throw error;
    }
  }

  async #startOne({ process: own, words, port }: Member, more: readonly string[]): Promise<void> {
    await mkdir(own.folder, { recursive: true });
    // It names the folder, by which a process is known to be ours.
    const node = [`--diagnostic-dir=${own.folder}`, this.options.command];
    await own.start({ command: process.execPath, words: [...node, ...words, ...more], port });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map(({ process }) => process.stop()));
    for (const { process } of [...this.#coordinators].reverse()) await process.stop();
  }

  status(): Promise<readonly MemberStatus[]> {
    return Promise.all([...this.#coordinators, ...this.#workers].map(statusOf));
  }
}

async function statusOf({ process: { name }, process, api, addresses }: Member): Promise<MemberStatus> {
  const pid = await process.pid();
  if (pid === undefined) return { name, addresses };
  const role = api === undefined ? undefined : await roleAt(api);
  return { name, addresses, pid, ...(role === undefined ? {} : { role }) };
}

/** Undefined: it does not answer. */
async function roleAt(api: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`http://${api}/v1/health`, { signal: AbortSignal.timeout(2000) });
    return ((await answer.json()) as { readonly role: string }).role;
  } catch {
    return undefined;
  }
}
