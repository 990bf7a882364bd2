/** `HOST:PORT`, as options have it. */
import { TidegateError } from '../../common/errors.js';
import { UsageError } from '../io.js';

export interface ClusterAddress {
  readonly host: string;
  readonly port: number;
}

/** Names of this machine alone. */
export const LOOPBACK: readonly string[] = ['127.0.0.1', '::1', 'localhost'];

/** @throws UsageError */
export function parseAddress(option: string, text: string): ClusterAddress {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port > 65_535)
    throw new UsageError(`--${option} is ${JSON.stringify(text)}; expected HOST:PORT, as 127.0.0.1:7070`);
  return { host, port };
}

export function addressText({ host, port }: ClusterAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** @throws TidegateError TG452 for an address that others than this machine could reach */
export function assertLoopback(option: string, address: ClusterAddress): void {
  if (LOOPBACK.includes(address.host)) return;
  throw new TidegateError(
    'TG452',
    `--${option} ${addressText(address)} could be reached from outside this machine, and nothing would keep strangers ` +
      'out: only 127.0.0.1, ::1 and localhost are allowed for now',
  );
}
