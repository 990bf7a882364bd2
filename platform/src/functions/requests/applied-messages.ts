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

  constructor(operators: OperatorStateStore, isOwn: (id: string) => boolean) {
    this.#list = operators.list({ owner: FUNCTIONS, name: 'applied', codec: APPLIED }, 'union');
    for (const applied of this.#list.get()) if (isOwn(applied.id)) this.#messages.set(nameOf(applied), applied);
  }

  add({ type, id }: Address, messageId: string, nowMs: number): void {
    const applied = { type, id, messageId, untilMs: nowMs + KEPT_MS };
    this.#messages.set(nameOf(applied), applied);
  }

  /** Whether the message was done with; it is not known a second time. */
  take({ type, id }: Address, messageId: string | undefined): boolean {
    if (this.#messages.size === 0 || messageId === undefined) return false;
    return this.#messages.delete(nameOf({ type, id, messageId }));
  }

  prepareSnapshot(nowMs: number): void {
    for (const [name, { untilMs }] of this.#messages) if (untilMs <= nowMs) this.#messages.delete(name);
    this.#list.update([...this.#messages.values()]);
  }
}

function nameOf({ type, id, messageId }: Omit<AppliedMessage, 'untilMs'>): string {
  return `${type}\n${messageId}\n${id}`;
}
