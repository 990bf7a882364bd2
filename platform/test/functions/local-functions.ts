/** Functions in this process behind the client's port, in the protocol's bytes; what the test says goes wrong, does. */
import type { AnyFunction } from '@tidegate/functions-sdk';
import { FunctionSet } from '@tidegate/functions-sdk';
import {
  decodeFromFunction,
  decodeToFunction,
  encodeFromFunction,
  encodeToFunction,
  type InvocationBatch,
} from '@tidegate/functions-sdk/protocol';
import type { CallFailure, CallOutcome, Cancel, FunctionClient } from '../../src/functions/function-client.js';

export interface LocalFunctionsOptions {
  /** Says what goes wrong with a batch instead of calling it; undefined: nothing. */
  fail?(batch: InvocationBatch): CallFailure | undefined;
}

export class LocalFunctions implements FunctionClient {
  /** In the order of their calls. */
  readonly batches: InvocationBatch[] = [];
  readonly #functions: FunctionSet;

  constructor(
    functions: readonly AnyFunction[],
    private readonly options: LocalFunctionsOptions = {},
  ) {
    this.#functions = new FunctionSet(functions);
  }

  call(_endpoint: unknown, batches: readonly InvocationBatch[], done: (outcomes: CallOutcome[]) => void): Cancel {
    let isCancelled = false;
    void Promise.all(batches.map((batch) => this.#call(batch))).then((outcomes) => {
      if (!isCancelled) done(outcomes);
    });
    return () => void (isCancelled = true);
  }

  describe(_endpoint: unknown, done: (told: CallFailure) => void): Cancel {
    queueMicrotask(() =>
      done({ kind: 'failure', status: 405, retriable: false, message: 'it says nothing of itself' }),
    );
    return () => undefined;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #call(batch: InvocationBatch): Promise<CallOutcome> {
    this.batches.push(batch);
    const failure = this.options.fail?.(batch);
    if (failure !== undefined) return failure;
    try {
      const outcome = await this.#functions.invoke(decodeToFunction(encodeToFunction(batch)));
      return decodeFromFunction(encodeFromFunction(outcome));
    } catch (error) {
      return { kind: 'failure', status: 500, retriable: true, message: String(error) };
    }
  }
}
