/** A Dispatcher, and what a shell around it would see. */
import assert from 'node:assert/strict';
import { Dispatcher } from '../../../src/coordinator/dispatcher/dispatcher.js';
import type {
  DispatcherAnswer,
  DispatcherEffect,
  DispatcherEvent,
} from '../../../src/coordinator/dispatcher/dispatcher-events.js';
import type { RegistryEntry } from '../../../src/coordinator/dispatcher/registry-entry.js';
import { submissionOf } from './submissions.js';

/** A Dispatcher with a registry that takes what it is given at once, unless it is told to keep it waiting. */
export class DispatcherWorld {
  readonly dispatcher = new Dispatcher(undefined);
  readonly registry = new Map<string, RegistryEntry[]>();
  readonly answers = new Map<string, DispatcherAnswer>();
  /** In words. */
  done: string[] = [];
  /** Jobs whose entries are on their way. */
  readonly recording = new Map<string, RegistryEntry>();
  isHeld = false;
  #requests = 0;

  tell(event: DispatcherEvent): this {
    for (const effect of this.dispatcher.step(event)) this.#act(effect);
    return this;
  }

  submit(name: string, hash = 'hash', again = false): string {
    const request = String(++this.#requests);
    this.tell({ kind: 'submit', request, submission: submissionOf(name, hash), again });
    return request;
  }

  rescale(job: string, parallelism: number): string {
    const request = String(++this.#requests);
    this.tell({ kind: 'rescale', request, job, parallelism });
    return request;
  }

  /** @param kind of an event that is about a job, and answered */
  ask(kind: 'tell' | 'delete', job: string): string {
    const request = String(++this.#requests);
    this.tell({ kind, request, job });
    return request;
  }

  cancel(job: string): string {
    const request = String(++this.#requests);
    this.tell({ kind: 'cancel', request, job });
    return request;
  }

  /** The entry of a job that is on its way is durable now. */
  record(job: string): void {
    const entry = this.recording.get(job);
    if (entry === undefined) return;
    this.recording.delete(job);
    this.registry.set(job, [...(this.registry.get(job) ?? []), entry]);
    this.tell({ kind: 'recorded', job });
  }

  /** What was done since it was asked last. */
  take(): string[] {
    return this.done.splice(0);
  }

  state(job: string): string | undefined {
    return this.dispatcher.job(job)?.state;
  }

  #act(effect: DispatcherEffect): void {
    switch (effect.kind) {
      case 'answer':
        this.answers.set(effect.request, effect.answer);
        return;
      case 'record':
        assert.ok(!this.recording.has(effect.job), 'one entry at a time');
        this.recording.set(effect.job, effect.entry);
        if (!this.isHeld) this.record(effect.job);
        return;
      case 'start':
        return void this.done.push(this.#startText(effect));
      case 'cancel':
      case 'hand-over':
      case 'remind':
      case 'discard':
        return void this.done.push(`${effect.kind} ${effect.job}`);
      case 'assign':
      case 'release': {
        const { id, job, worker, slots } = effect.assignment;
        return void this.done.push(`${effect.kind} ${id}: ${slots} of ${worker} for ${job}`);
      }
      case 'dismiss':
        return void this.done.push(`dismiss ${effect.worker}`);
      case 'notice': {
        const { job, state, reason } = effect.notice;
        return void this.done.push(`${job} is ${state}${reason === undefined ? '' : `: ${reason}`}`);
      }
    }
  }

  #startText({ submission: { name, parallelism }, isRecovered }: Extract<DispatcherEffect, { kind: 'start' }>): string {
    return `start ${name}${parallelism === undefined ? '' : ` at ${parallelism}`}${isRecovered ? ' again' : ''}`;
  }
}
