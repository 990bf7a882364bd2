/** How the processes of a cluster speak to each other: what each side of a connection is told of the other, and when it gives up. */
import { MESSAGE_BYTES_MAX } from '../../rpc/message-codec.js';
import type { Heartbeat } from '../../rpc/worker-messages.js';
import type { ConnectionOptions } from '../../wire/connection.js';
import { PROTOCOL, type Role } from '../../wire/hello.js';
import { programVersion } from '../package-folder.js';
import type { SocketTransportOptions } from '../transport/socket-transport.js';

/** Of a process, among those that it connects to. */
export interface ClusterMember {
  readonly cluster: string;
  /** New with each process; of a worker, with each connection. */
  readonly name: string;
  readonly heartbeat: Heartbeat;
}

/** Less would take a process that is busy for one that is gone. */
export const HEARTBEAT_TIMEOUT_MS_MIN = 500;

/** Several of them fit into the timeout: one that comes late costs nothing. */
const HEARTBEATS = 10;

/** @param timeoutMs a process that is only slow lives on; of one that was killed its sockets tell at once */
export function heartbeatOf(timeoutMs: number): Heartbeat {
  return { intervalMs: Math.ceil(timeoutMs / HEARTBEATS), timeoutMs };
}

export function connectionOptions(
  { cluster, name, heartbeat }: ClusterMember,
  role: Role,
  peers: readonly Role[],
): ConnectionOptions {
  return {
    own: { protocol: PROTOCOL, version: programVersion(), cluster, role, name },
    roles: peers,
    payloadBytesMax: MESSAGE_BYTES_MAX,
    keepAliveMs: heartbeat.intervalMs,
    silenceMs: heartbeat.timeoutMs,
  };
}

/**
 * How a slot reaches those of other workers.
 * @param name for messages
 * @param heartbeat of workers: so long a slot may be silent
 * @param host where those of others reach it
 */
export function slotTransport(
  cluster: string,
  name: string,
  { timeoutMs }: Heartbeat,
  host: string,
): SocketTransportOptions {
  return { host, port: 0, cluster, version: programVersion(), name, silenceMs: timeoutMs };
}
