/**
 * A client of functions whose answers are given on when the log has them, so that nothing comes of an answer that a failure
 * could make another one.
 *
 * Invariants
 * - What is applied is in the log. What is in the log and not applied when a checkpoint is taken is known here: the
 *   checkpoint has its messages, and what came of them must be done again.
 */
import type { EndpointDescription, InvocationBatch, InvocationOutcome } from '@tidegate/functions-sdk/protocol';
import type { EndpointDescriptor } from '../../job/function-endpoint.js';
import { declaredState } from '../declared-state.js';
import type { CallFailure, CallOutcome, Cancel, FunctionClient } from '../function-client.js';
import type { WaitingMessage } from '../function-message.js';
import type { InvocationLog } from './invocation-log.js';

export class LoggedClient implements FunctionClient {
  /** Numbers of entries. */
  readonly #unapplied = new Map<InvocationOutcome, number>();

  constructor(
    private readonly client: FunctionClient,
    private readonly log: InvocationLog,
    private readonly clock: { now(): number },
  ) {}

  /** Of outcomes that were given on, or will be, and of which nothing has come yet. */
  get unapplied(): readonly number[] {
    return [...this.#unapplied.values()];
  }

  /** Something has come of it, or nothing ever will. */
  applied(outcome: InvocationOutcome): void {
    this.#unapplied.delete(outcome);
  }

  call(
    endpoint: EndpointDescriptor,
    batches: readonly InvocationBatch[],
    done: (outcomes: readonly CallOutcome[]) => void,
  ): Cancel {
    return this.client.call(endpoint, batches, (outcomes) => {
      const isLogged = this.#append(batches, outcomes);
      if (isLogged) this.log.flush(() => done(outcomes));
      else done(outcomes);
    });
  }

  describe(endpoint: EndpointDescriptor, done: (told: EndpointDescription | CallFailure) => void): Cancel {
    return this.client.describe(endpoint, (told) => {
      if (!('kind' in told))
        for (const description of told.functions)
          this.log.append({ kind: 'declared', type: description.type, state: declaredState(description) });
      done(told);
    });
  }

  close(): Promise<void> {
    return this.client.close();
  }

  /** @returns whether there is anything to wait for */
  #append(batches: readonly InvocationBatch[], outcomes: readonly CallOutcome[]): boolean {
    let isLogged = false;
    for (const [index, { target, invocations }] of batches.entries()) {
      const outcome = outcomes[index];
      if (outcome?.kind === 'incomplete')
        this.log.append({ kind: 'declared', type: target.type, state: outcome.missing });
      if (outcome?.kind !== 'result') continue;
      const consumed = (invocations as readonly WaitingMessage[]).map(({ messageId }) => messageId ?? '');
      this.#unapplied.set(
        outcome,
        this.log.append({ kind: 'outcome', target, consumed, outcome, atMs: this.clock.now() }),
      );
      isLogged = true;
    }
    return isLogged;
  }
}
