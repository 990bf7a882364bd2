/**
 * Functions in a thread of a platform: calls in, answers out, without HTTP.
 *
 * Invariants
 * - Every call is answered once, with one reply for each of its batches; a batch that fails, or that waits for longer than
 *   it may, fails alone.
 * - What a handler does after its time has no effect: its reply is given. The host is told when that begins, and when it ends.
 */
import { FunctionError } from '../function/function-error.js';
import { FunctionSet, type AnyFunction } from '../function/function-set.js';
import { describe, type EndpointDescription } from '../serving/description.js';
import { FailureAnswers, type FailureOptions } from '../serving/failure-answers.js';
import { sharedAnswer } from '../serving/shared-answer.js';
import type { InvocationBatch, InvocationOutcome } from '../wire/messages.js';
import { decodeSharedRequest, type SharedReply } from '../wire/shared-request.js';
import type { MemoryBound } from './memory-bound.js';
import type { Progress, RunningMessage } from './progress.js';
import { ThreadHolder } from './thread-holder.js';
import type { ThreadCall, ThreadReport } from './thread-messages.js';

export interface FunctionThreadOptions extends FailureOptions {
  readonly functions: readonly AnyFunction[];
  readonly progress: Progress;
  readonly memory: MemoryBound;
  readonly timeoutMs: number;
  /** @param transfer what need not be copied */
  report(report: ThreadReport, transfer: readonly ArrayBuffer[]): void;
}

export class FunctionThread {
  readonly #functions: FunctionSet;
  readonly #failures: FailureAnswers;
  readonly #holder: ThreadHolder;
  /** Batches that wait for something. */
  #waiting = 0;
  #beat: NodeJS.Timeout | undefined;

  /** Throws a RangeError if two functions have one type, or if there is none. */
  constructor(private readonly options: FunctionThreadOptions) {
    this.#functions = new FunctionSet(options.functions);
    this.#failures = new FailureAnswers(options);
    this.#holder = new ThreadHolder(options.progress);
  }

  get description(): EndpointDescription {
    return describe(this.#functions.definitions, Number.MAX_SAFE_INTEGER);
  }

  receive({ call, request }: ThreadCall): void {
    this.options.progress.beginCall(call);
    const batches = decodeSharedRequest(request);
    const replies = batches.map((batch, index) => this.#settle(batch, call, index));
    this.#lookAtMemory();
    if (!replies.some((reply) => reply instanceof Promise))
      return this.#answer(call, batches, replies as SharedReply[]);
    Promise.all(replies)
      .then((settled) => this.#answer(call, batches, settled))
      .catch((error: unknown) => {
        const failure = this.#failures.shared(error);
        this.#answer(
          call,
          batches,
          batches.map(() => failure),
        );
      });
  }

  #settle(batch: InvocationBatch, call: number, index: number): SharedReply | Promise<SharedReply> {
    const running = { call, batch: index, invocation: 0 };
    this.#holder.run(running);
    try {
      const outcome = this.#functions.invoke(batch, {
        handles: (invocation) => {
          if (this.options.memory.isDue()) this.#lookAtMemory();
          running.invocation = invocation;
          this.#holder.run(running);
        },
        waits: () => this.#holder.rest(),
      });
      return outcome instanceof Promise ? this.#await(batch, outcome, running) : outcome;
    } catch (error) {
      return this.#failures.shared(error);
    }
  }

  /** What is kept may have come from any message since the last look: nobody is named. */
  #lookAtMemory(): void {
    this.#holder.rest();
    this.options.memory.look();
  }

  #await(batch: InvocationBatch, outcome: Promise<InvocationOutcome>, running: RunningMessage): Promise<SharedReply> {
    const { timeoutMs, report } = this.options;
    this.#wait();
    return new Promise((resolve) => {
      let isLate = false;
      const settle = (reply: SharedReply): void => {
        this.#stopWaiting();
        resolve(reply);
      };
      const deadline = setTimeout(() => {
        isLate = true;
        const message = { ...running };
        report({ kind: 'late', message }, []);
        const place = { target: batch.target, invocation: message.invocation };
        settle(this.#failures.shared(new FunctionError('timed-out', `it takes longer than ${timeoutMs} ms`, place)));
      }, timeoutMs);
      const end = (reply: () => SharedReply): void => {
        this.#holder.rest();
        if (this.options.memory.isDue()) this.#lookAtMemory();
        clearTimeout(deadline);
        if (isLate) report({ kind: 'ended', message: running }, []);
        else settle(reply());
      };
      outcome.then(
        (result) => end(() => result),
        (error: unknown) => end(() => this.#failures.shared(error)),
      );
    });
  }

  #wait(): void {
    const { progress, timeoutMs } = this.options;
    if (this.#waiting++ === 0) this.#beat = setInterval(() => progress.tick(), Math.max(1, timeoutMs / 8));
  }

  #stopWaiting(): void {
    if (--this.#waiting === 0) clearInterval(this.#beat);
  }

  #answer(call: number, batches: readonly InvocationBatch[], replies: readonly SharedReply[]): void {
    const reply = ownBytes(sharedAnswer(batches, replies, this.#failures));
    this.options.report({ kind: 'answer', call, reply }, [reply.buffer]);
  }
}

/** Bytes that can be handed over to another thread: nothing else is in their memory. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength) return bytes as Uint8Array<ArrayBuffer>;
  return new Uint8Array(bytes);
}
