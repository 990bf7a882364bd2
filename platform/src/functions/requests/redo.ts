/**
 * Does again what the log of invocations has behind the checkpoint that a job goes on from, without calling anybody: first
 * the messages that were done with are taken out of what waits, then what came of them is applied, in the log's order.
 *
 * Invariants
 * - Of what was told to somebody outside nothing is done otherwise, whatever else comes in which order afterwards.
 * - A message whose outcome is done again is not called for, whether it waits already or is brought again.
 * - An outcome that was refused (it took a token that another message had) is refused again; its messages are called for, unless a later
 *   outcome has them. The log has it, as it is written before it is looked at.
 */
import type { Address } from '@tidegate/functions-sdk/protocol';
import type { DelayedMessages } from '../delayed-messages.js';
import type { EffectsApplier } from '../effects.js';
import type { FunctionMessage } from '../function-message.js';
import type { FunctionTypes } from '../function-types.js';
import { callId, requestMessageId, requestOf } from '../message-id.js';
import { messageAt, type AppliedMessages } from './applied-messages.js';
import type { InvocationEntry } from './invocation-entry.js';
import { requestAt } from './request-messages.js';
import type { RequestTable } from './request-table.js';

export interface RedoOptions {
  readonly types: FunctionTypes;
  readonly applied: AppliedMessages;
  isOwn(id: string): boolean;
  warn(message: string): void;
}

export interface RedoTargets {
  readonly effects: EffectsApplier;
  readonly delayed: DelayedMessages;
  readonly table: RequestTable;
  send(message: FunctionMessage): void;
  /** As it was when it was given up. */
  giveUp(target: Address, message: Omit<FunctionMessage, 'target'>, reason: string): void;
}

type Outcome = Extract<InvocationEntry, { readonly kind: 'outcome' }>;

export class Redo {
  readonly #entries: readonly InvocationEntry[];
  /** Messages of outcomes that were refused, while no later entry has them. */
  readonly #refused = new Map<string, { readonly target: Address; readonly messageId: string }>();

  /** Of the log's entries those for the subtask's own addresses. */
  constructor(
    private readonly options: RedoOptions,
    past: readonly InvocationEntry[],
  ) {
    this.#entries = past.filter((entry) => entry.kind === 'declared' || options.isOwn(entry.target.id));
  }

  /** To be called before anything is made of what waits. */
  takeOut(nowMs: number): void {
    const { types, applied } = this.options;
    applied.beginRedo();
    const touched = new Map<string, Address>();
    for (const entry of this.#entries) {
      if (entry.kind !== 'outcome' && entry.kind !== 'given-up') continue;
      const { target } = entry;
      const consumed = entry.kind === 'outcome' ? entry.consumed : [requestMessageId(entry.request)];
      for (const messageId of consumed) if (messageId !== '') applied.add(target, messageId, nowMs);
      touched.set(`${target.type}\n${target.id}`, target);
    }
    for (const target of touched.values())
      types.get(target.type)?.backlog.keep(target.id, (message) => !applied.passOver({ ...message, target }));
  }

  apply(targets: RedoTargets): void {
    const { table } = targets;
    const decided = this.#entries.filter((entry) => entry.kind === 'decided');
    // A reply that was logged before a deadline and came about behind it has not come in time.
    const restore = ({ request, target, by, argument }: (typeof decided)[number]): void =>
      table.restoreDecision(request, target.id, by, argument);
    const byName = new Map(decided.map((entry) => [requestAt(entry.request, entry.target.id), entry]));
    decided.forEach(restore);
    for (const entry of this.#entries) {
      switch (entry.kind) {
        case 'request': {
          table.begin(entry.request, entry.target.id, entry.argument);
          const decision = byName.get(requestAt(entry.request, entry.target.id));
          if (decision !== undefined) restore(decision);
          break;
        }
        case 'decided':
          break;
        case 'declared':
          this.options.types.get(entry.type)?.state.register(entry.state);
          break;
        case 'given-up': {
          const { target, request, argument, reason } = entry;
          table.begin(request, target.id, argument);
          table.restoreFailure(request, target.id, reason);
          this.#refused.delete(messageAt(target, requestMessageId(request)));
          targets.giveUp(target, { caller: undefined, argument }, reason);
          break;
        }
        case 'outcome':
          this.#applyOutcome(entry, targets);
      }
    }
    this.#callForRefused(targets);
  }

  #applyOutcome(entry: Outcome, { effects, delayed, table, send }: RedoTargets): void {
    const { target, consumed, outcome, atMs } = entry;
    const type = this.options.types.get(target.type);
    if (type === undefined) return;
    delayed.free(target, outcome.effects.delayed, send);
    const call = callId(target, consumed[0] === '' ? undefined : consumed[0]);
    const unfit = effects.apply(type, target.id, outcome.effects, atMs, call);
    for (const messageId of consumed)
      if (unfit === undefined) this.#refused.delete(messageAt(target, messageId));
      else if (messageId !== '') this.#refused.set(messageAt(target, messageId), { target, messageId });
    if (unfit === undefined) {
      for (const messageId of consumed) this.#handled(target, messageId, table);
      return;
    }
    this.options.warn(`what came of a call of ${target.type} is not done again, but the call: ${unfit}`);
  }

  #handled({ id }: Address, messageId: string, table: RequestTable): void {
    const request = requestOf(messageId);
    if (request !== undefined) table.handled(request, id);
  }

  #callForRefused({ send }: RedoTargets): void {
    const { applied } = this.options;
    for (const { target, messageId } of this.#refused.values()) {
      const message = applied.takeBack(target, messageId);
      if (message !== undefined) send(message);
    }
    applied.endRedo();
  }
}
