/**
 * Where workers connect: the coordinator's end of their connections.
 *
 * Invariants
 * - A worker is known from its offer until its connection is closed, under a name that it never had before.
 * - It speaks for itself alone: of assignments that it was given, by task managers that it has named after itself.
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

/** Of a task manager among those of its assignment. */
const NUMBER = /^\d{1,15}$/;

export class WorkerServer {
  readonly #server: Server;
  readonly #strangers: Strangers;
  readonly #refusals: LimitedLog;
  readonly #connections = new Set<SocketConnection>();
  /** Those that have offered slots, by name. */
  readonly #workers = new Map<string, SocketConnection>();
  /** Which worker has an assignment, and of how many slots. */
  readonly #assignments = new Map<number, { readonly owner: string; readonly slots: number }>();

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
    if (command.kind === 'assign') this.#assignments.set(command.assignment, { owner: worker, slots: command.slots });
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
          for (const [id, { owner }] of this.#assignments) if (owner === name) this.#assignments.delete(id);
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
    else if (isKnown && report.kind !== 'leaving') this.#heard(worker, report);
    else throw new WireError('malformed', `the worker ${worker} has not offered slots yet`);
  }

  #heard(worker: string, report: AssignmentReport): void {
    const { assignment } = report;
    const given = this.#assignments.get(assignment);
    // Of one that is over nothing counts any more.
    if (given === undefined) return;
    if (given.owner !== worker) throw new WireError('refused', `the worker ${worker} speaks for another one`);
    if (report.kind === 'report') {
      const { taskManager, report: told } = report;
      const prefix = `${worker}/${assignment}/`;
      if (!taskManager.startsWith(prefix) || !NUMBER.test(taskManager.slice(prefix.length)))
        throw new WireError('refused', `the worker ${worker} speaks by a task manager of another name`);
      if (told.kind === 'register' && told.slots > given.slots)
        throw new WireError('refused', `the worker ${worker} speaks of ${told.slots} slots, and has ${given.slots}`);
    }
    if (report.kind === 'released') this.#assignments.delete(assignment);
    this.host.received(report);
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
