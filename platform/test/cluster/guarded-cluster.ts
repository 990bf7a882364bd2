/** A cluster of real processes that know each other by certificates, and their clients by tokens: made as its users make them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiRole } from '../../src/rest/route.js';
import { tidegate, type Child, type Finished } from '../applications/child.js';
import { ask, type Answer } from '../rest/rest-client.js';
import { Cluster } from './cluster.js';

export const NAME = 'demo';
const ROLES: readonly ApiRole[] = ['viewer', 'operator'];

export class GuardedCluster {
  private constructor(
    /** Its client is an operator. */
    readonly processes: Cluster,
    private readonly ca: string,
    readonly tokens: ReadonlyMap<ApiRole, string>,
  ) {}

  /** @param folder its own; nothing is started yet. @param env of all processes */
  static async in(folder: string, env: Readonly<Record<string, string>> = {}): Promise<GuardedCluster> {
    await made(folder, 'certificates', 'create', '--cluster', NAME);
    const tokens = new Map<ApiRole, string>();
    for (const role of ROLES) {
      const { out } = await made(folder, 'tokens', 'create', '--role', role);
      writeFileSync(join(folder, `${role}.token`), out, { mode: 0o600 });
      tokens.set(role, out.trim());
    }
    const ca = readFileSync(join(folder, 'certificates', 'ca.crt'), 'utf8');
    const guards = { tls: { ca }, token: tokens.get('operator')! };
    return new GuardedCluster(await Cluster.in(folder, env, guards), ca, tokens);
  }

  /** Resolves when it leads, and takes workers. */
  coordinator(options: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Child> {
    return this.processes.coordinator([...tls('coordinator'), '--tokens', 'tokens.json', ...options], env);
  }

  /** Resolves when its slots are offered. */
  worker(slots: number, env: Readonly<Record<string, string>> = {}): Promise<Child> {
    return this.processes.worker(slots, tls('worker'), env);
  }

  /** Not let in, presumably. @param options what it shows */
  stranger(options: readonly string[]): Child {
    return this.processes.start([
      'worker',
      '--coordinator',
      `127.0.0.1:${this.processes.ports[0].workers}`,
      ...options,
    ]);
  }

  /** A command. @param role of whose token it has; undefined: it has none */
  askAs(role: ApiRole | undefined, ...words: readonly string[]): Promise<Finished> {
    return this.processes.ask(...words, ...this.reaching(role));
  }

  /** A request to the API. @param role as above */
  request(role: ApiRole | undefined, path: string, method = 'GET'): Promise<Answer> {
    const token = role === undefined ? {} : { headers: { authorization: `Bearer ${this.tokens.get(role)}` } };
    return ask(this.processes.ports[0].api, path, { method, ca: this.ca, ...token });
  }

  /** Options of a command that reach the API. */
  reaching(role: ApiRole | undefined): readonly string[] {
    return ['--tls-ca', 'certificates/ca.crt', ...(role === undefined ? [] : ['--token', `${role}.token`])];
  }
}

/** @param name of the certificate's files. @param folder of certificates. @param authority the folder of whom it trusts */
export function tls(name: string, folder = 'certificates', authority = folder, cluster = NAME): readonly string[] {
  const own = ['--tls-certificate', `${folder}/${name}.crt`, '--tls-key', `${folder}/${name}.key`];
  return ['--cluster', cluster, ...own, '--tls-ca', `${authority}/ca.crt`];
}

/** A command that is to succeed. */
export async function made(folder: string, ...words: readonly string[]): Promise<Finished> {
  const finished = await tidegate(words, { cwd: folder });
  if (finished.exitCode !== 0) throw new Error(finished.err);
  return finished;
}
