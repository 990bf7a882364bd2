/**
 * How much of one type of functions may be called for: addresses at once, and messages in each window of time.
 *
 * Invariants
 * - A window begins with the first message behind the end of the one before. It has its messages from then on, at once if so
 *   many wait.
 */
import type { FunctionTypeDescriptor } from '../job/function-node.js';

export type DeclaredLimits = Pick<FunctionTypeDescriptor, 'concurrency' | 'rate'>;

export class CallLimits {
  readonly #concurrency: number;
  readonly #messages: number;
  readonly #perMs: number;
  #windowEnd = -Infinity;
  #left = 0;

  /** @param parallelism subtasks that share the rate; each has the concurrency */
  constructor({ concurrency = Infinity, rate }: DeclaredLimits, parallelism: number) {
    this.#concurrency = concurrency;
    const { messages, perMs } = rate ?? { messages: Infinity, perMs: 0 };
    this.#messages = Math.max(1, Math.floor(messages / parallelism));
    // What is rounded off the messages, the window makes up for.
    this.#perMs = messages === Infinity ? 0 : (perMs * parallelism * this.#messages) / messages;
  }

  /** Undefined where nothing limits it. */
  static of(declared: DeclaredLimits, parallelism: number): CallLimits | undefined {
    const isLimited = declared.concurrency !== undefined || declared.rate !== undefined;
    return isLimited ? new CallLimits(declared, parallelism) : undefined;
  }

  /** How many more addresses may be called now. @param calling how many are */
  addresses(calling: number, nowMs: number): number {
    return Math.max(0, Math.min(this.#concurrency - calling, this.messages(nowMs)));
  }

  /** How many more messages may be called for now. */
  messages(nowMs: number): number {
    return nowMs >= this.#windowEnd ? this.#messages : this.#left;
  }

  take(messages: number, nowMs: number): void {
    if (nowMs >= this.#windowEnd) {
      this.#windowEnd = nowMs + this.#perMs;
      this.#left = this.#messages;
    }
    this.#left -= messages;
  }

  /** Epoch milliseconds at which there are messages again; -Infinity: there are now, as far as time says. */
  get opensAt(): number {
    return this.#left > 0 ? -Infinity : this.#windowEnd;
  }
}
