/**
 * What range of the internet an address is of: by it a host's name is kept from leading where it should not (SSRF). The ranges are
 * those of IANA's registries of special-purpose addresses, of IPv4 and IPv6, that are not globally reachable.
 */
import { BlockList, isIPv6 } from 'node:net';

/**
 * `loopback`: this machine. `private`: a network of one's own. `reserved`: what nobody serves anything for others at: link-local
 * addresses, among them the clouds' services of credentials (169.254.169.254), "any", multicast, what stands for another one or for
 * none.
 */
export type AddressKind = 'public' | 'private' | 'loopback' | 'reserved';

type Subnet = readonly [network: string, prefix: number];

const LOOPBACK: readonly Subnet[] = [
  ['127.0.0.0', 8],
  ['::1', 128],
];
const RESERVED: readonly Subnet[] = [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  // Protocol assignments, documentation, relays of 6to4.
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['fe80::', 10],
  ['ff00::', 8],
  // Services of credentials outside the link-local range: Alibaba, Azure, AWS by IPv6.
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['fd00:ec2::', 32],
  // IPv4 in another dress, which a gateway may take off, whatever it holds: NAT64, 6to4, "compatible", "translated" (SIIT).
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['::', 96],
  ['::ffff:0:0:0', 96],
  // Discarded, protocol assignments (Teredo and ORCHID among them), documentation, segment routing.
  ['100::', 64],
  ['100:0:0:1::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
  ['5f00::', 16],
];
const PRIVATE: readonly Subnet[] = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['198.18.0.0', 15],
  ['fc00::', 7],
  ['fec0::', 10],
];

/** The first that has the address decides. */
const KINDS: readonly (readonly [AddressKind, BlockList])[] = [
  ['loopback', subnets(LOOPBACK)],
  ['reserved', subnets(RESERVED)],
  ['private', subnets(PRIVATE)],
];

/** @param address IPv4, or IPv6 with or without a zone; IPv4 within IPv6 (::ffff:127.0.0.1) counts as what it is */
export function addressKind(address: string): AddressKind {
  return KINDS.find(([, list]) => isIn(list, address))?.[0] ?? 'public';
}

export function isIn(list: BlockList, address: string): boolean {
  const plain = address.replace(/%.*$/, '');
  return list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
}

export function subnets(given: readonly Subnet[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of given) list.addSubnet(network, prefix, isIPv6(network) ? 'ipv6' : 'ipv4');
  return list;
}
