/**
 * A small world around JobMasters: a storage, task managers whose tasks only acknowledge, messages that come in any order,
 * twice or never. What happens next is drawn, so a seed is a history.
 */
import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import type { SourceSplit } from '@tidegate/connectors/api';
import { decodeEntry, type LogEntry } from '../../src/checkpoint/log-entry.js';
import { filesOfCheckpoint } from '../../src/checkpoint/snapshot-files.js';
import { LOG_PREFIX, STATE_PREFIX, subtaskFolder } from '../../src/checkpoint/storage-layout.js';
import type { StorageAnswer, StorageRequest } from '../../src/common/storage.js';
import type { TransitionObserver, TransitionTable } from '../../src/common/transition-table.js';
import type { JobEffect, JobEvent, JobNotice } from '../../src/coordinator/job-events.js';
import { JobMaster } from '../../src/coordinator/job-master.js';
import type { JobOptions } from '../../src/coordinator/job-options.js';
import type { CheckpointBarrier } from '../../src/job/checkpoint-barrier.js';
import type { FoundSplits } from '../../src/job/found-splits.js';
import { edgeId, type JobEdge } from '../../src/job/job-graph.js';
import type { ChannelStateHandle } from '../../src/job/state-handle.js';
import {
  attemptName,
  type AttemptId,
  type Failure,
  type TaskCommand,
  type TaskDeployment,
} from '../../src/rpc/task-execution.js';
import type { AttemptStatus, LeaderAnswer } from '../../src/rpc/task-manager.js';

/** mulberry32 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Counts transitions. */
export class Visits implements TransitionObserver {
  readonly taken = new Set<string>();
  readonly tables = new Map<string, TransitionTable<string>>();

  visit<S extends string>(name: string, table: TransitionTable<S>, from: S, to: S): void {
    this.tables.set(name, table);
    this.taken.add(`${name}: ${from} → ${to}`);
  }
}

export interface Weather {
  /** Probabilities. */
  loss: number;
  duplication: number;
  ioErrors: number;
  full: number;
  /** A snapshot's file is written, and nobody is told. */
  silence: number;
  /** The outer system does not say which splits it has. */
  hidden: number;
}

export const CALM: Weather = { loss: 0, duplication: 0, ioErrors: 0, full: 0, silence: 0, hidden: 0 };

interface Task {
  /** Who deployed it. */
  readonly leader: Leader;
  status: AttemptStatus;
  barriers: Map<number, CheckpointBarrier>;
}

export interface TaskManager {
  readonly name: string;
  readonly slots: number;
  isUp: boolean;
  /** The one leader that it can reach; undefined: all. */
  reaches: Leader | undefined;
  readonly tasks: Map<string, Task>;
  readonly canceled: Set<string>;
}

export interface Leader {
  readonly name: string;
  readonly master: JobMaster;
  /** Dead leaders hear nothing; what they asked of the storage may still happen. */
  isUp: boolean;
  isPaused: boolean;
  readonly notices: JobNotice[];
}

interface Happening {
  readonly due: number;
  /** Paused leaders hear later. */
  readonly of?: Leader;
  readonly timer?: number;
  run(): void;
}

const SPLITS_MAX = 9;

export class ControlWorld {
  now = 1_000_000;
  readonly files = new Map<string, Uint8Array>();
  readonly taskManagers: TaskManager[] = [];
  readonly leaders: Leader[] = [];
  readonly trace: string[] = [];
  readonly visits = new Visits();
  weather: Weather = { ...CALM };
  #exhausts = false;
  #splits = 1;
  /** Checkpoints that still find something in flight. */
  goesRound = 0;
  readonly #rounds = new Map<number, boolean>();
  /** The edge that it goes round on. */
  readonly #loop: JobEdge | undefined;
  /** Called after every storage request. */
  readonly watchers: (() => void)[] = [];
  #happenings: Happening[] = [];
  #names = 0;

  constructor(
    readonly random: () => number,
    private readonly options: Omit<JobOptions, 'leader'>,
  ) {
    this.#loop = options.graph.edges.find(({ feedback }) => feedback);
  }

  chance(probability: number): boolean {
    return probability > 0 && this.random() < probability;
  }

  // Processes.

