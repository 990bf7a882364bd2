/**
 * Names of messages that were done with before a failure and will come again: the log of invocations has what came of
 * them, so who brings them is not believed a second time.
 *
 * Invariants
 * - A message is passed over once, as it comes again once; one that never does is forgotten after a week.
 * - They are operator state, the same in all subtasks after a restore, of which each keeps those of its own addresses.
 */
import type { Address } from '@tidegate/functions-sdk/protocol';
import { FUNCTIONS } from '../../job/function-node.js';
import { plainValueCodec } from '../../state/codecs/plain-value-codec.js';
import type { OperatorListState } from '../../state/operator-state/operator-list-state.js';
import type { OperatorStateStore } from '../../state/operator-state/operator-state-store.js';
import type { FunctionMessage } from '../function-message.js';

interface AppliedMessage {
  readonly type: string;
  readonly id: string;
  readonly messageId: string;
  readonly untilMs: number;
}

const KEPT_MS = 7 * 24 * 60 * 60 * 1000;
const APPLIED = plainValueCodec<AppliedMessage>();

export class AppliedMessages {
  readonly #messages = new Map<string, AppliedMessage>();
  readonly #list: OperatorListState<AppliedMessage>;
  /** While the log is done again: messages that were passed over, by name. */
  #passedOver: Map<string, FunctionMessage> | undefined;

  constructor(operators: OperatorStateStore, isOwn: (id: string) => boolean) {
    this.#list = operators.list({ owner: FUNCTIONS, name: 'applied', codec: APPLIED }, 'union');
    for (const applied of this.#list.get())
      if (isOwn(applied.id)) this.#messages.set(messageAt(applied, applied.messageId), applied);
  }

  add(target: Address, messageId: string, nowMs: number): void {
    const { type, id } = target;
    this.#messages.set(messageAt(target, messageId), { type, id, messageId, untilMs: nowMs + KEPT_MS });
  }

  /** Whether the message was done with; it is not known a second time. */
  passOver(message: FunctionMessage): boolean {
    const { target, messageId } = message;
    if (this.#messages.size === 0 || messageId === undefined) return false;
    const name = messageAt(target, messageId);
    const isApplied = this.#messages.delete(name);
    if (isApplied) this.#passedOver?.set(name, message);
    return isApplied;
  }

  /** The log is about to be done again. */
  beginRedo(): void {
    this.#passedOver = new Map();
  }

  /**
   * Nothing has come of a message that the log says was done with.
   * @returns the message, if it was passed over since `beginRedo`; else it counts when it comes
   */
  takeBack(target: Address, messageId: string): FunctionMessage | undefined {
    const name = messageAt(target, messageId);
    this.#messages.delete(name);
    return this.#passedOver?.get(name);
  }

  endRedo(): void {
    this.#passedOver = undefined;
  }

  prepareSnapshot(nowMs: number): void {
    for (const [name, { untilMs }] of this.#messages) if (untilMs <= nowMs) this.#messages.delete(name);
    this.#list.update([...this.#messages.values()]);
  }
}

/** Names a message among those of all addresses. */
export function messageAt({ type, id }: Address, messageId: string): string {
  return `${type}\n${messageId}\n${id}`;
}
