/**
 * A worker's connection to its coordinator, from the offer of its slots until it is closed.
 *
 * Invariants
 * - When it is closed everything that ran for it ends, before `done` is told: the next session begins with free slots.
 * - What is to be given back has ended before anything new begins: it may be for the same slots.
 */
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Log, LogFields } from '../../common/log.js';
import { errorOf } from '../../common/errors.js';
import { failureOf } from '../../rpc/failure-of.js';
import { decodeWorkerCommand, encodeMessage } from '../../rpc/message-codec.js';
import { PeersIn } from '../../rpc/shared-peers.js';
import type { WorkerCommand, WorkerReport } from '../../rpc/worker-messages.js';
import type { Registry } from '../../spec/registry.js';
import type { WireError } from '../../wire/wire-error.js';
import { entryOf } from '../logging/log-writer.js';
import { plural } from '../presentation/numbers-text.js';
import { withoutSecrets } from '../presentation/without-secrets.js';
import { systemClock } from '../runtime/system-clock.js';
import { SocketConnection } from '../transport/socket-connection.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { AssignedJob, type DataPlane } from './assigned-job.js';
import { connectionOptions, type ClusterMember } from './cluster-connection.js';

export interface WorkerSessionOptions extends ClusterMember {
  readonly slots: number;
  /** For what the worker alone needs. */
  readonly localDir: string;
  readonly registry: Registry;
  readonly telemetry: Telemetry;
  readonly data: DataPlane;
  readonly log: Log;
}

export interface WorkerSessionEvents {
  /** The coordinator has the offer. */
  opened(): void;
  /** The last call. @param error absent: the connection was closed on purpose */
  done(error: WireError | undefined): void;
}

type Assign = Extract<WorkerCommand, { readonly kind: 'assign' }>;

export class WorkerSession {
  readonly #connection: SocketConnection;
  readonly #peers = new PeersIn();
  readonly #jobs = new Map<number, AssignedJob>();
  /** Assignments that wait until others have been given back. */
  readonly #waiting = new Set<number>();
  /** The latest of each assignment's job. */
  readonly #attempts = new Map<number, string>();
  readonly #closing = new Set<Promise<void>>();
  #taskManagers = 0;
  #isOpen = false;

  /** @param socket connecting */
  constructor(
    socket: Socket,
    private readonly options: WorkerSessionOptions,
    events: WorkerSessionEvents,
  ) {
    const { slots } = options;
    this.#connection = new SocketConnection(
      socket,
      connectionOptions(options, 'worker', ['coordinator']),
      systemClock,
      {
        opened: (connection) => {
          connection.send(encodeMessage({ kind: 'offer', slots }));
          this.#isOpen = true;
          events.opened();
        },
        received: (payload) => this.#command(decodeWorkerCommand(payload)),
        closed: (error) => void this.#end().then(() => events.done(error)),
      },
    );
  }

  /** Its jobs go on elsewhere behind a checkpoint; it is closed when they do, or by `close`. */
  leave(): void {
    if (this.#isOpen) this.#send({ kind: 'leaving' });
    else this.close();
  }

  close(): void {
    this.#connection.close();
  }

  #command(command: WorkerCommand): void {
    switch (command.kind) {
      case 'assign':
        this.#waiting.add(command.assignment);
        return void Promise.all(this.#closing).then(() => this.#assign(command));
      case 'release':
        return this.#release(command.assignment);
      case 'dismiss':
        return this.close();
      case 'peers':
        return this.#peers.hear(command);
      case 'command':
        return this.#hand(command);
    }
  }

  #hand(command: Extract<WorkerCommand, { readonly kind: 'command' }>): void {
    const { assignment, taskManager } = command;
    const message = this.#peers.message(command);
    if (message.kind === 'deploy') {
      const { epoch, attempt } = message.deployment.id;
      this.#attempts.set(assignment, `${epoch}.${attempt}`);
    }
    this.#jobs.get(assignment)?.worker.receive(taskManager, message);
  }

  #assign({ assignment, slots, graph, secrets, heartbeat }: Assign): void {
    if (!this.#waiting.delete(assignment)) return;
    const { registry, cluster, data, name, localDir, telemetry, log } = this.options;
    log(`${plural(slots, 'slot')} for ${graph.name}`);
    const job = {
      ...{ graph, slots, heartbeat, registry, cluster, data, telemetry },
      name: `${name}/${assignment}`,
      localDir: join(localDir, String(assignment)),
      log: (message: string, about: LogFields = {}) => {
        const attempt = this.#attempts.get(assignment);
        const fields = { job: graph.name, ...(attempt === undefined ? {} : { attempt }), ...about };
        const shown = withoutSecrets(message, secrets);
        log(shown, fields);
        this.#send({ kind: 'log', assignment, entry: entryOf(shown, fields) });
      },
    };
    try {
      const assigned = new AssignedJob(job, {
        newName: () => `${name}/${assignment}/${++this.#taskManagers}`,
        send: (taskManager, report) => this.#send({ kind: 'report', assignment, taskManager, report }),
        counted: (changes) => this.#send({ kind: 'metrics', assignment, changes }),
        broken: (failure) => this.#send({ kind: 'broken', assignment, failure }),
      });
      this.#jobs.set(assignment, assigned);
    } catch (error) {
      this.#send({ kind: 'broken', assignment, failure: failureOf(error, { retriable: false }) });
    }
  }

  #release(assignment: number): void {
    this.#peers.forget(assignment);
    const job = this.#jobs.get(assignment);
    this.#jobs.delete(assignment);
    this.#attempts.delete(assignment);
    this.#waiting.delete(assignment);
    const released = (): void => this.#send({ kind: 'released', assignment });
    if (job === undefined) released();
    else void this.#close(job).then(released);
  }

  async #close(job: AssignedJob): Promise<void> {
    const closing = job.close().catch((error: unknown) => this.options.log(errorOf(error).message));
    this.#closing.add(closing);
    await closing;
    this.#closing.delete(closing);
  }

  async #end(): Promise<void> {
    for (const job of this.#jobs.values()) void this.#close(job);
    this.#jobs.clear();
    this.#waiting.clear();
    await Promise.all(this.#closing);
  }

  #send(report: WorkerReport): void {
    this.#connection.send(encodeMessage(report));
  }
}
