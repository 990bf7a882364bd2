/**
 * Takes jobs, brings each its JobMaster and its slots, and keeps what a coordinator must know that comes after this one:
 * Apache Flink's Dispatcher and ResourceManager. A synchronous machine: `step` takes what has happened and says what is
 * to be done.
 *
 * Invariants
 * - Nobody is told that a job was taken, is canceled or has ended before the registry holds it.
 * - A submission that is made once more changes nothing: a job is known by its name and the hash of what was submitted.
 * - A job that has not ended is taken up again by the next coordinator, and goes on from its latest checkpoint.
 * - A job of a worker that is about to go is stopped behind a checkpoint, and goes on with other slots when there are.
 * - A job is stopped for another parallelism only when there are slots enough for it, and those are its own from then on.
 */
import type { TransitionObserver } from '../../common/transition-table.js';
import {
  ResourceManager,
  shortageText,
  type ResourceEffect,
  type WorkerOverview,
} from '../../scheduling/resource-manager.js';
import type { SlotAssignment } from '../../scheduling/slot-allocator.js';
import type { DispatchedState } from './dispatched-states.js';
import { DispatchedJob } from './dispatched-job.js';
import type { DispatcherAnswer, DispatcherEffect, DispatcherEvent } from './dispatcher-events.js';
import type { JobEnd, JobSubmission } from './job-submission.js';
import type { RegisteredJob, RegistryEntry } from './registry-entry.js';

type Submit = Extract<DispatcherEvent, { readonly kind: 'submit' }>;

/** After a job could not be stopped for another parallelism. */
const RESCALE_AGAIN_MS = 1000;

export class Dispatcher {
  readonly #jobs = new Map<string, DispatchedJob>();
  readonly #resources = new ResourceManager();
  #effects: DispatcherEffect[] = [];

  constructor(private readonly observer: TransitionObserver | undefined) {}

  /** In the order of their submission. */
  jobs(): readonly DispatchedJob[] {
    return [...this.#jobs.values()];
  }

  job(name: string): DispatchedJob | undefined {
    return this.#jobs.get(name);
  }

  workers(): readonly WorkerOverview[] {
    return this.#resources.workers();
  }

  /** How many slots a job waits for. */
  missingSlots(job: string): number {
    return this.#resources.shortageOf(job)?.missing ?? 0;
  }

  /** @returns what is to be done, in this order */
  step(event: DispatcherEvent): readonly DispatcherEffect[] {
    this.#handle(event);
    return this.#effects.splice(0);
  }

  #handle(event: DispatcherEvent): void {
    switch (event.kind) {
      case 'recovered':
        for (const job of [...event.jobs].sort((a, b) => a.submission.submittedAt - b.submission.submittedAt))
          this.#takeUp(job);
        return;
      case 'submit':
        return this.#submit(event);
      case 'cancel':
        return this.#cancel(event.request, event.job);
      case 'tell':
        return this.#noteTold(event.request, event.job);
      case 'delete':
        return this.#delete(event.request, event.job);
      case 'rescale':
        return this.#rescale(event.request, event.job, event.parallelism);
      case 'worker':
        return this.#allocated(this.#resources.register(event.worker, event.slots));
      case 'worker-leaving':
        this.#resources.leave(event.worker);
        return this.#allocated([]);
      case 'worker-lost':
        for (const { reserved } of this.#jobs.values()) removeOf(event.worker, reserved);
        return this.#allocated(this.#resources.lose(event.worker));
      case 'released':
        return this.#allocated(this.#resources.released(event.assignment));
      default:
        return this.#hear(event, this.#jobs.get(event.job));
    }
  }

  /** What is told of a job. */
  #hear(event: Extract<DispatcherEvent, { readonly job: string }>, job: DispatchedJob | undefined): void {
    if (job === undefined) return;
    switch (event.kind) {
      case 'recorded':
        return job.records.recorded();
      case 'not-recorded':
        return this.#notRecorded(job, event.failure.message, event.failure.retriable);
      case 'started':
        return this.#started(job, event.slots);
      case 'handed-over':
        return this.#handedOver(job);
      case 'kept':
        return this.#kept(job, event.reason);
      case 'reminded':
        return this.#tryToRescale(job);
      case 'discarded':
        this.#jobs.delete(job.name);
        return this.#deletionDone(job, { kind: 'accepted' });
      case 'not-discarded':
        return this.#deletionDone(job, { kind: 'unavailable', message: event.message });
      case 'ended':
        return this.#end(job, event.end);
      case 'suspended':
        return this.#suspend(job, event.reason);
    }
  }

  // Submission.

