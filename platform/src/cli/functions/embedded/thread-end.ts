/**
 * What becomes of the calls that a thread of functions had when it ended before its time: whoever held it is to blame, and
 * the others are called again as if the thread had not been there.
 *
 * | the thread was                                             | to blame                                             |
 * |------------------------------------------------------------|------------------------------------------------------|
 * | at a message, also behind what its handler waited for      | that message                                         |
 * | at what an answered message left behind                    | nobody of those that it had                          |
 * | at nobody's in particular, and had begun one batch         | that batch, if it can be nothing that came before    |
 * | at nobody's in particular otherwise                        | unknown: each begun is tried alone (`ThreadCalls`)   |
 * | not yet at a call                                          | nobody of it                                         |
 */
import type { InvocationBatch, RunningMessage } from '@tidegate/functions-sdk/protocol';
import type { CallFailure } from '../../../functions/function-client.js';

export interface ThreadEnd {
  /** What happened to the thread, for people. */
  readonly what: string;
  readonly running: RunningMessage | undefined;
  readonly begunCall: number;
  /** Whether it may have been one that is not called again: a batch that still ran after it was given up, or answered messages. */
  readonly mayBeOver: boolean;
}

/** What the thread had, by number. */
export type GivenCalls = Iterable<readonly [call: number, { readonly batches: readonly InvocationBatch[] }]>;

/** The batches of which one has ended the thread, if it is not known which. */
export function suspectsOf(given: GivenCalls, end: ThreadEnd): (readonly [call: number, batch: InvocationBatch])[] {
  if (end.running !== undefined) return [];
  return [...given].flatMap(([call, { batches }]) =>
    call <= end.begunCall ? batches.map((batch) => [call, batch] as const) : [],
  );
}

/** Whether it takes another call, alone, to know whether it was this one of the suspects. */
export function isDoubtful(suspects: readonly unknown[], { mayBeOver }: ThreadEnd): boolean {
  return suspects.length > 1 || (suspects.length === 1 && mayBeOver);
}

/** One failure for each batch of a call that was given, of which none is doubtful. */
export function failuresOf(call: number, batches: readonly InvocationBatch[], end: ThreadEnd): CallFailure[] {
  return batches.map((_, index) => failureOf(call, index, end));
}

/** A batch, or a message of it, for people. */
export function placeOf({ target, invocations }: InvocationBatch, invocation: number | undefined): string {
  const address = `${target.type} of ${JSON.stringify(target.id)}`;
  return invocation === undefined ? address : `${address}, message ${invocation + 1} of ${invocations.length}`;
}

function failureOf(call: number, index: number, { what, running, begunCall }: ThreadEnd): CallFailure {
  const failure = { kind: 'failure', retriable: true, message: what } as const;
  if (running === undefined) return call <= begunCall ? failure : { ...failure, unreachable: true };
  const isToBlame = running.call === call && running.batch === index;
  return isToBlame ? { ...failure, invocation: running.invocation } : { ...failure, unreachable: true };
}
