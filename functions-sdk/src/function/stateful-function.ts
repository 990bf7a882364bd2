/**
 * A stateful function: its type, its state, and a handler for each type of message. A value: `on` returns a function
 * with one handler more, whose type says so.
 */
import { requireTypename, type Typename } from '../types/typename.js';
import type { ValueType } from '../types/value-type.js';
import type { Accepted } from './accepted.js';
import { address, type Target } from './address.js';
import type { Context } from './context.js';
import type { Message } from './message.js';
import { toDeclaredStates, type DeclaredState, type StateDeclarations, type StateOf } from './state-declaration.js';

/** May be async; the messages of one instance are handled one after the other all the same. */
export type Handler<State, T> = (context: Context<State>, message: T) => void | Promise<void>;

/** A handler with the type of what it handles, for the dispatch. */
export interface BoundHandler {
  readonly type: ValueType<unknown>;
  readonly handle: Handler<unknown, unknown>;
}

/** What the dispatch needs of a function, whatever its state and messages are. */
export interface FunctionDefinition {
  readonly type: string;
  readonly states: readonly DeclaredState[];
  readonly handlers: ReadonlyMap<string, BoundHandler>;
  readonly fallback: Handler<unknown, Message> | undefined;
}

/**
 * Declares a function. Throws a RangeError for a type or a state's name that is none.
 *
 * @example
 * const greeter = statefulFunction('example/greeter', { state: { seen: persisted(types.int, { default: 0 }) } })
 *   .on(types.string, (context, name) => {
 *     context.state.seen += 1;
 *     context.reply(types.string, `Hello ${name}, for the ${context.state.seen}th time`);
 *   });
 */
export function statefulFunction<const D extends StateDeclarations = Record<never, never>>(
  type: Typename,
  options: { readonly state?: D } = {},
): StatefulFunction<StateOf<D>, never> {
  requireTypename("a function's type", type);
  return new StatefulFunction({
    type,
    states: toDeclaredStates(type, options.state ?? {}),
    handlers: new Map(),
    fallback: undefined,
  });
}

export class StatefulFunction<State, Accepts> {
  /** For who runs it. */
  readonly definition: FunctionDefinition;
  declare private readonly _state: State;

  constructor(definition: FunctionDefinition) {
    this.definition = definition;
  }

  get type(): string {
    return this.definition.type;
  }

  /** Handles messages of `type`. Throws a RangeError if there is a handler for it. */
  on<T, Name extends string>(
    type: ValueType<T, Name>,
    handler: Handler<State, T>,
  ): StatefulFunction<State, Accepts | Accepted<T, Name>> {
    const { handlers } = this.definition;
    if (handlers.has(type.typename))
      throw new RangeError(`${this.type} has two handlers for messages of the type ${type.typename}`);
    const bound = { type: type as ValueType<unknown>, handle: handler as Handler<unknown, unknown> };
    return new StatefulFunction({ ...this.definition, handlers: new Map([...handlers, [type.typename, bound]]) });
  }

  /** Handles messages of all other types, and empty ones. */
  otherwise(handler: Handler<State, Message>): StatefulFunction<State, unknown> {
    return new StatefulFunction({ ...this.definition, fallback: handler as Handler<unknown, Message> });
  }

  /** The instance `id`; only messages that this function handles can be sent to it. */
  at(id: string): Target<Accepts> {
    return address(this.type as Typename, id) as Target<Accepts>;
  }
}
