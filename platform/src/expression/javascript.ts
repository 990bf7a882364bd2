/**
 * The pieces of JavaScript that compiled expressions are made of.
 *
 * Invariants
 * J1 Text of the user reaches the source as JSON string literals alone; everything else in it is ours.
 * J2 Functions and values that are no JSON are constants, reached by number.
 */

/** Names that every object inherits: only an own property of such a name is a field. */
const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype));

export function isInherited(name: string): boolean {
  return INHERITED.has(name);
}

export function quoted(text: string): string {
  return JSON.stringify(text);
}

export class Constants {
  readonly values: unknown[] = [];

  /** The name of a constant in the source. */
  add(value: unknown): string {
    const known = typeof value === 'function' ? this.values.indexOf(value) : -1;
    return `c${known >= 0 ? known : this.values.push(value) - 1}`;
  }
}

/** The temporary variables of one JavaScript function. */
export class Temporaries {
  #count = 0;
  constructor(readonly prefix: string) {}
  next(): string {
    return `${this.prefix}${this.#count++}`;
  }
  declaration(): string {
    return this.#count === 0
      ? ''
      : `let ${Array.from({ length: this.#count }, (_, at) => `${this.prefix}${at}`).join(',')};`;
  }
}

/** Makes a function of source text and the constants that it names. */
export function makeFunction(parameters: string, body: string, constants: Constants): (...values: never[]) => unknown {
  const names = constants.values.map((_, at) => `c${at}`);
  const factory = new Function(...names, `"use strict";return function(${parameters}){${body}}`) as (
    ...values: unknown[]
  ) => (...values: never[]) => unknown;
  return factory(...constants.values);
}
