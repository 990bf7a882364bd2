/** IP addresses and networks, as text: `cidr("10.0.0.0/8").containsIP(ip)`, named as in Kubernetes' CEL library. */
import { EvaluationError } from '../evaluation.js';
import type { FunctionDefinition } from './definition.js';
import { isWithin, parseIp, parseNetwork } from './ip-address.js';
import type { IpNetwork } from './ip-address.js';

const KEPT = 1_000;
const networks = new Map<string, IpNetwork | undefined>();

/** Networks are mostly literals, so what was parsed is kept. */
function networkOf(text: string): IpNetwork | undefined {
  if (networks.has(text)) return networks.get(text);
  if (networks.size >= KEPT) networks.clear();
  const network = parseNetwork(text);
  networks.set(text, network);
  return network;
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
  const parsed = parseIp(address);
  if (parsed === undefined)
    return new EvaluationError('invalid_argument', `${JSON.stringify(address.slice(0, 50))} is no IP address`);
  return isWithin(network, parsed);
}

function containsNetwork(text: string, inner: string): boolean | EvaluationError {
  const outerNetwork = networkOf(text);
  const innerNetwork = networkOf(inner);
  if (outerNetwork === undefined || innerNetwork === undefined)
    return invalidNetwork(outerNetwork === undefined ? text : inner);
  return innerNetwork.prefix >= outerNetwork.prefix && isWithin(outerNetwork, innerNetwork);
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
      'Whether an address, as text, lies in a network. A network of IPv4 holds no address of IPv6, nor the other way round.',
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
    overloads: { 'isIP(string) -> bool': (text: string) => parseIp(text) !== undefined },
  },
  {
    name: 'isCIDR',
    description: 'Whether a text is a network in CIDR notation.',
    example: '!isCIDR("10.0.0.1")',
    overloads: { 'isCIDR(string) -> bool': isNetwork },
  },
];
