/** A certificate, for who has to look after it. */
import type { X509Certificate } from 'node:crypto';
import { hostNames, membershipOf } from './member-name.js';

/** @param name of its files @param now epoch milliseconds @returns a line */
export function certificateText(name: string, certificate: X509Certificate, now: number): string {
  const { role, cluster } = membershipOf(certificate) ?? {};
  const what = certificate.ca ? 'authority' : (role ?? 'no member');
  const hosts = hostNames(certificate);
  const isOver = Date.parse(certificate.validTo) <= now;
  const until = `${isOver ? 'expired' : 'until'} ${new Date(certificate.validTo).toISOString().slice(0, 10)}`;
  const of = cluster === undefined ? '' : ` of cluster ${JSON.stringify(cluster)}`;
  return `${name}: ${what}${of}, ${until}${hosts.length === 0 ? '' : `, ${hosts.join(' ')}`}\n`;
}
