/**
 * What a reply of HTTP says, as what became of a batch.
 *
 * | reply                                        | becomes                                                |
 * |----------------------------------------------|--------------------------------------------------------|
 * | 2xx of the type that was asked for           | its outcome, if every byte of it is of the protocol    |
 * | 2xx of another type, or encoded              | `not-answer`                                           |
 * | 3xx                                          | `redirected`                                           |
 * | anything else                                | `status`, again                                        |
 *
 * A problem document may say that a retry does not help. Without one no status does: in front of functions there are proxies, and
 * servers that are just being replaced, that answer 404 or 403 in their place. StateFun's clients try all of them again.
 */
import { retryAfterMs } from '@tidegate/connectors/calling';
import {
  decodeFromFunction,
  decodeSharedReplies,
  PROBLEM_TYPE,
  ProtocolError,
  SHARED_REQUEST_TYPE,
  type Problem,
  type SharedReply,
} from '@tidegate/functions-sdk/protocol';
import type { CallFailure, CallOutcome } from '../../functions/function-client.js';
import type { HttpReply } from './exchange.js';
import { mediaType } from './media-type.js';
import { requestFailure, type RequestFailure } from './request-failure.js';

export const STATEFUN_TYPE = 'application/octet-stream';

type Said = Partial<Pick<Problem, 'code' | 'detail' | 'retriable' | 'invocation' | 'retryAfterMs' | 'stack'>>;

const TEXT_LENGTH_MAX = 500;

/** @param shown where it was asked, for messages @param nowMs epoch milliseconds */
export function readReply(reply: HttpReply, shown: string, nowMs: number): CallOutcome {
  return failureOf(reply, STATEFUN_TYPE, shown, nowMs) ?? decoded(shown, () => decodeFromFunction(reply.body));
}

/** @param count of the batches that were asked: there is one outcome for each, in their order */
export function readSharedReply(
  reply: HttpReply,
  count: number,
  shown: string,
  nowMs: number,
): readonly CallOutcome[] | CallFailure {
  const failure = failureOf(reply, SHARED_REQUEST_TYPE, shown, nowMs);
  if (failure !== undefined) return failure;
  const replies = decoded(shown, () => decodeSharedReplies(reply.body));
  if ('kind' in replies) return replies;
  if (replies.length !== count)
    return requestFailure('not-protocol', `${shown}: answered ${replies.length} of ${count} batches`);
  return replies.map((one) => outcomeOfReply(one, shown));
}

/** Of one batch among several. */
export function outcomeOfReply(reply: SharedReply, shown: string): CallOutcome {
  return reply.kind === 'failure' ? ofStatus(reply.status, problemIn(reply.problem), undefined, shown) : reply;
}

function failureOf(reply: HttpReply, type: string, shown: string, nowMs: number): RequestFailure | undefined {
  const { status, headers } = reply;
  if (status >= 200 && status < 300) {
    const given = mediaType(headers['content-type']);
    if (given !== type)
      return requestFailure('not-answer', `${shown}: the reply is of type ${given || 'none'}, not ${type}`);
    const encoding = headers['content-encoding'] ?? 'identity';
    if (encoding === 'identity') return undefined;
    return requestFailure('not-answer', `${shown}: the reply is encoded as ${encoding}`);
  }
  if (status >= 300 && status < 400)
    return { ...requestFailure('redirected', `${shown}: answered ${status}; redirects are not followed`), status };
  return statusFailure(reply, shown, nowMs);
}

/** Of a reply other than 2xx and 3xx. */
export function statusFailure({ status, headers, body }: HttpReply, shown: string, nowMs: number): RequestFailure {
  const problem = mediaType(headers['content-type']) === PROBLEM_TYPE ? problemIn(body.toString()) : {};
  return ofStatus(status, problem, retryAfterMs(headers['retry-after'], nowMs), shown);
}

/** @param header of the reply as a whole; what the function's side says of one batch goes before it */
function ofStatus(status: number, problem: Said, header: number | undefined, shown: string): RequestFailure {
  const { code, detail, stack, invocation, retryAfterMs: retryAfter = header } = problem;
  const said = [code, stack ?? detail].filter((part) => part !== undefined).join(': ');
  return {
    kind: 'failure',
    code: 'status',
    message: `${shown}: answered ${status}${said === '' ? '' : `, ${said}`}`,
    retriable: problem.retriable ?? true,
    status,
    ...(retryAfter === undefined ? {} : { retryAfterMs: retryAfter }),
    ...(invocation === undefined ? {} : { invocation }),
  };
}

/** The members that are of their types; others are as if they were not there. Text is cut: it goes into logs and dead letters. */
function problemIn(document: string): Said {
  let said: unknown;
  try {
    said = JSON.parse(document);
  } catch {
    return {};
  }
  if (typeof said !== 'object' || said === null) return {};
  const { code, detail, retriable, invocation, retryAfterMs, stack } = said as Readonly<Record<string, unknown>>;
  return {
    ...(typeof code === 'string' ? { code: oneLine(code) } : {}),
    ...(typeof detail === 'string' ? { detail: oneLine(detail) } : {}),
    ...(typeof stack === 'string' ? { stack: oneLine(stack) } : {}),
    ...(typeof retriable === 'boolean' ? { retriable } : {}),
    ...(isCount(invocation) ? { invocation } : {}),
    ...(isCount(retryAfterMs) ? { retryAfterMs } : {}),
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function oneLine(text: string): string {
  return text.slice(0, TEXT_LENGTH_MAX).replace(/\s*[\r\n]+\s*/g, ' ');
}

function decoded<T>(shown: string, decode: () => T): T | RequestFailure {
  try {
    return decode();
  } catch (error) {
    if (error instanceof ProtocolError) return requestFailure('not-protocol', `${shown}: ${error.message}`);
    throw error;
  }
}
