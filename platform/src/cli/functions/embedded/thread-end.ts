/**
 * What becomes of the calls that a thread of functions had when it ended before its time: whoever held it is to blame, and
 * the others are called again as if the thread had not been there.
 *
 * | the thread was                                             | to blame                                             |
 * |------------------------------------------------------------|------------------------------------------------------|
 * | at a message, also behind what its handler waited for      | that message                                         |
 * | at what an answered message left behind                    | nobody of those that it had                          |
 * | at nobody's in particular, and had begun one batch         | that batch                                           |
 * | at nobody's in particular, and had begun several           | one of them: each is tried alone (`ThreadCalls`)     |
 * | not yet at a call                                          | nobody of it                                         |
 */
import type { InvocationBatch, RunningMessage } from '@tidegate/functions-sdk/protocol';
import type { CallFailure } from '../../../functions/function-client.js';

export interface ThreadEnd {
  /** What happened to the thread, for people. */
  readonly what: string;
  readonly running: RunningMessage | undefined;
  readonly begunCall: number;
  /** Batches that still ran in it though they were given up: it may have been one of them. */
  readonly lateCount: number;
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

/** Whether one of the suspects has ended the thread, and it is not known which, or it was one that was given up before. */
export function isDoubtful(suspects: readonly unknown[], { lateCount }: ThreadEnd): boolean {
  return suspects.length > 0 && suspects.length + lateCount > 1;
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
