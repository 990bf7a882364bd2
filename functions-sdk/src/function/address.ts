/** Where messages go: one instance of a function. */
import type { ValueType } from '../types/value-type.js';
import { requireTypename, type Typename } from '../types/typename.js';
import type { Address } from '../wire/messages.js';
import type { AcceptedBy } from './accepted.js';

declare const accepted: unique symbol;

/** An address of which the compiler knows what it accepts: an `Accepted` for each type of messages. Anything, for a plain one. */
export interface Target<Accepts = unknown> extends Address {
  readonly [accepted]?: Accepts;
}

/** What an address accepts as far as the compiler knows; `unknown` if it does not. */
export type AcceptedAt<To> = To extends Target<infer Accepts> ? Accepts : unknown;

/** The instance `id` of the function `type`. Throws a RangeError if that is no address. */
export function address(type: Typename, id: string): Target {
  requireTypename("a function's type", type);
  if (typeof id !== 'string') throw new RangeError(`the id of a ${type} is text; got ${typeof id}`);
  return { type, id };
}

/**
 * What another function accepts, for who sends to it without importing it: functions that send to each other, or one
 * that is written in another language.
 */
export function remoteFunction<const Accepts extends readonly ValueType<unknown>[]>(
  type: Typename,
  _accepts: Accepts,
): { at(id: string): Target<AcceptedBy<Accepts[number]>> } {
  requireTypename("a function's type", type);
  return { at: (id) => address(type, id) as Target<AcceptedBy<Accepts[number]>> };
}
