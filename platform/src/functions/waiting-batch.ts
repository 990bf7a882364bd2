/**
 * The oldest messages of an address, as one call takes them: in the bytes of a request, where all of them waited in that form,
 * or as objects. The other form is made when somebody asks for it.
 */
import { messagesOf } from './message-blocks.js';
import { MESSAGE_BYTES, type WaitingMessage } from './function-message.js';

export class WaitingBatch {
  #messages: readonly WaitingMessage[] | undefined;

  /**
   * @param bytes what they count for
   * @param encoded as `InvocationBatch.encoded`
   */
  private constructor(
    readonly count: number,
    readonly bytes: number,
    readonly encoded: Uint8Array | undefined,
    messages: readonly WaitingMessage[] | undefined,
  ) {
    this.#messages = messages;
  }

  static ofEncoded(count: number, bytes: number, encoded: Uint8Array): WaitingBatch {
    return new WaitingBatch(count, bytes, encoded, undefined);
  }

  static ofMessages(messages: readonly WaitingMessage[], bytes: number): WaitingBatch {
    return new WaitingBatch(messages.length, bytes, undefined, messages);
  }

  /** Values and the names of their types: about what a request has of them. */
  get contentBytes(): number {
    return this.bytes - this.count * MESSAGE_BYTES;
  }

  get messages(): readonly WaitingMessage[] {
    return (this.#messages ??= messagesOf(this.encoded!));
  }
}