  lead(more: Partial<JobOptions> = {}): Leader {
    const name = `leader-${++this.#names}`;
    const time = { now: () => this.now, monotonic: () => this.now };
    const ports = { time, random: { next: this.random }, observer: this.visits };
    const master = new JobMaster({ ...this.options, leader: name, ...more }, ports);
    const leader: Leader = { name, master, isUp: true, isPaused: false, notices: [] };
    this.leaders.push(leader);
    this.tell(leader, { kind: 'lead' });
    return leader;
  }

  start(slots: number): TaskManager {
    const name = `worker-${++this.#names}`;
    const taskManager: TaskManager = {
      ...{ name, slots, isUp: true, reaches: undefined, tasks: new Map(), canceled: new Set() },
    };
    this.taskManagers.push(taskManager);
    this.#beat(taskManager);
    return taskManager;
  }

  tell(leader: Leader, event: JobEvent): void {
    if (!leader.isUp) return;
    for (const effect of leader.master.step(event)) this.#carryOut(leader, effect);
  }

  #carryOut(leader: Leader, effect: JobEffect): void {
    switch (effect.kind) {
      case 'notify':
        leader.notices.push(effect.notice);
        this.trace.push(`${leader.name}: ${noticeText(effect.notice)}`);
        return;
      case 'send':
        return this.#message(() => this.#receive(leader, effect.taskManager, effect.message));
      case 'storage':
        return this.#ask(leader, effect.request, effect.ask);
      case 'schedule': {
        const { timer, ms } = effect;
        const run = () => this.tell(leader, { kind: 'timer', timer });
        return this.#add({ due: this.now + ms, run, of: leader, timer });
      }
      case 'unschedule':
        this.#happenings = this.#happenings.filter(({ of, timer }) => of !== leader || timer !== effect.timer);
        return;
      case 'discover': {
        const failure = { code: 'TG400', message: 'not found', retriable: this.chance(0.7) };
        const found = this.chance(this.weather.hidden) ? failure : this.#discovered();
        const event = { kind: 'splits', discovery: effect.discovery, found } as const;
        return this.#later(1, () => this.tell(leader, event), leader);
      }
    }
  }

  /** There come more, one by one, until the sources are exhausted. */
  #discovered(): { readonly splits: readonly SourceSplit[]; readonly againMs?: number } {
    if (!this.#exhausts && this.#splits < SPLITS_MAX && this.chance(0.1)) this.#splits++;
    const splits = Array.from({ length: this.#splits }, (_, i) => ({ id: `split-${i}` }));
    return { splits, ...(this.#exhausts ? {} : { againMs: 25 }) };
  }

  // The storage.

  #ask(leader: Leader, request: number, ask: StorageRequest): void {
    this.#later(this.random() * 4, () => {
      // After an `io` the request may have happened, or not, or it happens later.
      const fails = this.chance(this.weather.ioErrors);
      const answer: StorageAnswer = fails ? { ok: false, code: 'io', message: 'io' } : this.#apply(ask);
      if (fails && this.chance(0.6)) this.#later(this.random() * 400, () => void this.#apply(ask));
      const event = { kind: 'storage', request, answer } as const;
      this.#later(this.random() * 4, () => this.tell(leader, event), leader);
    });
  }

  #apply(ask: StorageRequest): StorageAnswer {
    const answer = this.#applied(ask);
    const subject = 'name' in ask ? ask.name : 'names' in ask ? ask.names.join(' ') : ask.prefix;
    this.trace.push(`storage: ${ask.op} ${subject}: ${answer.ok ? 'ok' : answer.code}`);
    for (const watch of this.watchers) watch();
    return answer;
  }

  #applied(ask: StorageRequest): StorageAnswer {
    switch (ask.op) {
      case 'create':
        if (this.files.has(ask.name)) return { ok: false, code: 'exists', message: `${ask.name} is there` };
        if (this.chance(this.weather.full)) return { ok: false, code: 'full', message: 'no space left' };
        this.files.set(ask.name, ask.bytes);
        return { ok: true };
      case 'read': {
        const bytes = this.files.get(ask.name);
        return bytes === undefined ? { ok: false, code: 'missing', message: 'missing' } : { ok: true, bytes };
      }
      case 'list':
        return { ok: true, names: [...this.files.keys()].filter((name) => name.startsWith(ask.prefix)).sort() };
      case 'delete':
        for (const name of ask.names) this.files.delete(name);
        return { ok: true };
    }
  }

  readonly #decoded = new WeakMap<Uint8Array, LogEntry>();

  #entry(name: string): LogEntry | undefined {
    const bytes = this.files.get(name);
    if (bytes === undefined) return undefined;
    const entry = this.#decoded.get(bytes) ?? decodeEntry(bytes, name);
    this.#decoded.set(bytes, entry);
    return entry;
  }

  /** The entries of the checkpoint log, lowest first. */
  log(): LogEntry[] {
    const names = [...this.files.keys()].filter((name) => name.startsWith(LOG_PREFIX)).sort();
    return names.map((name) => this.#entry(name)!);
  }

  stateFiles(): string[] {
    return [...this.files.keys()].filter((name) => name.startsWith(STATE_PREFIX)).sort();
  }

  /** State files that the highest entry of the log needs. */
  neededFiles(): Set<string> {
    const names = [...this.files.keys()].filter((name) => name.startsWith(LOG_PREFIX)).sort();
    const top = names.at(-1);
    if (top === undefined) return new Set();
    const positions = this.#entry(top)!.retained.map(
      ({ position }) => `${LOG_PREFIX}${String(position).padStart(10, '0')}`,
    );
    const checkpoints = [...positions, top].flatMap((name) => {
      const found = this.#entry(name);
      assert.ok(found !== undefined, `${name}, which ${top} names, is there`);
      return found.kind === 'checkpoint' ? [found.metadata] : [];
    });
    return new Set(checkpoints.flatMap((metadata) => filesOfCheckpoint(metadata).map(({ name }) => name)));
  }

  // Task managers.

  #beat(taskManager: TaskManager): void {
    if (!taskManager.isUp) return;
    const attempts = [...taskManager.tasks.values()].map(({ status }) => status);
    for (const leader of this.leaders) {
      if (!leader.isUp || leader.master.isTerminal) continue;
      this.#report(leader, taskManager, { kind: 'register', slots: taskManager.slots });
      this.#report(leader, taskManager, { kind: 'heartbeat', attempts });
    }
    this.#later(20, () => this.#beat(taskManager));
  }

  #receive(leader: Leader, name: string, message: TaskCommand | LeaderAnswer): void {
    const taskManager = this.taskManagers.find((candidate) => candidate.name === name);
    if (taskManager === undefined || !taskManager.isUp || message.kind === 'leader') return;
    if (taskManager.reaches !== undefined && taskManager.reaches !== leader) return;
    if (message.kind === 'deploy') return this.#deploy(leader, taskManager, message.deployment);
    const attempt = attemptName(message.id);
    const task = taskManager.tasks.get(attempt);
    if (message.kind === 'cancel') {
      taskManager.canceled.add(attempt);
      if (task !== undefined && !isOver(task)) this.#to(leader, taskManager, task, 'canceled');
      else if (task === undefined) {
        this.#report(leader, taskManager, { kind: 'state', id: message.id, state: 'canceled' });
      }
      return;
    }
    if (task === undefined || isOver(task)) return;
    if (message.kind === 'add-splits') return this.#addSplits(task, message.found);
    if (message.kind === 'trigger-checkpoint') return this.#barrier(leader, message.id, message.barrier);
    if (message.kind === 'checkpoint-complete' && message.goesOn) {
      task.barriers.delete(message.checkpoint);
    } else if (message.kind === 'checkpoint-complete') {
      const barrier = [...task.barriers.values()].find(({ checkpoint, then }) => {
        return checkpoint <= message.checkpoint && then !== 'continue';
      });
      if (barrier !== undefined) this.#later(this.random() * 10, () => this.#finish(leader, taskManager, task));
    }
  }

  #deploy(leader: Leader, taskManager: TaskManager, deployment: TaskDeployment): void {
    const name = attemptName(deployment.id);
    if (taskManager.tasks.has(name) || taskManager.canceled.has(name)) return;
    for (const file of restoredFiles(deployment)) {
      // An older leader's deployment may come late: nothing will come of it.
      assert.ok(this.files.has(file) || !this.#isNewest(leader), `${file}, from which ${name} is restored, is there`);
    }
    this.#checkAlone(leader, deployment.id);
    const task: Task = {
      leader,
      status: {
        ...{ id: deployment.id, state: 'initializing', exhausted: false },
        found: { splits: deployment.found.splits.length, more: deployment.found.more },
      },
      barriers: new Map(),
    };
    taskManager.tasks.set(name, task);
    this.#to(leader, taskManager, task, 'initializing');
    this.#later(this.random() * 10, () => {
      if (isOver(task) || !taskManager.isUp) return;
      this.#to(leader, taskManager, task, 'running');
      if (deployment.restore?.ends) this.#later(this.random() * 10, () => this.#finish(leader, taskManager, task));
      this.#exhaust(task);
      if (task.status.exhausted) this.#report(leader, taskManager, { kind: 'exhausted', id: task.status.id });
    });
  }

  /** A leader never has two attempts of a subtask at work. */
  #checkAlone(leader: Leader, { epoch, task, subtask }: AttemptId): void {
    for (const { isUp, name, tasks } of this.taskManagers) {
      for (const other of tasks.values()) {
        const { id } = other.status;
        const isTwin = id.epoch === epoch && id.task === task && id.subtask === subtask && !isOver(other);
        const isKnown = leader.notices.every((notice) => {
          return notice.kind !== 'restart' || !notice.cause.message.startsWith(`${name} is lost`);
        });
        assert.ok(!isUp || !isTwin || !isKnown, `${attemptName(id)} has ended before another attempt is deployed`);
      }
    }
  }

  /** Sources have given everything, those that run and those that will. */
  exhaust(): void {
    this.#exhausts = true;
    for (const taskManager of this.taskManagers) {
      for (const task of taskManager.tasks.values()) this.#exhaust(task);
    }
  }

  /** A source has given everything when it has been told of all its splits, and that there are no more. */
  #exhaust(task: Task): void {
    const { splits, more } = task.status.found;
    if (this.#isSource(task) && this.#exhausts && !more) {
      assert.equal(splits, this.#splits);
      task.status = { ...task.status, exhausted: true };
    }
  }

  #addSplits(task: Task, { splits, more }: FoundSplits): void {
    const { found } = task.status;
    const told = { splits: Math.max(found.splits, splits.length), more: found.more && more };
    task.status = { ...task.status, found: told };
    this.#exhaust(task);
  }

  /** Whether no leader has written a fence above this one's. */
  #isNewest(leader: Leader): boolean {
    const epochOf = ({ notices }: Leader) =>
      Math.max(0, ...notices.map((one) => (one.kind === 'attempt' ? one.epoch : 0)));
    return this.leaders.every((other) => epochOf(other) <= epochOf(leader));
  }

  #isSource(task: Task): boolean {
    return task.status.id.task.startsWith('ingresses.');
  }

  #to(leader: Leader, taskManager: TaskManager, task: Task, state: AttemptStatus['state'], cause?: Failure): void {
    const broke = { code: 'TG400', message: 'it broke', retriable: true };
    const failure = state === 'failed' ? { failure: cause ?? broke } : {};
    task.status = { ...task.status, state, ...failure };
    this.#report(leader, taskManager, { kind: 'state', id: task.status.id, state, ...failure });
  }

  #report(leader: Leader, { name, ...taskManager }: TaskManager, report: Parameters<typeof reportEvent>[1]): void {
    if (!taskManager.isUp || (taskManager.reaches !== undefined && taskManager.reaches !== leader)) return;
    this.#message(() => this.tell(leader, reportEvent(name, report)), leader);
  }

  /** Barriers flow: every task of the source's attempt takes its snapshot, some time later. */
  #barrier(leader: Leader, source: AttemptId, barrier: CheckpointBarrier): void {
    for (const taskManager of this.taskManagers) {
      for (const task of taskManager.tasks.values()) {
        const { id } = task.status;
        const isSource = attemptName(id) === attemptName(source);
        if (id.epoch !== source.epoch || isOver(task) || task.barriers.has(barrier.checkpoint)) continue;
        if (this.#isSource(task) && !isSource) continue;
        task.barriers.set(barrier.checkpoint, barrier);
        this.#later(this.random() * 30, () => this.#snapshot(leader, taskManager, task, barrier));
      }
    }
  }

  #snapshot(leader: Leader, taskManager: TaskManager, task: Task, barrier: CheckpointBarrier): void {
    if (isOver(task) || !taskManager.isUp) return;
    const { id } = task.status;
    const name = `${subtaskFolder(id, barrier)}operator`;
    const content = new TextEncoder().encode(name);
    this.files.set(name, content);
    const file = { name, bytes: content.length, crc32: crc32(content) };
    if (this.chance(this.weather.silence)) return;
    this.#report(leader, taskManager, {
      kind: 'acknowledge',
      id,
      checkpoint: barrier.checkpoint,
      snapshot: {
        keyed: [],
        operators: [{ owner: id.task, name: 's', mode: 'union', entries: [{ file }] }],
        channels: this.#inFlight(id, barrier),
      },
      staged: [],
      metrics: { alignmentMs: 0, syncMs: 0, asyncMs: 0, bytes: content.length, inFlightBytes: 0 },
    });
  }

  #inFlight({ task, subtask }: AttemptId, { checkpoint }: CheckpointBarrier): ChannelStateHandle[] {
    if (this.#loop?.to !== task || subtask > 0) return [];
    this.#rounds.set(checkpoint, this.#rounds.get(checkpoint) ?? this.goesRound-- > 0);
    if (!this.#rounds.get(checkpoint)!) return [];
    return [{ edge: edgeId(this.#loop), producer: 0, consumer: 0, elements: { inline: Uint8Array.of(1) } }];
  }

  #finish(leader: Leader, taskManager: TaskManager, task: Task): void {
    if (!isOver(task) && taskManager.isUp) this.#to(leader, taskManager, task, 'finished');
  }

  /** A task that runs, or is about to, fails. @param of which task; any */
  failTask(failure?: Failure, of?: string): void {
    const alive = this.#alive().filter(({ task: { status } }) => of === undefined || status.id.task === of);
    const one = alive[Math.floor(this.random() * alive.length)];
    if (one !== undefined) this.#to(one.task.leader, one.taskManager, one.task, 'failed', failure);
  }

  /** Tasks come to their end by themselves. */
  finishTasks(): void {
    for (const { taskManager, task } of this.#alive()) this.#to(task.leader, taskManager, task, 'finished');
  }

  #alive(): { readonly taskManager: TaskManager; readonly task: Task }[] {
    return this.taskManagers
      .filter(({ isUp }) => isUp)
      .flatMap((taskManager) => [...taskManager.tasks.values()].map((task) => ({ taskManager, task })))
      .filter(({ task }) => !isOver(task));
  }

  // Time.

  #message(run: () => void, of?: Leader): void {
    if (this.chance(this.weather.loss)) return;
    this.#later(this.random() * 12, run, of);
    if (this.chance(this.weather.duplication)) this.#later(this.random() * 60, run, of);
  }

  #later(ms: number, run: () => void, of?: Leader): void {
    this.#add({ due: this.now + ms, run, ...(of === undefined ? {} : { of }) });
  }

  /** The soonest stands last; of those at one time the first that came. */
  #add(happening: Happening): void {
    let at = this.#happenings.length;
    while (at > 0 && this.#happenings[at - 1]!.due <= happening.due) at--;
    this.#happenings.splice(at, 0, happening);
  }

  /** Lets time pass. @returns whether `until` came true within `ms` */
  run(ms: number, until: () => boolean = () => false): boolean {
    const end = this.now + ms;
    while (!until()) {
      const at = this.#happenings.findLastIndex(({ of }) => of?.isPaused !== true);
      const next = this.#happenings[at];
      if (next === undefined || next.due > end) {
        this.now = end;
        return until();
      }
      this.#happenings.splice(at, 1);
      this.now = Math.max(this.now, next.due);
      if (next.of === undefined || next.of.isUp) next.run();
    }
    return true;
  }
}

function restoredFiles({ restore }: TaskDeployment): string[] {
  const entries = restore?.snapshot.operators.flatMap((handle) => handle.entries) ?? [];
  return entries.flatMap((entry) => ('file' in entry ? [entry.file.name] : []));
}

function isOver({ status: { state } }: Task): boolean {
  return state === 'finished' || state === 'canceled' || state === 'failed';
}

function reportEvent(taskManager: string, report: Extract<JobEvent, { kind: 'task-manager' }>['report']): JobEvent {
  return { kind: 'task-manager', taskManager, report };
}

function noticeText(notice: JobNotice): string {
  if (notice.kind === 'checkpoint-ended') {
    const { checkpoint, outcome, reason } = notice.statistics;
    return `checkpoint ${checkpoint} ${outcome} ${reason ?? ''}`;
  }
  return JSON.stringify(notice);
}
