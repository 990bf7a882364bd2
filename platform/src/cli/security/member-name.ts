/**
 * Who a certificate is for, as its subject alternative names say it: `tidegate://cluster/NAME/ROLE`. Machines change their
 * addresses, and a member of the cluster is one wherever it runs: so processes know each other by this name alone.
 *
 * Invariants
 * - A name counts only when it is written exactly as this module writes it.
 */
import type { X509Certificate } from 'node:crypto';

export const MEMBER_ROLES = ['coordinator', 'worker', 'client'] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];

/** The authority's own certificate names the cluster as well: whom it signs for. */
export function memberUri(cluster: string, role: MemberRole | 'authority'): string {
  return `tidegate://cluster/${encodeURIComponent(cluster)}/${role}`;
}

/** @returns what a certificate of this house is for; of an authority, without a role; undefined: of another house */
export function membershipOf(certificate: X509Certificate) {
  for (const name of alternativeNames(certificate)) {
    const [, text, word] = /^URI:tidegate:\/\/cluster\/([^/]+)\/(\w+)$/.exec(name) ?? [];
    const role = [...MEMBER_ROLES, 'authority' as const].find((each) => each === word);
    if (text !== undefined && role !== undefined) return { cluster: decodeURIComponent(text), role };
  }
  return undefined;
}

/** @returns why the certificate is not for this role of this cluster; undefined: it is */
export function foreignName(certificate: X509Certificate, cluster: string, role: MemberRole): string | undefined {
  const expected = memberUri(cluster, role);
  const names = alternativeNames(certificate);
  if (names.includes(`URI:${expected}`)) return undefined;
  const own = names.filter((name) => name.startsWith('URI:tidegate:')).map((name) => name.slice('URI:'.length));
  const found = own.length === 0 ? 'for no member of a cluster' : `for ${own.join(' and ')}`;
  return `its certificate is ${found}, and not for ${expected}`;
}

/** What a client may call the host of this certificate, as URLs have it: without brackets, in lower case. */
export function hostNames(certificate: X509Certificate): readonly string[] {
  return alternativeNames(certificate).flatMap((name) => {
    const [, kind, host = ''] = /^(DNS|IP Address):(.+)$/.exec(name) ?? [];
    if (kind === undefined) return [];
    return [host.includes(':') ? new URL(`http://[${host}]`).hostname.slice(1, -1) : host.toLowerCase()];
  });
}

/** Quoted are those that hold a separator: no name of ours does, and none is made of such a one by taking it apart. */
function alternativeNames({ subjectAltName = '' }: X509Certificate): readonly string[] {
  return subjectAltName.includes('"') ? [] : subjectAltName.split(', ');
}
