/** `HOST:PORT`, as options have it. */
import { isIPv4 } from 'node:net';
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

/** Whether only this machine reaches it. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(host) || (isIPv4(host) && host.startsWith('127.'));
}

/** Whether it stands for every address of this machine, and is so none that others could use. */
export function isWildcard({ host }: ClusterAddress): boolean {
  return host === '0.0.0.0' || host === '::';
}
