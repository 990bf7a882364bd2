/**
 * Messages that wait for their time, in a test.
 *
 * Invariants
 * - They are due in the order of their times, and of their sending where times are equal.
 * - A token belongs to the sender's id, whatever its type. It is free again when its message is sent or cancelled; one
 *   that is not free is refused, as it would end a job on StateFun.
 */
import type { Address, DelayedMessage, TypedValue } from '../wire/messages.js';

export interface WaitingMessage {
  readonly dueMs: number;
  readonly from: Address;
  readonly target: Address;
  readonly argument: TypedValue;
  readonly token: string | undefined;
}

export class DelayedMessages {
  #waiting: WaitingMessage[] = [];

  get all(): readonly WaitingMessage[] {
    return this.#waiting;
  }

  /** When the next one is due; +Infinity: never. */
  get next(): number {
    return this.#waiting[0]?.dueMs ?? Infinity;
  }

  /** What a batch of an address led to, all or none. Throws an Error if a token is not free. */
  apply(from: Address, delayed: readonly DelayedMessage[], nowMs: number): void {
    const waiting = [...this.#waiting];
    for (const message of delayed) {
      if (message.kind === 'cancel') cancel(waiting, from, message.token);
      else {
        const { target, argument, token, delayMs } = message;
        add(waiting, { dueMs: nowMs + delayMs, from, target, argument, token });
      }
    }
    this.#waiting = waiting;
  }

  /** The next message that is due by then, which waits no longer. */
  takeDue(untilMs: number): WaitingMessage | undefined {
    const [first] = this.#waiting;
    return first !== undefined && first.dueMs <= untilMs ? this.#waiting.shift() : undefined;
  }
}

function add(waiting: WaitingMessage[], message: WaitingMessage): void {
  const { token, from, dueMs } = message;
  if (token !== undefined && waiting.some((other) => other.token === token && other.from.id === from.id))
    throw new Error(
      `${from.type} ${JSON.stringify(from.id)} delayed a second message with the token ${JSON.stringify(token)} ` +
        'while the first one waits: cancel that one before',
    );
  const after = waiting.findIndex((other) => other.dueMs > dueMs);
  waiting.splice(after === -1 ? waiting.length : after, 0, message);
}

function cancel(waiting: WaitingMessage[], from: Address, token: string): void {
  const place = waiting.findIndex((other) => other.token === token && other.from.id === from.id);
  if (place >= 0) waiting.splice(place, 1);
}
