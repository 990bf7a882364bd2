/** IP addresses and networks of text, as numbers. No zones (`fe80::1%eth0` names an interface of one machine). */

export interface IpAddress {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

export interface IpNetwork extends IpAddress {
  readonly prefix: number;
}

export function parseIp(text: string): IpAddress | undefined {
  if (text.length > 45) return undefined;
  if (text.includes(':')) return parseIpv6(text);
  const value = parseIpv4(text);
  return value === undefined ? undefined : { bits: 32, value };
}

/** The address may have bits beyond the prefix; they count for nothing. */
export function parseNetwork(text: string): IpNetwork | undefined {
  const [, host = '', digits = ''] = /^([^/]{1,45})\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const address = parseIp(host);
  const prefix = Number(digits);
  return address === undefined || prefix > address.bits ? undefined : { ...address, prefix };
}

/** Whether the first `network.prefix` bits are the same. */
export function isWithin(network: IpNetwork, address: IpAddress): boolean {
  if (network.bits !== address.bits) return false;
  const rest = BigInt(network.bits - network.prefix);
  return network.value >> rest === address.value >> rest;
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.');
  // No leading zeros: some readers take them for octal.
  const isByte = (part: string): boolean => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256;
  if (parts.length !== 4 || !parts.every(isByte)) return undefined;
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function parseIpv6(text: string): IpAddress | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, at) => groupsOf(half, at === halves.length - 1));
  return head === undefined || (halves.length === 2 && tail === undefined) ? undefined : joined(head, tail);
}

/** Without a tail there was no double colon. */
function joined(head: readonly bigint[], tail: readonly bigint[] | undefined): IpAddress | undefined {
  const missing = 8 - head.length - (tail?.length ?? 0);
  // A double colon stands for at least one group.
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0n), ...(tail ?? [])];
  return { bits: 128, value: groups.reduce((value, group) => (value << 16n) | group, 0n) };
}
/** Groups of 16 bits; the last two may be written as an IPv4 address. */
function groupsOf(text: string, isLast: boolean): bigint[] | undefined {
  if (text === '') return [];
  const groups: bigint[] = [];
  const parts = text.split(':');
  for (const [at, part] of parts.entries()) {
    const mapped = isLast && at === parts.length - 1 && part.includes('.') ? parseIpv4(part) : undefined;
    if (mapped !== undefined) groups.push(mapped >> 16n, mapped & 0xffffn);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}
