/** How processes of a cluster make and take their sockets: plain ones within one machine, with TLS elsewhere. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { MemberRole } from '../security/member-name.js';

export interface Sockets {
  /**
   * Not listening yet.
   * @param peer what the other side must be
   * @param accept told of sockets of such
   * @param refused told of others, in one line
   */
  serve(peer: MemberRole, accept: (socket: Socket) => void, refused: (reason: string) => void): Server;

  /** @returns connecting: what is written goes nowhere before the other side is known to be `peer` */
  connect(address: { readonly host: string; readonly port: number }, peer: MemberRole): Socket;
}

/** Whoever reaches them is trusted. */
export const PLAIN_SOCKETS: Sockets = {
  serve: (_, accept) => createServer(accept),
  connect: ({ host, port }) => connect(port, host),
};
