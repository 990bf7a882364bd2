/**
 * What came of a request, as an HTTP answer.
 *
 * | what came of it                    | answer                                                              |
 * |------------------------------------|---------------------------------------------------------------------|
 * | a reply, or the default of one     | 200 with its bytes; 204 for a message without a value               |
 * | the function failed, and is not tried again; or its reply is not what its type says | 502 with the reason |
 * | it is stored, and has no reply yet | 202 with the path at which the reply will be                        |
 * | it is stored, and has no reply     | 200, empty                                                          |
 * | nobody knows of it                 | 404: it was never asked, or so long ago that its reply is forgotten |
 */
import { isJson } from '@tidegate/connectors/http';
import type { TypedValue } from '@tidegate/functions-sdk/protocol';
import { EmittedValueError } from '../../../functions/emitted-value-error.js';
import { readEmitted } from '../../../functions/emitted-value.js';
import type { FunctionRequest, RequestOutcome } from '../../../functions/requests/request-desk.js';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const JSON_TYPE = 'application/json; charset=utf-8';
/** What came in a header can go in one, and names the same request when it comes again. */
const HEADER_TEXT = /^[\x21-\x7e\x80-\xff](?:[\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/;
const NO_BODY = new Uint8Array(0);
const SIMPLE = 'io.statefun.types/';

export function answerOf(
  { how, target: { type, id }, key }: FunctionRequest,
  { what, argument }: RequestOutcome,
): Answer {
  const headers = { 'idempotency-key': HEADER_TEXT.test(key) ? key : encodeURIComponent(key) };
  switch (what) {
    case 'replied':
      return replyAnswer(argument, headers);
    case 'defaulted':
      return replyAnswer(argument, { ...headers, 'tidegate-decision': 'default' });
    case 'failed':
      return jsonAnswer(502, failure('function-failed', Buffer.from(argument.bytes).toString()), headers);
    case 'accepted': {
      if (how === 'leave') return { status: 200, headers, body: NO_BODY };
      const [address, name] = [[...type.split('/'), id].map(encodeURIComponent).join('/'), encodeURIComponent(key)];
      const reply = `/v1/functions/${address}/replies/${name}`;
      return jsonAnswer(202, { reply }, { ...headers, location: reply, 'retry-after': '1' });
    }
    case 'unknown':
      return jsonAnswer(404, failure('not-found', `nothing is known of a request ${JSON.stringify(key)}`), headers);
  }
}

function replyAnswer({ typename, hasValue, bytes }: TypedValue, headers: Readonly<Record<string, string>>): Answer {
  const typed = { ...headers, 'tidegate-type': encodeURI(typename) };
  if (!hasValue) return { status: 204, headers: typed, body: bytes };
  if (typename.startsWith(SIMPLE)) {
    const value = valueOf({ typename, hasValue, bytes });
    if (value instanceof EmittedValueError)
      return jsonAnswer(
        502,
        failure('function-failed', `the reply is not what its type says: ${value.message}`),
        typed,
      );
    if (value instanceof Uint8Array) return bytesAnswer(value, typed);
    return jsonAnswer(200, typeof value === 'bigint' ? String(value) : value, typed);
  }
  return isJson(bytes)
    ? { status: 200, headers: { ...typed, 'content-type': JSON_TYPE }, body: bytes }
    : bytesAnswer(bytes, typed);
}

function valueOf(reply: TypedValue): unknown {
  try {
    return readEmitted(reply);
  } catch (error) {
    if (error instanceof EmittedValueError) return error;
    throw error;
  }
}

function bytesAnswer(body: Uint8Array, headers: Readonly<Record<string, string>>): Answer {
  return { status: 200, headers: { ...headers, 'content-type': 'application/octet-stream' }, body };
}

function jsonAnswer(status: number, value: unknown, headers: Readonly<Record<string, string>>): Answer {
  const body = Buffer.from(`${JSON.stringify(value)}\n`);
  return { status, headers: { ...headers, 'content-type': JSON_TYPE }, body };
}

function failure(code: string, message: string): unknown {
  return { error: { code, message } };
}
