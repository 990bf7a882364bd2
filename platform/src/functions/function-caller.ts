/**
 * Between the group, which is synchronous, and the client, which answers when it pleases: answers wait here until the task
 * takes them, so that they come between frames and never within one.
 */
import type { EndpointDescription, InvocationBatch } from '@tidegate/functions-sdk/protocol';
import type { Clock } from '../common/clock.js';
import type { EndpointDescriptor } from '../job/function-endpoint.js';
import type { CallFailure, CallOutcome, FunctionClient } from './function-client.js';
import type { FunctionGroup } from './function-group.js';

type Answer =
  | {
      readonly kind: 'answered';
      readonly call: number;
      readonly outcomes: readonly CallOutcome[];
      readonly tookMs: number;
    }
  | { readonly kind: 'described'; readonly endpoint: string; readonly told: EndpointDescription | CallFailure };

export class FunctionCaller {
  #answers: Answer[] = [];

  constructor(
    private readonly client: FunctionClient,
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly wake: () => void,
  ) {}

  call(call: number, endpoint: EndpointDescriptor, batches: readonly InvocationBatch[]): void {
    const start = this.clock.monotonic();
    this.client.call(endpoint, batches, (outcomes) =>
      this.#put({ kind: 'answered', call, outcomes, tookMs: this.clock.monotonic() - start }),
    );
  }

  describe(endpoint: EndpointDescriptor): void {
    this.client.describe(endpoint, (told) => this.#put({ kind: 'described', endpoint: endpoint.id, told }));
  }

  /** Has the group take what has come, one after the other. @param told called behind each */
  tell(group: FunctionGroup, told: () => void): void {
    const answers = this.#answers;
    if (answers.length === 0) return;
    this.#answers = [];
    for (const answer of answers) {
      if (answer.kind === 'answered') group.answered(answer.call, answer.outcomes, answer.tookMs);
      else group.described(answer.endpoint, answer.told);
      told();
    }
  }

  close(): Promise<void> {
    return this.client.close();
  }

  #put(answer: Answer): void {
    this.#answers.push(answer);
    this.wake();
  }
}
