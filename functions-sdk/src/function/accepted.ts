/**
 * Which messages a destination takes, for the compiler alone: a message that it has no handler for does not compile.
 *
 * The name of a type is known to the compiler unless the type was declared as `types.json<T>(name)`: whoever gives `T` gives all
 * that is to be inferred. Such types are told apart by their values.
 */
import type { ValueType } from '../types/value-type.js';

/** A type of messages that there is a handler for. Nothing has this form: it only stands in the types of destinations. */
export interface Accepted<T, Name extends string> {
  readonly value: T;
  readonly name: Name;
}

/** What a handler for messages of the type `Type` accepts. */
export type AcceptedBy<Type> = Type extends ValueType<infer T, infer Name> ? Accepted<T, Name> : never;

/**
 * What a type of messages must be, too, so that it can be sent to a destination that accepts `Accepts`; `unknown` there is
 * whatever there is.
 */
export type SendableTo<Accepts, T, Name extends string> = unknown extends Accepts
  ? unknown
  : true extends Fits<Accepts, T, Name>
    ? unknown
    : NotAccepted;

/** What the compiler says is missing. */
interface NotAccepted {
  readonly 'the destination has no handler for messages of this type': never;
}

type Fits<Accepts, T, Name extends string> =
  Accepts extends Accepted<infer Value, infer Known>
    ? string extends Known
      ? // Those of StateFun are never meant by a name that the compiler does not know.
        Name extends `io.statefun.types/${string}`
        ? false
        : IsSame<T, Value>
      : Name extends Known
        ? true
        : false
    : false;

type IsSame<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
