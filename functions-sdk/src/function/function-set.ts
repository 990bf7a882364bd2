/**
 * The functions that are served together, by their type: values in, values out, without I/O. This is what a server
 * wraps, what a worker's thread runs, and what tests call.
 */
import type { InvocationBatch, InvocationOutcome } from '../wire/messages.js';
import { FunctionError } from './function-error.js';
import { FunctionRunner, type RunObserver } from './function-runner.js';
import type { FunctionDefinition, StatefulFunction } from './stateful-function.js';

/** A function of whatever state and messages. */
export type AnyFunction = Pick<StatefulFunction<never, never>, 'type' | 'definition'>;

export class FunctionSet {
  readonly #runners = new Map<string, FunctionRunner>();

  /** Throws a RangeError if two functions have one type, if there is none, or if one would not know what its state sends. */
  constructor(functions: readonly AnyFunction[]) {
    for (const { type, definition } of functions) {
      if (this.#runners.has(type)) throw new RangeError(`there are two functions of the type ${type}`);
      requireHandlers(definition);
      this.#runners.set(type, new FunctionRunner(definition));
    }
    if (this.#runners.size === 0) throw new RangeError('there is no function to serve');
  }

  get definitions(): FunctionDefinition[] {
    return [...this.#runners.values()].map(({ definition }) => definition);
  }

  /** Runs a batch; a promise only if a handler returned one. Throws, or rejects with, a FunctionError. */
  invoke(batch: InvocationBatch, observer?: RunObserver): InvocationOutcome | Promise<InvocationOutcome> {
    const { target } = batch;
    const runner = this.#runners.get(target.type);
    if (runner === undefined) {
      const known = [...this.#runners.keys()].join(', ');
      throw new FunctionError('unknown-function', `there is no function ${target.type} here, but ${known}`, { target });
    }
    return runner.run(batch, observer);
  }
}

function requireHandlers({ type, states, handlers, fallback }: FunctionDefinition): void {
  for (const { name, spec } of states)
    if (spec.onExpiry !== undefined && !handlers.has(spec.onExpiry) && fallback === undefined)
      throw new RangeError(
        `${type} is sent a ${spec.onExpiry} when its state ${name} expires, and has no handler for it`,
      );
}
