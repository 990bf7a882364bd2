/** IP addresses and networks, as text: `cidr("10.0.0.0/8").containsIP(ip)`, named as in Kubernetes' CEL library. */
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { EvaluationError } from '../evaluation.js';
import type { FunctionDefinition } from './definition.js';

interface Network {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefix: number;
  readonly block: BlockList;
}

const KEPT = 1_000;
const networks = new Map<string, Network | undefined>();

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  // No zones: fe80::1%eth0 names an interface of one machine.
  return isIPv4(address) ? 'ipv4' : isIPv6(address) && !address.includes('%') ? 'ipv6' : undefined;
}

function networkOf(text: string): Network | undefined {
  if (networks.has(text)) return networks.get(text);
  if (networks.size >= KEPT) networks.clear();
  const network = parseNetwork(text);
  networks.set(text, network);
  return network;
}

function parseNetwork(text: string): Network | undefined {
  const [, address = '', digits = ''] = /^([^/]{1,45})\/(\d{1,3})$/.exec(text) ?? [];
  const family = familyOf(address);
  const prefix = Number(digits);
  if (family === undefined || prefix > (family === 'ipv4' ? 32 : 128)) return undefined;
  const block = new BlockList();
  block.addSubnet(address, prefix, family);
  return { family, address, prefix, block };
}

/** Whether the text is a network in CIDR notation. */
export function isNetwork(text: string): boolean {
  return networkOf(text) !== undefined;
}

function invalidNetwork(text: string): EvaluationError {
  return new EvaluationError(
    'invalid_argument',
    `${JSON.stringify(text.slice(0, 50))} is no network such as "10.0.0.0/8"`,
  );
}

function containsIp(text: string, address: string): boolean | EvaluationError {
  const network = networkOf(text);
  if (network === undefined) return invalidNetwork(text);
  const family = familyOf(address);
  if (family === undefined)
    return new EvaluationError('invalid_argument', `${JSON.stringify(address.slice(0, 50))} is no IP address`);
  return network.block.check(address, family);
}

function containsNetwork(text: string, inner: string): boolean | EvaluationError {
  const outerNetwork = networkOf(text);
  const innerNetwork = networkOf(inner);
  if (outerNetwork === undefined || innerNetwork === undefined)
    return invalidNetwork(outerNetwork === undefined ? text : inner);
  const narrower = innerNetwork.family === outerNetwork.family && innerNetwork.prefix >= outerNetwork.prefix;
  return narrower && outerNetwork.block.check(innerNetwork.address, innerNetwork.family);
}

export const network: readonly FunctionDefinition[] = [
  {
    name: 'cidr',
    description: 'A network of IPv4 or IPv6 in CIDR notation; an error for other text.',
    example: 'cidr("10.0.0.0/8").containsIP("10.1.2.3")',
    overloads: { 'cidr(string) -> string': (text: string) => (isNetwork(text) ? text : invalidNetwork(text)) },
  },
  {
    name: 'containsIP',
    description:
      'Whether an address, as text, lies in a network. IPv4 and IPv6 never contain each other, but for addresses mapped into IPv6.',
    example: 'cidr("2001:db8::/32").containsIP("2001:db8::1")',
    overloads: { 'string.containsIP(string) -> bool': containsIp },
  },
  {
    name: 'containsCIDR',
    description: 'Whether a network lies in another.',
    example: 'cidr("10.0.0.0/8").containsCIDR("10.1.0.0/16")',
    overloads: { 'string.containsCIDR(string) -> bool': containsNetwork },
  },
  {
    name: 'isIP',
    description: 'Whether a text is an address of IPv4 or IPv6.',
    example: 'isIP("::1")',
    overloads: { 'isIP(string) -> bool': (text: string) => familyOf(text) !== undefined },
  },
  {
    name: 'isCIDR',
    description: 'Whether a text is a network in CIDR notation.',
    example: '!isCIDR("10.0.0.1")',
    overloads: { 'isCIDR(string) -> bool': isNetwork },
  },
];
