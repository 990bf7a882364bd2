/** A message of a type that no handler was declared for, as `otherwise` gets it. */
import { ValueError, type ValueType } from '../types/value-type.js';
import type { TypedValue } from '../wire/messages.js';

export class Message {
  readonly #argument: TypedValue | undefined;

  constructor(argument: TypedValue | undefined) {
    this.#argument = argument;
  }

  /** The name of the message's type; '' if the message is empty. */
  get typename(): string {
    return this.#argument?.typename ?? '';
  }

  /** The value as it came; undefined if the message has none. */
  get bytes(): Uint8Array | undefined {
    return this.#argument?.hasValue === true ? this.#argument.bytes : undefined;
  }

  is(type: ValueType<unknown>): boolean {
    return this.bytes !== undefined && this.typename === type.typename;
  }

  /** The value. Throws a ValueError if it is not of this type. */
  as<T>(type: ValueType<T>): T {
    if (this.bytes === undefined) throw new ValueError(`the message is empty, and not a ${type.typename}`);
    if (this.typename !== type.typename)
      throw new ValueError(`the message is a ${this.typename}, not a ${type.typename}`);
    return type.decode(this.bytes);
  }
}
