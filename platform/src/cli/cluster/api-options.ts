/**
 * How commands reach a coordinator's API: what all of them say on the command line, or in the environment.
 *
 * Invariants
 * - A token is not on a command line, which everybody on the machine can read (`ps`): it is in a file, or in the environment.
 * - Nor is it sent where others could read it: only over TLS, or within this machine.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { messageOf, TidegateError } from '../../common/errors.js';
import { UsageError, type Io } from '../io.js';
import { looksLikeToken } from '../security/stored-token.js';
import { ApiClient } from './api-client.js';
import { addressText, isLoopback, parseAddress, type ClusterAddress } from './cluster-address.js';
import { CLUSTER_DEFAULTS } from './cluster-defaults.js';

export const COORDINATOR_OPTIONS = {
  coordinator: { type: 'string' },
  token: { type: 'string' },
  'tls-ca': { type: 'string' },
} as const;

export const COORDINATOR_HELP = `  --coordinator HOST:PORT  of its API, or https://HOST:PORT; default TIDEGATE_COORDINATOR, or ${CLUSTER_DEFAULTS.api}.
                           Several, with commas: whichever answers and knows who leads
  --token FILE             that holds the token, where the coordinator wants one; or TIDEGATE_TOKEN, which is the token itself
  --tls-ca FILE            the authority that the coordinator's certificate is of (ca.crt), and so over TLS; or TIDEGATE_TLS_CA.
                           Without it https is trusted as by a browser`;

type CoordinatorValues = { readonly [option in keyof typeof COORDINATOR_OPTIONS]?: string | undefined };

/** @throws UsageError; TidegateError TG452, TG455, TG456 */
export function clientOf(values: CoordinatorValues, io: Pick<Io, 'env' | 'cwd'>): ApiClient {
  const { env, cwd } = io;
  const text = values.coordinator ?? (env['TIDEGATE_COORDINATOR'] || CLUSTER_DEFAULTS.api);
  const caPath = values['tls-ca'] ?? (env['TIDEGATE_TLS_CA'] || undefined);
  const coordinators = text.split(',').map((each) => coordinatorOf(each, caPath !== undefined));
  const [{ address, isTls }, ...others] = coordinators as [Coordinator, ...Coordinator[]];
  if (others.some((other) => other.isTls !== isTls))
    throw new UsageError('--coordinator names some over TLS and some without it');
  const ca = isTls && caPath !== undefined ? fileText('TG455', resolve(cwd, caPath)) : undefined;
  const token = tokenFrom(values.token, io);
  const readable =
    token === undefined || isTls ? undefined : coordinators.find((each) => !isLoopback(each.address.host));
  if (readable !== undefined) {
    const place = addressText(readable.address);
    const problem = `a token is not sent to ${place} without TLS, as it could be read on its way`;
    throw new TidegateError('TG452', `${problem}: say --coordinator https://${place}, and --tls-ca`);
  }
  return new ApiClient({
    ...address,
    ...(others.length === 0 ? {} : { others: others.map((other) => other.address) }),
    ...(isTls ? { tls: ca === undefined ? {} : { ca } } : {}),
    ...(token === undefined ? {} : { token }),
  });
}

interface Coordinator {
  readonly address: ClusterAddress;
  readonly isTls: boolean;
}

/** @param hasAuthority so that what says nothing else is over TLS. @throws UsageError */
function coordinatorOf(text: string, hasAuthority: boolean): Coordinator {
  const [, scheme, place = ''] = /^(?:(https?):\/\/)?(.*?)\/?$/.exec(text.trim()) ?? [];
  return {
    address: parseAddress('coordinator', place),
    isTls: scheme === 'https' || (scheme === undefined && hasAuthority),
  };
}

function tokenFrom(option: string | undefined, { env, cwd }: Pick<Io, 'env' | 'cwd'>): string | undefined {
  if (option === undefined) return env['TIDEGATE_TOKEN'] || undefined;
  if (looksLikeToken(option))
    throw new UsageError(
      '--token takes a file that holds the token: what is on a command line, everybody here can read',
    );
  return fileText('TG456', resolve(cwd, option)).trim();
}

function fileText(code: 'TG455' | 'TG456', path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new TidegateError(code, `${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
