/**
 * Which handler of a function takes a message, and whether it may wait for something: what a handler has started and not awaited
 * can only run on while another one waits.
 */
import { types } from 'node:util';
import type { TypedValue } from '../wire/messages.js';
import type { CallContext } from './call-context.js';
import { textOf } from './error-text.js';
import { FunctionError } from './function-error.js';
import { Message } from './message.js';
import type { BoundHandler, FunctionDefinition } from './stateful-function.js';

export interface MessageTaker {
  take(context: CallContext, argument: TypedValue | undefined): void | Promise<void>;
  /** Of a handler that is not `async` and returns a promise it is known once it has. */
  mayWait: boolean;
}

export class MessageTakers {
  readonly #definition: FunctionDefinition;
  readonly #byType: ReadonlyMap<string, MessageTaker>;
  readonly #others: MessageTaker;

  constructor(definition: FunctionDefinition) {
    this.#definition = definition;
    this.#byType = new Map([...definition.handlers].map(([typename, handler]) => [typename, takerOf(handler)]));
    this.#others = this.#otherTaker(definition);
  }

  of(argument: TypedValue | undefined): MessageTaker {
    return (argument?.hasValue === true ? this.#byType.get(argument.typename) : undefined) ?? this.#others;
  }

  #otherTaker({ fallback }: FunctionDefinition): MessageTaker {
    if (fallback === undefined) return { take: (_context, argument) => this.#refuse(argument), mayWait: false };
    return {
      take: (context, argument) => fallback(context, new Message(argument)),
      mayWait: types.isAsyncFunction(fallback),
    };
  }

  #refuse(argument: TypedValue | undefined): never {
    const { type, handlers } = this.#definition;
    const got = argument?.hasValue === true ? `a ${argument.typename}` : 'an empty message';
    const known = handlers.size === 0 ? 'nothing' : [...handlers.keys()].join(', ');
    throw new FunctionError('unhandled-message', `${type} got ${got}, and handles ${known}`);
  }
}

function takerOf(handler: BoundHandler): MessageTaker {
  return {
    take: (context, argument) => handler.handle(context, decode(handler, argument!.bytes)),
    mayWait: types.isAsyncFunction(handler.handle),
  };
}

function decode({ type }: BoundHandler, bytes: Uint8Array): unknown {
  try {
    return type.decode(bytes);
  } catch (error) {
    throw new FunctionError('invalid-message', textOf(error), {}, { cause: error });
  }
}
