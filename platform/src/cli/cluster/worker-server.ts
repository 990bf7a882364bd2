/**
 * Where workers connect: the coordinator's end of their connections.
 *
 * Invariants
 * - A worker is known from its offer until its connection is closed, under a name that it never had before.
 */
import type { Server, Socket } from 'node:net';
import { TidegateError } from '../../common/errors.js';
import { decodeWorkerReport, encodeMessage } from '../../rpc/message-codec.js';
import type { WorkerCommand, WorkerReport } from '../../rpc/worker-messages.js';
import { WireError } from '../../wire/wire-error.js';
import { systemClock } from '../runtime/system-clock.js';
import { LimitedLog } from '../transport/limited-log.js';
import { SocketConnection } from '../transport/socket-connection.js';
import { Strangers } from '../transport/strangers.js';
import type { Sockets } from '../transport/sockets.js';
import { addressText, type ClusterAddress } from './cluster-address.js';
import { connectionOptions, type ClusterMember } from './cluster-connection.js';

/** Of a worker that has offered slots. */
export type AssignmentReport = Exclude<WorkerReport, { readonly kind: 'offer' | 'leaving' }>;

export interface WorkerServerHost {
  offered(worker: string, slots: number): void;
  received(report: AssignmentReport): void;
  /** It is about to go. */
  leaving(worker: string): void;
  /** Of a worker that had offered slots. */
  lost(worker: string, reason: string): void;
  log(message: string): void;
}

export class WorkerServer {
  readonly #server: Server;
  readonly #strangers: Strangers;
  readonly #refusals: LimitedLog;
  readonly #connections = new Set<SocketConnection>();
  /** Those that have offered slots, by name. */
  readonly #workers = new Map<string, SocketConnection>();

  /** @param own the coordinator's process */
  constructor(
    private readonly own: ClusterMember,
    sockets: Sockets,
    private readonly host: WorkerServerHost,
  ) {
    this.#refusals = new LimitedLog(systemClock, host.log);
    this.#server = sockets.serve(
      'worker',
      (socket) => this.#serve(socket),
      (reason) => this.#refused(reason),
    );
    this.#strangers = new Strangers(this.#server);
  }

  /** @returns where it listens. @throws TidegateError TG450 */
  listen(address: ClusterAddress): Promise<ClusterAddress> {
    return listening(this.#server, address);
  }

  send(worker: string, command: WorkerCommand): void {
    this.#workers.get(worker)?.send(encodeMessage(command));
  }

  close(): void {
    this.#server.close();
    for (const connection of this.#connections) connection.close();
  }

  #serve(socket: Socket): void {
    let name: string | undefined;
    const options = connectionOptions(this.own, 'coordinator', ['worker']);
    const connection = new SocketConnection(socket, options, systemClock, {
      opened: (_, peer) => {
        name = peer.name;
        this.#strangers.known(socket);
      },
      received: (payload) => this.#received(connection, name!, decodeWorkerReport(payload)),
      closed: (error) => {
        this.#connections.delete(connection);
        const reason = error?.message ?? 'it has closed its connection';
        if (name !== undefined && this.#workers.get(name) === connection) {
          this.#workers.delete(name);
          this.host.lost(name, reason);
        } else if (error !== undefined && error.problem !== 'unheard') this.#refused(reason);
      },
    });
    this.#connections.add(connection);
  }

  #refused(reason: string): void {
    this.#refusals.say(`a connection was refused: ${reason}`);
  }

  #received(connection: SocketConnection, worker: string, report: WorkerReport): void {
    const isKnown = this.#workers.get(worker) === connection;
    if (report.kind === 'offer') {
      if (this.#workers.has(worker)) throw new WireError('refused', `the worker ${worker} is there already`);
      this.#workers.set(worker, connection);
      this.host.offered(worker, report.slots);
    } else if (isKnown && report.kind === 'leaving') this.host.leaving(worker);
    else if (isKnown && report.kind !== 'leaving') this.host.received(report);
    else throw new WireError('malformed', `the worker ${worker} has not offered slots yet`);
  }
}

/** @returns with the port that it was given. @throws TidegateError TG450 */
export function listening(server: Server, address: ClusterAddress): Promise<ClusterAddress> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(new TidegateError('TG450', `cannot listen on ${addressText(address)}: ${error.message}`)),
    );
    server.listen(address.port, address.host, () => {
      const bound = server.address();
      resolve({ ...address, port: typeof bound === 'object' && bound !== null ? bound.port : address.port });
    });
  });
}
