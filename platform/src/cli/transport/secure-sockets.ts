/**
 * Sockets with TLS, on which both sides show a certificate of the cluster's authority.
 *
 * Invariants
 * - Nothing is given out, and nothing is said but a refusal, before the other side has proved to be the member that it must be.
 * - Each side judges by itself, and knows its own reason; who took the connection tells the other one, too.
 */
import { X509Certificate } from 'node:crypto';
import type { Server, Socket } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { writeRefusal } from '../../wire/refusal.js';
import { foreignName, type MemberRole } from '../security/member-name.js';
import type { TlsCredentials } from '../security/tls-credentials.js';
import { tlsProblem } from '../security/tls-problem.js';
import type { Sockets } from './sockets.js';

const HANDSHAKE_MS = 10_000;
const VERSION = 'TLSv1.3';

/** A client judges before it shows its own certificate. */
const HANG_UP = 'it has ended the handshake: it may not trust this process, and then says why in its own log';

export class SecureSockets implements Sockets {
  constructor(
    private readonly credentials: TlsCredentials,
    private readonly cluster: string,
  ) {}

  serve(peer: MemberRole, accept: (socket: Socket) => void, refused: (reason: string) => void): Server {
    let used = this.credentials.bytes;
    const server = createServer({
      ...used,
      requestCert: true,
      // Judged below, so that the other side is told why.
      rejectUnauthorized: false,
      minVersion: VERSION,
      handshakeTimeout: HANDSHAKE_MS,
    });
    server.prependListener('connection', () => {
      const now = this.credentials.bytes;
      if (now !== used) server.setSecureContext({ ...(used = now), minVersion: VERSION });
    });
    // By their other sides' addresses: under TLS one speaks over another object than the connection.
    const undecided = new Set<string>();
    server.on('connection', (socket: Socket) => {
      const key = placeOf(socket);
      undecided.add(key);
      // Who has said nothing only looked whether somebody is here.
      socket.on('close', () => {
        if (undecided.delete(key) && socket.bytesRead > 0) refused(HANG_UP);
      });
    });
    server.on('secureConnection', (socket) => {
      undecided.delete(placeOf(socket));
      const problem = this.#problem(socket, peer);
      if (problem === undefined) return accept(socket);
      refused(problem);
      socket.on('error', () => socket.destroy());
      socket.end(writeRefusal(problem), () => socket.destroy());
    });
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      if (error.code !== 'ECONNRESET' && undecided.delete(placeOf(socket))) refused(tlsProblem(error));
      socket.destroy();
    });
    return server;
  }

  connect({ host, port }: { readonly host: string; readonly port: number }, peer: MemberRole): Socket {
    const socket = connect({
      ...{ host, port, secureContext: this.credentials.context, minVersion: VERSION },
      // Told of a certificate of the authority, and of no other.
      checkServerIdentity: (_, { raw }) => {
        const foreign = foreignName(new X509Certificate(raw), this.cluster, peer);
        return foreign === undefined ? undefined : new Error(foreign);
      },
    });
    socket.cork();
    socket.once('secureConnect', () => socket.uncork());
    return socket;
  }

  #problem(socket: TLSSocket, peer: MemberRole): string | undefined {
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) return 'it shows no certificate';
    if (!socket.authorized) return tlsProblem(socket.authorizationError);
    return foreignName(certificate, this.cluster, peer);
  }
}

function placeOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
