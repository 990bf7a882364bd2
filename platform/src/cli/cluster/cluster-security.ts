/**
 * What keeps strangers away from a process of a cluster, as its command line says, and the rule that something must: whoever
 * reaches a coordinator has it read, write and run what it can, and so has who reaches a worker.
 */
import { resolve } from 'node:path';
import { TidegateError } from '../../common/errors.js';
import { UsageError } from '../io.js';
import type { TlsFiles } from '../security/tls-credentials.js';
import { addressText, isLoopback, type ClusterAddress } from './cluster-address.js';

export const TLS_OPTIONS = {
  'tls-certificate': { type: 'string' },
  'tls-key': { type: 'string' },
  'tls-ca': { type: 'string' },
} as const;

const TLS_WORDS = '--tls-certificate, --tls-key and --tls-ca';

export type TlsValues = { readonly [option in keyof typeof TLS_OPTIONS]?: string | undefined };

/** @returns undefined: without TLS. @throws UsageError for a part of it */
export function tlsFilesFrom(values: TlsValues, cwd: string): TlsFiles | undefined {
  const { 'tls-certificate': certificate, 'tls-key': key, 'tls-ca': ca } = values;
  if (certificate === undefined && key === undefined && ca === undefined) return undefined;
  if (certificate === undefined || key === undefined || ca === undefined)
    throw new UsageError(`${TLS_WORDS} go together`);
  return { certificate: resolve(cwd, certificate), key: resolve(cwd, key), ca: resolve(cwd, ca) };
}

export interface Guards {
  readonly tls: boolean;
  /** Of an address that takes them. */
  readonly tokens?: boolean;
  /** It was said that none is wanted. */
  readonly insecure: boolean;
}

/**
 * @param option which has the address
 * @returns what is to be said aloud: it is not guarded, and that was wanted
 * @throws TidegateError TG452 for one that is not guarded, and could be reached from outside this machine
 */
export function warningOf(option: string, address: ClusterAddress, guards: Guards): string | undefined {
  const missing = [...(guards.tls ? [] : [TLS_WORDS]), ...(guards.tokens === false ? ['--tokens'] : [])];
  if (isLoopback(address.host) || missing.length === 0) return undefined;
  const place = `--${option} ${addressText(address)}`;
  if (!guards.insecure) {
    throw new TidegateError(
      'TG452',
      `${place} is not on this machine alone, and nothing would keep strangers out: it needs ${missing.join(', and ')}; or ` +
        '--insecure, where whoever reaches it may do everything',
    );
  }
  return `WARNING: ${place} is not guarded (--insecure, without ${missing.join(', ')}): whoever reaches it may do everything`;
}

/** Of what has no guard at all. @throws TidegateError TG452 for an address that others than this machine could reach */
export function assertLoopback(option: string, address: ClusterAddress, insecure: boolean): void {
  if (isLoopback(address.host) || insecure) return;
  throw new TidegateError(
    'TG452',
    `--${option} ${addressText(address)} could be reached from outside this machine, and nothing would keep strangers out: it ` +
      'needs --insecure there',
  );
}
