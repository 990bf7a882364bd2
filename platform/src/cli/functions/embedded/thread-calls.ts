/**
 * The calls for a thread of functions: those that wait for it, those that it has, and the batches that it is to be given alone,
 * since a thread has ended with one of them and nobody knows which.
 *
 * Invariants
 * - A call is answered once, unless it was cancelled: then never.
 * - Numbers rise in the order in which the thread gets calls.
 * - While batches are tried the thread has one of them and nothing else. So it is known of each whether it ends a thread, and
 *   only that one has failed; nothing of a batch has had an effect before it is answered, so that it may be tried.
 */
import type { InvocationBatch, RunningMessage } from '@tidegate/functions-sdk/protocol';
import type { CallOutcome, Cancel } from '../../../functions/function-client.js';
import { failuresOf, isDoubtful, placeOf, suspectsOf, type ThreadEnd } from './thread-end.js';

type Done = (outcomes: readonly CallOutcome[]) => void;

interface ThreadCall {
  readonly batches: readonly InvocationBatch[];
  /** Undefined: it was cancelled. The thread may have it all the same. */
  done: Done | undefined;
}

export class ThreadCalls {
  #last = 0;
  readonly #waiting = new Set<ThreadCall>();
  readonly #trials: ThreadCall[] = [];
  /** By number. */
  readonly #given = new Map<number, ThreadCall>();
  #trial: number | undefined;
  /** Whether the thread has answered a call. */
  hasAnswered = false;

  add(batches: readonly InvocationBatch[], done: Done): Cancel {
    const call: ThreadCall = { batches, done };
    this.#waiting.add(call);
    return () => {
      call.done = undefined;
      this.#waiting.delete(call);
    };
  }

  /** Whose message it is, for people; undefined: of no call that the thread has. */
  who({ call, batch, invocation }: RunningMessage): string | undefined {
    const found = this.#given.get(call)?.batches[batch];
    return found && placeOf(found, invocation);
  }

  /** Those of which one has ended the thread, if it is not known which. */
  suspects(end: ThreadEnd): readonly InvocationBatch[] {
    return suspectsOf(this.#given, end).map(([, batch]) => batch);
  }

  /** Whether the thread has any. */
  get isGiven(): boolean {
    return this.#given.size > 0;
  }

  /** Whether it should have more. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0 || this.#trials.length > 0;
  }

  /** What the thread is to be given now, which it has from now on. */
  take(): [call: number, batches: readonly InvocationBatch[]][] {
    if (this.#trial !== undefined) return [];
    const trial = this.#trials.shift();
    if (trial !== undefined) {
      this.#trial = this.#last + 1;
      return [this.#give(trial)];
    }
    const taken = [...this.#waiting].map((call) => this.#give(call));
    this.#waiting.clear();
    return taken;
  }

  answer(number: number, outcomes: readonly CallOutcome[]): void {
    const call = this.#given.get(number);
    this.#given.delete(number);
    this.hasAnswered = true;
    if (this.#trial === number) this.#trial = undefined;
    call?.done?.(outcomes);
  }

  /** The thread has ended before its time. */
  end(end: ThreadEnd): void {
    const given = [...this.#given];
    this.#given.clear();
    this.#trial = undefined;
    this.hasAnswered = false;
    const suspects = suspectsOf(given, end);
    const tried = new Set(isDoubtful(suspects, end) ? suspects.map(([call]) => call) : []);
    for (const [number, call] of given)
      if (tried.has(number)) this.#tryAlone(call);
      else call.done?.(failuresOf(number, call.batches, end));
  }

  clear(): void {
    this.#waiting.clear();
    this.#given.clear();
    this.#trials.length = 0;
  }

  #give(call: ThreadCall): [number, readonly InvocationBatch[]] {
    const number = ++this.#last;
    this.#given.set(number, call);
    return [number, call.batches];
  }

  #tryAlone(call: ThreadCall): void {
    const outcomes: CallOutcome[] = [];
    let left = call.batches.length;
    call.batches.forEach((batch, index) => {
      const done: Done = ([outcome]) => {
        outcomes[index] = outcome!;
        if (--left === 0) call.done?.(outcomes);
      };
      this.#trials.push({ batches: [batch], done });
    });
  }
}