  #submit({ request, submission, again }: Submit): void {
    const former = this.#jobs.get(submission.name);
    const refusal = former && refusalOf(former, submission, again);
    if (refusal !== undefined) return this.#answer(request, refusal);
    const job = this.#create(submission);
    this.#record(job, request, { kind: 'submitted', submission }, () => {
      this.#push({ kind: 'start', submission, isRecovered: false });
    });
  }

  #takeUp({ submission, isCancelled, isTold, isDeleted, end, parallelism, wanted }: RegisteredJob): void {
    const job = this.#create(submission, parallelism);
    job.isCancelled = isCancelled;
    job.isTold = isTold === true;
    job.end = end;
    if (end !== undefined || isDeleted) job.to(end?.state ?? 'cancelled');
    if (isDeleted) return this.#discard(job, []);
    if (end !== undefined) return;
    if (wanted !== undefined) job.rescale.want(wanted);
    this.#push({ kind: 'start', submission: job.startable, isRecovered: true });
  }

  /** In the place of a former one of this name. */
  #create(submission: JobSubmission, parallelism?: number): DispatchedJob {
    const { name } = submission;
    const write = (entry: RegistryEntry, afterMs: number) => this.#push({ kind: 'record', job: name, entry, afterMs });
    const job = new DispatchedJob(submission, write, this.observer, parallelism);
    this.#jobs.delete(job.name);
    this.#jobs.set(job.name, job);
    return job;
  }

  #cancel(request: string, name: string): void {
    const job = this.#jobs.get(name);
    if (job === undefined) return this.#answer(request, { kind: 'unknown-job' });
    if (job.end !== undefined)
      return this.#answer(request, { kind: 'conflict', message: `the job is ${job.end.state}` });
    this.#record(job, request, { kind: 'cancelled' }, () => {
      job.isCancelled = true;
      if (job.state === 'suspended') this.#to(job, 'cancelled');
      else if (job.isStarted && !job.isOver) this.#push({ kind: 'cancel', job: name });
    });
  }

  // After its end.

  #noteTold(request: string, name: string): void {
    const job = this.#jobs.get(name);
    if (job?.end === undefined) return this.#answer(request, { kind: 'unknown-job' });
    this.#record(job, request, { kind: 'told' }, () => (job.isTold = true));
  }

  #delete(request: string, name: string): void {
    const job = this.#jobs.get(name);
    if (job === undefined) return this.#answer(request, { kind: 'unknown-job' });
    if (job.deletion !== undefined) return void job.deletion.requests.push(request);
    if (!job.isEnded || !job.records.isEmpty)
      return this.#answer(request, { kind: 'conflict', message: `the job is ${job.state}: cancel or stop it first` });
    job.deletion = { requests: [request] };
    const refused = (message: string): void => this.#deletionDone(job, { kind: 'unavailable', message });
    job.records.put({ entry: { kind: 'deleted' }, then: () => this.#discard(job, [request]), refused });
  }

  #discard(job: DispatchedJob, requests: readonly string[]): void {
    job.deletion ??= { requests: [...requests] };
    this.#push({ kind: 'discard', job: job.name });
  }

  #deletionDone(job: DispatchedJob, answer: DispatcherAnswer): void {
    for (const request of job.deletion?.requests ?? []) this.#answer(request, answer);
    job.deletion = undefined;
  }

  // Another parallelism.

  #rescale(request: string, name: string, parallelism: number): void {
    const job = this.#jobs.get(name);
    if (job === undefined) return this.#answer(request, { kind: 'unknown-job' });
    if (job.isOver || job.end !== undefined || job.isCancelled) {
      const state = job.isCancelled ? 'cancelled' : (job.end?.state ?? job.state);
      return this.#answer(request, { kind: 'conflict', message: `the job is ${state}` });
    }
    // What is on its way to the registry may be something else, or this, but nobody may rely on it yet.
    if (job.records.isEmpty && job.rescale.wanted === parallelism) return this.#answer(request, { kind: 'known' });
    this.#record(job, request, { kind: 'rescale', parallelism }, () => {
      if (job.isOver) return;
      job.rescale.want(parallelism);
      this.#tryToRescale(job);
    });
  }

  #tryToRescale({ name, rescale, isStarted, isOver, isCancelled, end }: DispatchedJob): void {
    if (!isStarted || isOver || isCancelled || end !== undefined) return;
    const isToMove = this.#resources.isToMove(name);
    if (isToMove) rescale.move();
    const { state, wanted } = rescale;
    if (state !== 'waiting' || wanted === undefined) return;
    const hasRoom = this.#resources.hasRoom(name, wanted);
    rescale.reason = hasRoom ? undefined : shortageText(this.#resources.shortageFor(name, wanted));
    // Where its worker goes it cannot run on, with slots elsewhere or without.
    if (!hasRoom && !isToMove) return;
    rescale.save();
    this.#push({ kind: 'hand-over', job: name });
  }

  /** The slots that it had are given back, and those that it needs are its own at once. */
  #handedOver(job: DispatchedJob): void {
    const { name, rescale } = job;
    if (job.isOver || rescale.state !== 'saving') return;
    const before = rescale.parallelism ?? 0;
    // Others may have taken slots meanwhile: then it goes on as it was, and waits.
    const parallelism = [rescale.wanted ?? before, before].find((slots) => this.#resources.hasRoom(name, slots));
    job.isStarted = false;
    this.#allocated(
      parallelism === undefined ? this.#resources.want(name, 0) : this.#resources.exchange(name, parallelism),
    );
    rescale.start(parallelism ?? before);
    const start = (): void => {
      if (!job.isOver) this.#push({ kind: 'start', submission: job.startable, isRecovered: true });
    };
    if (rescale.parallelism === before) start();
    else this.#record(job, undefined, { kind: 'rescaled', parallelism: parallelism ?? before }, start);
  }

  #kept(job: DispatchedJob, reason: string): void {
    if (job.rescale.state !== 'saving') return;
    job.rescale.keep(reason);
    this.#push({ kind: 'remind', job: job.name, afterMs: RESCALE_AGAIN_MS });
  }

  // The registry.

  /** @param request to be answered then */
  #record(job: DispatchedJob, request: string | undefined, entry: RegistryEntry, then: () => void): void {
    const answer = (answer: DispatcherAnswer): void => {
      if (request !== undefined) this.#answer(request, answer);
    };
    job.records.put({
      entry,
      then: () => {
        answer({ kind: 'accepted' });
        then();
      },
      refused: (message) => answer({ kind: 'unavailable', message }),
    });
  }

  #notRecorded(job: DispatchedJob, message: string, isRetriable: boolean): void {
    if (isRetriable) return job.records.retry();
    job.records.refuse(message);
    this.#suspend(job, message);
  }

  // The course of a job.

  #started(job: DispatchedJob, slots: number): void {
    if (job.isOver) return;
    job.isStarted = true;
    job.rescale.started(slots);
    for (const assignment of job.reserved.splice(0)) this.#push({ kind: 'assign', assignment });
    this.#allocated(this.#resources.want(job.name, slots));
    if (job.isCancelled) this.#push({ kind: 'cancel', job: job.name });
  }

  /** Slots have come, or gone. */
  #allocated(effects: readonly ResourceEffect[]): void {
    for (const effect of effects) {
      const job = this.#jobs.get(effect.assignment.job);
      if (effect.kind === 'assign' && job?.isStarted !== true) job?.reserved.push(effect.assignment);
      else this.#push(effect);
    }
    for (const job of this.#jobs.values()) {
      if (!job.isStarted || job.isOver) continue;
      const shortage = this.#resources.shortageOf(job.name);
      const reason = shortage && shortageText(shortage);
      const state = shortage === undefined ? 'running' : 'waiting-for-slots';
      if (state === job.state && reason === job.reason) continue;
      job.reason = reason;
      if (state !== job.state) job.to(state);
      this.#notice(job);
    }
    for (const job of this.#jobs.values()) this.#tryToRescale(job);
    for (const worker of this.#resources.idleLeaving()) this.#push({ kind: 'dismiss', worker });
  }

  #end(job: DispatchedJob, end: JobEnd): void {
    if (job.end !== undefined || job.isOver) return;
    job.end = end;
    this.#record(job, undefined, { kind: 'ended', end }, () => this.#to(job, end.state));
    this.#giveSlotsBack(job);
  }

  #suspend(job: DispatchedJob, reason: string): void {
    if (job.isOver) return;
    job.reason = reason;
    job.to('suspended');
    this.#notice(job);
    this.#giveSlotsBack(job);
  }

  #giveSlotsBack(job: DispatchedJob): void {
    if (!job.isStarted && job.rescale.state !== 'starting') return;
    job.isStarted = false;
    job.reserved.splice(0);
    this.#allocated(this.#resources.withdraw(job.name));
  }

  #to(job: DispatchedJob, state: DispatchedState): void {
    job.reason = job.end?.failure?.message;
    job.to(state);
    this.#notice(job);
  }

  #notice({ name, state, reason }: DispatchedJob): void {
    this.#push({ kind: 'notice', notice: { job: name, state, ...(reason === undefined ? {} : { reason }) } });
  }

  #answer(request: string, answer: DispatcherAnswer): void {
    this.#push({ kind: 'answer', request, answer });
  }

  #push(effect: DispatcherEffect): void {
    this.#effects.push(effect);
  }
}

function removeOf(worker: string, assignments: SlotAssignment[]): void {
  const left = assignments.filter((assignment) => assignment.worker !== worker);
  assignments.splice(0, assignments.length, ...left);
}

/** Undefined: the job of this name makes way. */
function refusalOf(former: DispatchedJob, { hash }: JobSubmission, again: boolean): DispatcherAnswer | undefined {
  if (former.deletion !== undefined) return { kind: 'conflict', message: 'the job is being deleted: ask again' };
  if (former.isOver && former.records.isEmpty && (again || former.submission.hash !== hash)) return undefined;
  if (former.submission.hash === hash) return { kind: 'known' };
  return {
    kind: 'conflict',
    message: `the job is ${former.state}, and what is submitted differs from it: cancel or stop it first`,
  };
}
