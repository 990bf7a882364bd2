/**
 * The answer to a shared request, in bytes, however its batches were called.
 *
 * Invariants
 * - What a batch led to and cannot be written, such as a text that is no Unicode, is the failure of that batch alone.
 */
import { textOf } from '../function/error-text.js';
import { FunctionError } from '../function/function-error.js';
import type { InvocationBatch } from '../wire/messages.js';
import { encodeSharedReplies, type SharedReply } from '../wire/shared-request.js';
import type { FailureAnswers } from './failure-answers.js';

/** @param replies one for each of `batches`, in their order */
export function sharedAnswer(
  batches: readonly InvocationBatch[],
  replies: readonly SharedReply[],
  failures: FailureAnswers,
): Uint8Array {
  try {
    return encodeSharedReplies(replies);
  } catch {
    return encodeSharedReplies(replies.map((reply, i) => written(batches[i]!, reply, failures)));
  }
}

/** What cannot be written cannot be written the next time either. */
export function unwritable({ target }: InvocationBatch, error: unknown): FunctionError {
  return new FunctionError('invalid-effect', textOf(error), { target }, { cause: error });
}

function written(batch: InvocationBatch, reply: SharedReply, failures: FailureAnswers): SharedReply {
  try {
    encodeSharedReplies([reply]);
    return reply;
  } catch (error) {
    return failures.shared(unwritable(batch, error));
  }
}
