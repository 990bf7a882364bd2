/** What keeps strangers away from a coordinator and from a worker, as their command lines say. */
import { resolve } from 'node:path';
import { UsageError, type Io } from '../io.js';
import { systemClock } from '../runtime/system-clock.js';
import { openSockets, type MemberSockets } from '../security/open-sockets.js';
import type { DataPlane } from './assigned-job.js';
import { addressText, isWildcard, parseAddress, type ClusterAddress } from './cluster-address.js';
import { TLS_OPTIONS, tlsFilesFrom, warningOf, type TlsValues } from './cluster-security.js';

export const COORDINATOR_GUARD_OPTIONS = {
  advertise: { type: 'string' },
  ...TLS_OPTIONS,
  tokens: { type: 'string' },
  insecure: { type: 'boolean', default: false },
} as const;

export const WORKER_GUARD_OPTIONS = {
  'data-host': { type: 'string', default: '127.0.0.1' },
  ...TLS_OPTIONS,
  insecure: { type: 'boolean', default: false },
} as const;

const TLS_HELP = `  --tls-certificate FILE, --tls-key FILE, --tls-ca FILE
                       PEM files of tidegate certificates: processes know each other by them, and what they say is encrypted`;

export const COORDINATOR_GUARD_HELP = `  --advertise HOST:PORT
                       where others reach the API, if that is not what --listen says
${TLS_HELP}
  --tokens FILE        who asks the API needs a token of this file (tidegate tokens)
  --insecure           listen on any address, without what would keep strangers out
`;

export const WORKER_GUARD_HELP = `  --data-host HOST     of this machine, where slots of other workers reach those here; default 127.0.0.1
${TLS_HELP}
  --insecure           to other machines without TLS
`;

type Guarded<V> = TlsValues & V & { readonly insecure: boolean; readonly cluster: string };

export interface CoordinatorGuard extends MemberSockets {
  /** The file. */
  readonly tokens?: string;
  /** Where others reach the API, if not where it listens. */
  readonly advertised?: ClusterAddress;
  /** Of the API. */
  readonly scheme: 'http' | 'https';
}

/** @throws UsageError; TidegateError TG452, TG455 */
export async function guardCoordinator(
  values: Guarded<{ readonly advertise?: string; readonly tokens?: string }>,
  { api, workers }: { readonly api: ClusterAddress; readonly workers: ClusterAddress },
  { cwd }: Pick<Io, 'cwd'>,
  log: (message: string) => void,
): Promise<CoordinatorGuard> {
  const { insecure, cluster, tokens } = values;
  const advertised = advertisedFrom(values.advertise, api);
  const files = tlsFilesFrom(values, cwd);
  const guards = { tls: files !== undefined, insecure };
  const hasTokens = tokens !== undefined;
  sayAloud([warningOf('listen', api, { ...guards, tokens: hasTokens }), warningOf('workers', workers, guards)], log);
  return {
    ...(await openSockets(files, { cluster, role: 'coordinator' }, systemClock, log)),
    ...(hasTokens ? { tokens: resolve(cwd, tokens) } : {}),
    ...(advertised === undefined ? {} : { advertised }),
    scheme: files === undefined ? 'http' : 'https',
  };
}

export interface WorkerGuard extends Pick<MemberSockets, 'sockets'> {
  readonly data: DataPlane;
}

/** @throws UsageError; TidegateError TG452, TG455 */
export async function guardWorker(
  values: Guarded<{ readonly 'data-host': string }>,
  coordinators: readonly ClusterAddress[],
  { cwd }: Pick<Io, 'cwd'>,
  log: (message: string) => void,
): Promise<WorkerGuard> {
  const { insecure, cluster, 'data-host': host } = values;
  const tls = tlsFilesFrom(values, cwd);
  const guards = { tls: tls !== undefined, insecure };
  // What a coordinator says is run: one that is not known would be a stranger, too.
  const dialled = coordinators.map((address) => warningOf('coordinator', address, guards));
  sayAloud([...dialled, warningOf('data-host', { host, port: 0 }, guards)], log);
  const { sockets } = await openSockets(tls, { cluster, role: 'worker' }, systemClock, log);
  return { sockets, data: { host, ...(tls === undefined ? {} : { tls }) } };
}

function sayAloud(warnings: readonly (string | undefined)[], log: (message: string) => void): void {
  for (const warning of warnings) if (warning !== undefined) log(warning);
}

/** @returns undefined: where it listens. @throws UsageError */
function advertisedFrom(text: string | undefined, api: ClusterAddress): ClusterAddress | undefined {
  if (text !== undefined) return parseAddress('advertise', text);
  if (!isWildcard(api)) return undefined;
  throw new UsageError(`--listen ${addressText(api)} is no address to be reached at: say with --advertise what is`);
}
