/**
 * The resolving of hosts that an application calls: once for each connection, and what is dialled is what was checked.
 * A host that is an address is never looked up, and has to be checked by itself (`assertMayCall`).
 */
import type { LookupAddress, LookupAllOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { AddressRules } from './address-rules.js';

/** As `dns.lookup` with `all: true`. */
export type Resolve = (
  host: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** A host leads to where nothing may be called. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
}

export function checkedLookup(rules: AddressRules, resolve: Resolve): LookupFunction {
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, []);
      const allowed = found.filter(({ address }) => rules.refusal(host, address) === undefined);
      const [first] = allowed;
      if (first === undefined) return callback(new ForbiddenAddressError(reason(rules, host, found)), []);
      if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

/** @throws ForbiddenAddressError for a socket and for a host that is an address; of a name nothing is known yet */
export function assertMayCall(
  rules: AddressRules,
  { host, socketPath }: { readonly host: string; readonly socketPath?: string | undefined },
): void {
  const refusal = socketPath === undefined ? hostRefusal(rules, host) : rules.socketRefusal();
  if (refusal !== undefined) throw new ForbiddenAddressError(refusal);
}

function hostRefusal(rules: AddressRules, host: string): string | undefined {
  return isIP(host) === 0 ? rules.nameRefusal(host) : rules.refusal(host, host);
}

function reason(rules: AddressRules, host: string, [first]: readonly LookupAddress[]): string {
  return first === undefined ? `${host} has no address` : (rules.refusal(host, first.address) ?? '');
}
