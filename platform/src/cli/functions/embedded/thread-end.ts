/**
 * What becomes of the calls that a thread of functions had when it ended before its time: whoever held it is to blame, and
 * the others are called again as if the thread had not been there.
 *
 * | the thread was                | to blame                                                       |
 * |-------------------------------|----------------------------------------------------------------|
 * | handling a message            | that message                                                   |
 * | between messages              | each batch of the calls that it had begun: some of them waits  |
 * | not yet at a call             | nobody of it                                                   |
 */
import type { InvocationBatch, RunningMessage } from '@tidegate/functions-sdk/protocol';
import type { CallFailure } from '../../../functions/function-client.js';

export interface ThreadEnd {
  /** What happened to the thread, for people. */
  readonly what: string;
  readonly running: RunningMessage | undefined;
  readonly begunCall: number;
}

/** One failure for each batch of the call. */
export function failuresOf(call: number, batches: readonly InvocationBatch[], end: ThreadEnd): CallFailure[] {
  return batches.map((_, index) => failureOf(call, index, end));
}

/** The address that held the thread, if it is one of these: for the log. */
export function culpritOf(
  call: number,
  batches: readonly InvocationBatch[],
  { running }: ThreadEnd,
): string | undefined {
  if (running?.call !== call) return undefined;
  const batch = batches[running.batch];
  if (batch === undefined) return undefined;
  const { type, id } = batch.target;
  return `${type} of ${JSON.stringify(id)}, message ${running.invocation + 1} of ${batch.invocations.length}`;
}

function failureOf(call: number, index: number, { what, running, begunCall }: ThreadEnd): CallFailure {
  const failure = { kind: 'failure', retriable: true, message: what } as const;
  if (running === undefined) return call <= begunCall ? failure : { ...failure, unreachable: true };
  const isToBlame = running.call === call && running.batch === index;
  return isToBlame ? { ...failure, invocation: running.invocation } : { ...failure, unreachable: true };
}
