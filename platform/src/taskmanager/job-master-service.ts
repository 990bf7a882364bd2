/**
 * The I/O around a JobMaster: its storage, timers and searches for splits. What it has to say to task managers goes to the
 * host, in this process or over a connection.
 *
 * Invariants
 * - The JobMaster is told one thing at a time: what its effects bring about is queued behind what it is told now.
 * - Every question is answered: at the latest when the job has ended.
 */
import type { Clock } from '../common/clock.js';
import type { Storage, StorageAnswer, StorageRequest } from '../common/storage.js';
import type { JobEffect, JobEvent, JobNotice } from '../coordinator/job-events.js';
import type { JobMaster } from '../coordinator/job-master.js';
import type { AddressAnswer, AddressQuestion } from '../job/address-question.js';
import type { TaskCommand } from '../rpc/task-execution.js';
import type { LeaderAnswer } from '../rpc/task-manager.js';
import type { SplitSearches } from './split-searches.js';

/** The folder of a checkpoint or savepoint in the job's storage, or why there is none. */
export type Answer = { readonly folder: string } | { readonly reason: string };

const ENDED: AddressAnswer = { kind: 'refused', why: 'conflict', message: 'the job has ended' };

export interface JobMasterWorld {
  readonly clock: Clock;
  /** The job's checkpoint storage. */
  readonly storage: Storage;
  readonly searches: SplitSearches;
  /** See JobEnvironment. */
  readonly failpoint?: (name: string) => void;
}

export interface JobMasterHost {
  send(taskManager: string, message: TaskCommand | LeaderAnswer): void;
  observe(notice: JobNotice): void;
  /** The JobMaster has done all that it was told. */
  stepped(): void;
}

export class JobMasterService {
  readonly #events: JobEvent[] = [];
  readonly #timers = new Map<number, () => void>();
  readonly #answers = new Map<string, (result: Answer) => void>();
  readonly #addressAnswers = new Map<string, (answer: AddressAnswer) => void>();
  #isStepping = false;
  #requests = 0;
  /** Why the storage did not do what it was asked last. */
  #storageTrouble: string | undefined;

  constructor(
    readonly master: JobMaster,
    private readonly world: JobMasterWorld,
    private readonly host: JobMasterHost,
  ) {}

  tell(event: JobEvent): void {
    this.#events.push(event);
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
        for (const effect of this.master.step(next)) this.#act(effect);
      }
    } finally {
      this.#isStepping = false;
    }
    this.host.stepped();
  }

  /** @param event to be answered under the request's name */
  ask(event: (request: string) => JobEvent): Promise<Answer> {
    const request = String(++this.#requests);
    return new Promise((resolve) => {
      this.#answers.set(request, resolve);
      this.tell(event(request));
      if (this.master.isTerminal) resolve({ reason: 'the job has ended' });
    });
  }

  askAddress(question: AddressQuestion): Promise<AddressAnswer> {
    const request = String(++this.#requests);
    return new Promise((resolve) => {
      this.#addressAnswers.set(request, resolve);
      this.tell({ kind: 'ask-address', request, question });
      if (this.master.isTerminal) resolve(ENDED);
    });
  }

  #act(effect: JobEffect): void {
    switch (effect.kind) {
      case 'send':
        return this.host.send(effect.taskManager, effect.message);
      case 'storage':
        void this.#store(effect.ask).then((answer) => this.tell({ kind: 'storage', request: effect.request, answer }));
        return;
      case 'schedule': {
        const { timer, ms } = effect;
        const fire = (): void => {
          this.#timers.delete(timer);
          this.tell({ kind: 'timer', timer });
        };
        this.#timers.set(timer, this.world.clock.schedule(ms, fire));
        return;
      }
      case 'unschedule':
        this.#timers.get(effect.timer)?.();
        this.#timers.delete(effect.timer);
        return;
      case 'discover':
        void this.world.searches
          .discover(effect)
          .then((found) => this.tell({ kind: 'splits', discovery: effect.discovery, found }));
        return;
      case 'notify':
        this.#observe(effect.notice);
    }
  }

  async #store(ask: StorageRequest): Promise<StorageAnswer> {
    const { failpoint, storage } = this.world;
    failpoint?.(`storage.before-${ask.op}`);
    const answer = await storage.request(ask);
    failpoint?.(`storage.after-${ask.op}`);
    this.#tellOfStorage(answer);
    return answer;
  }

  /** The JobMaster asks again until it has an answer, however long that takes: somebody should know why nothing happens. */
  #tellOfStorage(answer: StorageAnswer): void {
    const trouble = !answer.ok && answer.code === 'io' ? answer.message : undefined;
    if (trouble !== undefined && this.#storageTrouble === undefined)
      this.#observe({ kind: 'warning', message: `the checkpoint storage fails, and is asked again: ${trouble}` });
    this.#storageTrouble = trouble;
  }

  #observe(notice: JobNotice): void {
    this.host.observe(notice);
    if (notice.kind === 'answer') {
      this.#answers.get(notice.request)?.(notice.result);
      this.#answers.delete(notice.request);
    }
    if (notice.kind === 'address-answer') {
      this.#addressAnswers.get(notice.request)?.(notice.answer);
      this.#addressAnswers.delete(notice.request);
    }
    if (notice.kind === 'job-state' && this.master.isTerminal) {
      for (const answer of this.#answers.values()) answer({ reason: `the job is ${notice.state}` });
      this.#answers.clear();
      for (const answer of this.#addressAnswers.values()) answer(ENDED);
      this.#addressAnswers.clear();
    }
  }
}
