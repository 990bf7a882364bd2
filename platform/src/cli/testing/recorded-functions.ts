/**
 * Functions in a test of an application: nobody is called, what would be sent is kept, and nothing comes of it.
 *
 * Invariant: it answers when it is told to, so that a test goes the same way each time.
 */
import type { InvocationBatch, TypedValue } from '@tidegate/functions-sdk/protocol';
import { readEmitted } from '../../functions/emitted-value.js';
import type { CallFailure, CallOutcome, Cancel, FunctionClient } from '../../functions/function-client.js';
import type { EndpointDescriptor } from '../../job/function-endpoint.js';
import type { JsonObject } from '../../operators/sink/outgoing.js';

const NOTHING: CallOutcome = { kind: 'result', effects: { messages: [], delayed: [], egresses: [], state: [] } };
const UNKNOWN: CallFailure = { kind: 'failure', status: 405, retriable: false, message: 'a test calls nobody' };

export class RecordedFunctions implements FunctionClient {
  readonly #received = new Map<string, JsonObject[]>();
  #waiting: (() => void)[] = [];

  /** The messages for functions of a type: `{ id, type, message }`. */
  received(type: string): readonly JsonObject[] {
    return this.#received.get(type) ?? [];
  }

  /** Answers all that was asked. @returns whether there was anything */
  answer(): boolean {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const answer of waiting) answer();
    return waiting.length > 0;
  }

  call(
    _endpoint: EndpointDescriptor,
    batches: readonly InvocationBatch[],
    done: (outcomes: readonly CallOutcome[]) => void,
  ): Cancel {
    for (const { target, invocations } of batches)
      for (const { argument } of invocations) this.#receive(target.type, target.id, argument);
    return this.#later(() => done(batches.map(() => NOTHING)));
  }

  describe(_endpoint: EndpointDescriptor, done: (told: CallFailure) => void): Cancel {
    return this.#later(() => done(UNKNOWN));
  }

  close(): Promise<void> {
    this.#waiting = [];
    return Promise.resolve();
  }

  #receive(type: string, id: string, argument: TypedValue | undefined): void {
    const received = this.#received.get(type) ?? [];
    received.push({ id, type: argument?.typename, message: argument && readEmitted(argument) });
    this.#received.set(type, received);
  }

  #later(answer: () => void): Cancel {
    this.#waiting.push(answer);
    return () => void (this.#waiting = this.#waiting.filter((other) => other !== answer));
  }
}
