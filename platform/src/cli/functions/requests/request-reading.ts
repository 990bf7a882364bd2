/**
 * What an HTTP request asks of a function, from its head.
 *
 *     POST /v1/functions/NAMESPACE/NAME/ID                  calls it, and waits for its reply
 *     POST /v1/functions/NAMESPACE/NAME/ID?wait=false       sends to it
 *     GET  /v1/functions/NAMESPACE/NAME/ID/replies/KEY      what is known of an earlier one
 *     any  /NAMESPACE/NAME/ID                               leaves a message for it, as the playground of StateFun does
 */
import type { IncomingHttpHeaders } from 'node:http';
import { requestKey, requestKeyFault } from '@tidegate/connectors/http';
import type { Address } from '@tidegate/functions-sdk/protocol';
import type { AskKind } from '../../../functions/requests/request-messages.js';
import type { RequestsDescriptor } from '../../../job/function-node.js';
import { ApiError } from '../../../rest/api-error.js';
import { Router } from '../../../rest/router.js';

export interface ReadRequest {
  readonly how: AskKind;
  readonly target: Address;
  /** Undefined: the sender gives none. */
  readonly key: string | undefined;
  /** The message's type; undefined: the one that is declared for the function. */
  readonly type: string | undefined;
}

const PATH = '/v1/functions/{namespace}/{name}/{id}';
const NOTHING = {
  role: 'viewer',
  summary: '',
  responses: {},
  errors: [],
  handle: () => ({ status: 200, body: {} }),
} as const;
const ROUTER = new Router([
  { method: 'POST', path: PATH, ...NOTHING },
  { method: 'GET', path: `${PATH}/replies/{key}`, ...NOTHING },
]);
/** Of three parts; those above have more. */
const PLAYGROUND = new Router([{ method: 'POST', path: '/{namespace}/{name}/{id}', ...NOTHING }]);
const TYPENAME = /^[^/\s]+\/[^\s]+$/;
/** As in an application file. */
const FUNCTION_TYPE = /^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/;

/** @throws ApiError */
export function readRequest(
  method: string,
  url: string,
  headers: IncomingHttpHeaders,
  { playground }: Pick<RequestsDescriptor, 'playground'>,
): ReadRequest {
  const [path = '', query = ''] = url.split('?');
  if (playground === true && path.split('/').length === 4) return readSent(path, headers);
  const { namespace, name, id = '', key } = ROUTER.route(method, path).parameters;
  const target = { type: functionType(`${namespace}/${name}`), id };
  if (key !== undefined) return { how: 'look', target, key: checkedKey(key), type: undefined };
  const asked = new URLSearchParams(query);
  const wait = asked.get('wait') ?? 'true';
  if (wait !== 'true' && wait !== 'false') throw new ApiError('bad-request', 'wait is true or false');
  return {
    how: wait === 'true' ? 'call' : 'send',
    target,
    key: keyOf(headers['idempotency-key']),
    type: typeOf(asked.get('type') ?? vendorType(headers)),
  };
}

/** As the ingress of StateFun's playground reads it, which takes any method. */
function readSent(path: string, headers: IncomingHttpHeaders): ReadRequest {
  const { namespace, name, id = '' } = PLAYGROUND.route('POST', path).parameters;
  const target = { type: functionType(`${namespace}/${name}`), id };
  return { how: 'leave', target, key: keyOf(headers['idempotency-key']), type: vendorType(headers) };
}

/** What callers may choose becomes names of states, labels of metrics and lines of logs. */
function functionType(type: string): string {
  if (FUNCTION_TYPE.test(type)) return type;
  throw new ApiError('bad-request', `${JSON.stringify(type)} is no type of functions: NAMESPACE/NAME`);
}

function vendorType(headers: IncomingHttpHeaders): string | undefined {
  return /^application\/vnd\.([^;\s]+\/[^;\s]+)/.exec(headers['content-type'] ?? '')?.[1];
}

function keyOf(header: string | string[] | undefined): string | undefined {
  const key = requestKey(header);
  return key === undefined ? undefined : checkedKey(key);
}

function checkedKey(key: string): string {
  const fault = requestKeyFault(key);
  if (fault !== undefined) throw new ApiError('bad-request', fault);
  return key;
}

function typeOf(type: string | undefined): string | undefined {
  if (type !== undefined && !TYPENAME.test(type))
    throw new ApiError('bad-request', `${JSON.stringify(type)} is no type of a message: NAMESPACE/NAME`);
  return type;
}
