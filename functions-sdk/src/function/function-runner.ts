/**
 * Runs one function: a batch of one address in, its effects out. Synchronous as long as the handlers are, since a
 * promise for every batch costs as much as the rest.
 *
 * Invariants
 * - Messages are handled in their order, each after the one before has ended, async or not.
 * - The batch succeeds as a whole or fails as a whole; what fails is a FunctionError that knows the message's place.
 * - Where parts of state were read that the platform did not bring, the batch comes to nothing but what it wants, and runs
 *   again with that.
 */
import { ValueError } from '../types/value-type.js';
import type { Address, Invocation, InvocationBatch, InvocationOutcome } from '../wire/messages.js';
import { CallContext, CollectedEffects } from './call-context.js';
import { FunctionError, Reject, RetryLater, type FunctionErrorCode } from './function-error.js';
import { Message } from './message.js';
import type { BoundHandler, FunctionDefinition } from './stateful-function.js';
import { StateImage } from './state-image.js';
import { StateView } from './state-view.js';

/** Told who holds the thread: each message while its handler runs, but for what runs after an `await`. */
export interface RunObserver {
  /** @param invocation the place in the batch, from 0 */
  handles(invocation: number): void;
  /** The handler waits for something. */
  waits(): void;
}

/** A batch under way. */
interface Run {
  readonly batch: InvocationBatch;
  readonly image: StateImage;
  readonly state: Record<string, unknown>;
  readonly effects: CollectedEffects;
  readonly observer: RunObserver | undefined;
}

export class FunctionRunner {
  readonly definition: FunctionDefinition;
  readonly #view: (image: StateImage) => object;

  constructor(definition: FunctionDefinition) {
    this.definition = definition;
    this.#view = StateView.factory(definition.states);
  }

  /** Throws, or rejects with, a FunctionError. */
  run(batch: InvocationBatch, observer?: RunObserver): InvocationOutcome | Promise<InvocationOutcome> {
    const image = StateImage.of(batch.target, this.definition.states, batch.state);
    if (!(image instanceof StateImage)) return { kind: 'incomplete', missing: image };
    const state = this.#view(image) as Record<string, unknown>;
    return this.#runFrom(0, { batch, image, state, effects: new CollectedEffects(), observer });
  }

  /** As far as handlers are synchronous; from the first promise on it continues when that is settled. */
  #runFrom(first: number, run: Run): InvocationOutcome | Promise<InvocationOutcome> {
    const { invocations } = run.batch;
    for (let i = first; i < invocations.length; i++) {
      const invocation = invocations[i]!;
      run.observer?.handles(i);
      const context = new CallContext(run.batch, invocation.caller, run.state, run.effects);
      try {
        const pending = this.#invoke(context, invocation);
        if (isPending(pending)) {
          run.observer?.waits();
          return this.#continueAfter(pending, context, i, run);
        }
      } catch (error) {
        this.#failUnlessWanting(run, context, error, i);
      }
      context.close();
    }
    run.image.close();
    if (run.image.isWanting) return { kind: 'incomplete', missing: run.image.wanted };
    const { messages, delayed, egresses } = run.effects;
    return { kind: 'result', effects: { messages, delayed, egresses, state: run.image.mutations() } };
  }

  async #continueAfter(pending: PromiseLike<void>, context: CallContext, index: number, run: Run) {
    try {
      await pending;
    } catch (error) {
      this.#failUnlessWanting(run, context, error, index);
    }
    context.close();
    return this.#runFrom(index + 1, run);
  }

  #invoke(context: CallContext, { argument }: Invocation): void | Promise<void> {
    const { handlers, fallback, type } = this.definition;
    const handler = argument?.hasValue === true ? handlers.get(argument.typename) : undefined;
    if (handler !== undefined) return handler.handle(context, decode(handler, argument!.bytes));
    if (fallback !== undefined) return fallback(context, new Message(argument));
    const got = argument?.hasValue === true ? `a ${argument.typename}` : 'an empty message';
    const known = handlers.size === 0 ? 'nothing' : [...handlers.keys()].join(', ');
    throw new FunctionError('unhandled-message', `${type} got ${got}, and handles ${known}`);
  }

  /** Without what it wanted to read a handler says nothing. Those behind it run all the same, to say what they want. */
  #failUnlessWanting(run: Run, context: CallContext, error: unknown, invocation: number): void {
    if (!run.image.isWanting) throw this.#failed(run, context, error, invocation);
  }

  #failed({ image }: Run, context: CallContext, error: unknown, invocation: number): FunctionError {
    context.close();
    image.close();
    return toFunctionError(error, context.self, invocation);
  }
}

function decode({ type }: BoundHandler, bytes: Uint8Array): unknown {
  try {
    return type.decode(bytes);
  } catch (error) {
    throw new FunctionError('invalid-message', messageOf(error), {}, { cause: error });
  }
}

function isPending(result: unknown): result is PromiseLike<void> {
  return typeof (result as { then?: unknown } | undefined)?.then === 'function';
}

/** What a handler threw, as what the platform is told. */
function toFunctionError(error: unknown, target: Address, invocation: number): FunctionError {
  const place = { target, invocation };
  if (error instanceof FunctionError) {
    const { code, message, cause, retryAfterMs } = error;
    return new FunctionError(code, message, place, {
      cause: cause ?? error,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  if (error instanceof RetryLater)
    return new FunctionError('retry-later', error.message, place, { cause: error, retryAfterMs: error.afterMs });
  return new FunctionError(codeOf(error), messageOf(error), place, { cause: error });
}

function codeOf(error: unknown): FunctionErrorCode {
  if (error instanceof Reject) return 'rejected';
  return error instanceof ValueError ? 'invalid-message' : 'handler-failed';
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return `something that is no error was thrown: ${String(error)}`;
  return error.message === '' ? error.name : error.message;
}
