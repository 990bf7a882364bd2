/** The sockets of a process of a cluster. What TLS needs is loaded where it is used: it takes longer than a short run's slot. */
import type { Clock } from '../../common/clock.js';
import { PLAIN_SOCKETS, type Sockets } from '../transport/sockets.js';
import type { Member, TlsCredentials, TlsFiles } from './tls-credentials.js';

export interface MemberSockets {
  readonly sockets: Sockets;
  /** Absent where TLS is not used. */
  readonly credentials?: TlsCredentials;
}

/** @param log told when certificates change or expire @throws TidegateError TG455 */
export async function openSockets(
  tls: TlsFiles | undefined,
  member: Member,
  clock: Clock,
  log: (message: string) => void,
): Promise<MemberSockets> {
  if (tls === undefined) return { sockets: PLAIN_SOCKETS };
  const { TlsCredentials } = await import('./tls-credentials.js');
  const { SecureSockets } = await import('../transport/secure-sockets.js');
  const credentials = new TlsCredentials(tls, member, clock, log);
  return { sockets: new SecureSockets(credentials, member.cluster), credentials };
}
