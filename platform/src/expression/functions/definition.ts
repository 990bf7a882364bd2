/** A function as it is declared, once: what it does, an example, and an implementation for each signature. */
import type { Values } from '../values.js';

/**
 * Gets values of the declared types, none absent and none an error, and gives a value or an EvaluationError. int and uint
 * come as numbers, or bigints beyond 2^53; timestamps and durations as `Values` holds them. It must not throw.
 */
export type Implementation = (...values: never[]) => unknown;

/** For implementations that compare or name values, which depends on how they are represented. */
export class WithValues {
  constructor(readonly make: (values: Values) => Implementation) {}
}
export function withValues(make: (values: Values) => Implementation): WithValues {
  return new WithValues(make);
}

export interface FunctionDefinition {
  readonly name: string;
  /** One or two sentences. */
  readonly description: string;
  /** An expression and what it gives: `"abc".size() == 3`; tests evaluate it to true. */
  readonly example: string;
  readonly overloads: Readonly<Record<string, Implementation | WithValues>>;
}
