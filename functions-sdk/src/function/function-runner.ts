/**
 * Runs one function: a batch of one address in, its effects out. Synchronous as long as the handlers are, since a
 * promise for every batch costs as much as the rest.
 *
 * Invariants
 * - Messages are handled in their order, each after the one before has ended, async or not.
 * - The batch succeeds as a whole or fails as a whole; what fails is a FunctionError that knows the message's place.
 * - State ends with the handler. Handlers that never wait share a view, as nothing else can run before the batch has ended.
 * - Where parts of state were read that the platform did not bring, the batch comes to nothing but what it wants, and runs
 *   again with that.
 */
import { ValueError } from '../types/value-type.js';
import type { Address, InvocationBatch, InvocationOutcome } from '../wire/messages.js';
import { CallContext, CollectedEffects } from './call-context.js';
import { textOf } from './error-text.js';
import { FunctionError, Reject, RetryLater, type FunctionErrorCode } from './function-error.js';
import { MessageTakers, type MessageTaker } from './message-takers.js';
import type { FunctionDefinition } from './stateful-function.js';
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
  /** The view that the last handler was given; undefined if that has ended with it. */
  state: Record<string, unknown> | undefined;
  readonly effects: CollectedEffects;
  readonly observer: RunObserver | undefined;
}

export class FunctionRunner {
  readonly definition: FunctionDefinition;
  readonly #takers: MessageTakers;
  readonly #view: (image: StateImage) => object;

  constructor(definition: FunctionDefinition) {
    this.definition = definition;
    this.#takers = new MessageTakers(definition);
    this.#view = StateView.factory(definition.states);
  }

  /** Throws, or rejects with, a FunctionError. */
  run(batch: InvocationBatch, observer?: RunObserver): InvocationOutcome | Promise<InvocationOutcome> {
    const image = StateImage.of(batch.target, this.definition.states, batch.state);
    if (!(image instanceof StateImage)) return { kind: 'incomplete', missing: image };
    return this.#runFrom(0, { batch, image, state: undefined, effects: new CollectedEffects(), observer });
  }

  /** As far as handlers are synchronous; from the first promise on it continues when that is settled. */
  #runFrom(first: number, run: Run): InvocationOutcome | Promise<InvocationOutcome> {
    const { invocations } = run.batch;
    for (let i = first; i < invocations.length; i++) {
      const invocation = invocations[i]!;
      run.observer?.handles(i);
      const taker = this.#takers.of(invocation.argument);
      const context = new CallContext(run.batch, invocation.caller, this.#stateFor(taker, run), run.effects);
      try {
        const pending = taker.take(context, invocation.argument);
        if (isPending(pending)) {
          taker.mayWait = true;
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
    run.state = undefined;
    return this.#runFrom(index + 1, run);
  }

  #stateFor({ mayWait }: MessageTaker, run: Run): Record<string, unknown> {
    if (run.state === undefined || mayWait) run.state = this.#view(run.image) as Record<string, unknown>;
    return run.state;
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
    return new FunctionError('retry-later', textOf(error), place, { cause: error, retryAfterMs: error.afterMs });
  return new FunctionError(codeOf(error), textOf(error), place, { cause: error });
}

function codeOf(error: unknown): FunctionErrorCode {
  if (error instanceof Reject) return 'rejected';
  return error instanceof ValueError ? 'invalid-message' : 'handler-failed';
}
