/** How the processes of a cluster speak to each other: what each side of a connection is told of the other, and when it gives up. */
import { MESSAGE_BYTES_MAX } from '../../rpc/message-codec.js';
import type { ConnectionOptions } from '../../wire/connection.js';
import { PROTOCOL, type Role } from '../../wire/hello.js';
import { programVersion } from '../package-folder.js';
import type { SocketTransportOptions } from '../transport/socket-transport.js';

export const KEEP_ALIVE_MS = 1000;
/** A process that is only slow lives on; one that was killed is known to be gone at once, as its sockets close. */
export const SILENCE_MS = 10_000;
/** Longer: a slot says nothing while it is at one step, and what is over is known by the workers' own connections. */
const DATA_SILENCE_MS = 30_000;

/** @param name of this process, new with each connection */
export function connectionOptions(
  cluster: string,
  role: Role,
  name: string,
  peers: readonly Role[],
): ConnectionOptions {
  return {
    own: { protocol: PROTOCOL, version: programVersion(), cluster, role, name },
    roles: peers,
    payloadBytesMax: MESSAGE_BYTES_MAX,
    keepAliveMs: KEEP_ALIVE_MS,
    silenceMs: SILENCE_MS,
  };
}

/** How a slot reaches those of other workers. @param name for messages */
export function slotTransport(cluster: string, name: string): SocketTransportOptions {
  return { host: '127.0.0.1', port: 0, cluster, version: programVersion(), name, silenceMs: DATA_SILENCE_MS };
}
