/**
 * A task manager's side of its relation to the JobMaster: registers, sends heartbeats, hands commands to the task executor,
 * and ends everything when it has lost its leader. A synchronous machine; see rpc/task-manager.ts for the protocol.
 *
 * Invariants
 * - Under one name it registers once. It registers only when nothing runs.
 * - Leaders of lower epochs than the highest that it has heard of are ignored, whatever they say.
 * - An attempt is handed to the executor at most once, and never after it was told to cancel it.
 */
import type { Clock } from '../common/clock.js';
import { Lifecycle, type TransitionObserver, type TransitionTable } from '../common/transition-table.js';
import type { FoundSplits } from '../job/found-splits.js';
import { attemptName, type TaskCommand, type TaskDeployment, type TaskReport } from '../rpc/task-execution.js';
import {
  isLiving,
  type AttemptStatus,
  type LeaderAnswer,
  type SlotAddresses,
  type TaskManagerReport,
} from '../rpc/task-manager.js';

/**
 * - `registering`: it asks to be registered until it is;
 * - `registered`: it runs tasks and sends heartbeats;
 * - `ending`: it has lost its leader, and ends what runs.
 */
export type ConnectionState = 'registering' | 'registered' | 'ending';

export const CONNECTION_TRANSITIONS: TransitionTable<ConnectionState> = {
  registering: ['registered'],
  registered: ['ending'],
  ending: ['registering'],
};

export interface LeaderConnectionOptions {
  readonly slots: number;
  readonly heartbeatMs: number;
  /** Without a word of the leader for so long, it is lost. */
  readonly timeoutMs: number;
}

export interface LeaderConnectionHost {
  /** A name that no task manager ever had. */
  newName(): string;
  send(name: string, report: TaskManagerReport | TaskReport): void;
  /** To the task executor. */
  command(command: TaskCommand): void;
}

export class LeaderConnection {
  readonly #life: Lifecycle<ConnectionState>;
  #name = '';
  /** The highest that was heard of. */
  #epoch = 0;
  /** `Clock.monotonic()` of the leader's last word. */
  #heard = 0;
  /** Of this registration. */
  #attempts = new Map<string, AttemptStatus>();
  #addresses: SlotAddresses | undefined;
  #cancelBeat: () => void = () => undefined;

  constructor(
    private readonly options: LeaderConnectionOptions,
    private readonly clock: Clock,
    private readonly host: LeaderConnectionHost,
    observer: TransitionObserver | undefined,
  ) {
    this.#life = new Lifecycle<ConnectionState>('leader-connection', CONNECTION_TRANSITIONS, 'registering', observer);
  }

  start(): void {
    this.#register();
  }

  /** Where the slots are reached, from now on. A leader hears of it before anything else. */
  locate(addresses: SlotAddresses): void {
    this.#addresses = addresses;
    if (this.#life.state === 'registered') this.#sendHeartbeat();
  }

  /** Says nothing by itself any more; nothing is to be told to it after this. */
  close(): void {
    this.#cancelBeat();
  }

  /** The executor's reports go through here, so that heartbeats can repeat them. */
  report(report: TaskReport): void {
    if (report.kind === 'state') {
      const { id, state, failure } = report;
      const { exhausted = false, found = NOTHING_FOUND } = this.#attempts.get(attemptName(id)) ?? {};
      this.#note({ id, state, exhausted, found, ...(failure === undefined ? {} : { failure }) });
    } else if (report.kind === 'exhausted') {
      const status = this.#attempts.get(attemptName(report.id));
      if (status !== undefined) this.#note({ ...status, exhausted: true });
    }
    if (this.#life.state === 'registered') this.host.send(this.#name, report);
    else this.#registerIfNothingRuns();
  }

  /** @param to the name that the message is for */
  receive(to: string, message: TaskCommand | LeaderAnswer): void {
    if (to !== this.#name) return;
    if (message.kind === 'leader') this.#answered(message);
    else if (this.#life.state === 'registered') this.#command(message);
  }

  #answered({ epoch, known }: LeaderAnswer): void {
    if (epoch < this.#epoch) return;
    const isSame = epoch === this.#epoch;
    this.#epoch = epoch;
    this.#heard = this.clock.monotonic();
    if (this.#life.state === 'registering') {
      if (known) this.#life.to('registered');
      else this.#register();
    } else if (this.#life.state === 'registered' && !(known && isSame)) {
      this.#lose();
    }
  }

  #command(command: TaskCommand): void {
    const { id } = command.kind === 'deploy' ? command.deployment : command;
    if (id.epoch < this.#epoch) return;
    const isKnown = this.#attempts.has(attemptName(id));
    if (command.kind === 'deploy') {
      if (!isKnown) this.#deploy(command.deployment);
    } else if (command.kind === 'cancel' && !isKnown) {
      this.report({ kind: 'state', id, state: 'canceled' });
    } else {
      if (command.kind === 'add-splits') this.#noteFound(command);
      this.host.command(command);
    }
  }

  #deploy(deployment: TaskDeployment): void {
    const { id, found } = deployment;
    this.#note({ id, state: 'initializing', exhausted: false, found: countOf(found) });
    this.host.command({ kind: 'deploy', deployment });
  }

  /** Messages overtake each other: what was found only grows. */
  #noteFound({ id, found }: Extract<TaskCommand, { readonly kind: 'add-splits' }>): void {
    const status = this.#attempts.get(attemptName(id));
    if (status === undefined) return;
    const { splits, more } = status.found;
    const told = { splits: Math.max(splits, found.splits.length), more: more && found.more };
    this.#note({ ...status, found: told });
  }

  #note(status: AttemptStatus): void {
    this.#attempts.set(attemptName(status.id), status);
  }

  #register(): void {
    this.#name = this.host.newName();
    this.#attempts = new Map();
    this.#beat();
  }

  /** Says that it lives, now and again and again. */
  #beat(): void {
    this.#cancelBeat();
    this.#cancelBeat = this.clock.schedule(this.options.heartbeatMs, () => this.#beat());
    if (this.#life.state === 'registering') {
      this.host.send(this.#name, { kind: 'register', slots: this.options.slots, ...this.#located() });
    } else if (this.clock.monotonic() - this.#heard > this.options.timeoutMs) {
      this.#lose();
    } else {
      this.#sendHeartbeat();
    }
  }

  #sendHeartbeat(): void {
    this.host.send(this.#name, { kind: 'heartbeat', attempts: [...this.#attempts.values()], ...this.#located() });
  }

  #located(): { readonly addresses?: SlotAddresses } {
    return this.#addresses === undefined ? {} : { addresses: this.#addresses };
  }

  #lose(): void {
    this.#cancelBeat();
    this.#life.to('ending');
    for (const status of [...this.#attempts.values()])
      if (isLiving(status)) this.host.command({ kind: 'cancel', id: status.id });
    this.#registerIfNothingRuns();
  }

  #registerIfNothingRuns(): void {
    if (this.#life.state !== 'ending' || [...this.#attempts.values()].some(isLiving)) return;
    this.#life.to('registering');
    this.#register();
  }
}

const NOTHING_FOUND: AttemptStatus['found'] = { splits: 0, more: false };

function countOf({ splits, more }: FoundSplits): AttemptStatus['found'] {
  return { splits: splits.length, more };
}
