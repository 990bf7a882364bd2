/**
 * What an endpoint says of itself, from the reply to GET. An endpoint of Apache StateFun's SDKs has nothing to say: whatever is no
 * description (404, 405, a page in HTML) counts as none, and is a failure of status 404.
 */
import { DESCRIPTION_TYPE, type EndpointDescription, type FunctionDescription } from '@tidegate/functions-sdk/protocol';
import type { CallFailure } from '../../functions/function-client.js';
import { fields, isObject, list, oneOf, optional, text, whole, type Shape } from '../../rpc/shape.js';
import type { HttpReply } from './exchange.js';
import { mediaType } from './media-type.js';
import { statusFailure } from './reply-reading.js';

type Told = Pick<EndpointDescription, 'protocol' | 'limits'> & {
  readonly functions: readonly Pick<FunctionDescription, 'type' | 'state'>[];
};

const TEXT_MAX = 1024;

/** @param shown where it was asked, for messages @param nowMs epoch milliseconds */
export function readDescription(reply: HttpReply, shown: string, nowMs: number): EndpointDescription | CallFailure {
  const { status, headers, body } = reply;
  if (status >= 500 || status === 429) return statusFailure(reply, shown, nowMs);
  const isOne = status === 200 && mediaType(headers['content-type']) === DESCRIPTION_TYPE;
  return (isOne ? descriptionIn(body) : undefined) ?? describesNothing(shown);
}

export function describesNothing(shown: string): CallFailure {
  return { kind: 'failure', status: 404, retriable: false, message: `${shown} does not describe itself` };
}

function descriptionIn(body: Buffer): EndpointDescription | undefined {
  try {
    const said: unknown = JSON.parse(body.toString());
    return isDescription(said) ? said : undefined;
  } catch {
    return undefined;
  }
}

const isTrue: Shape<true> = (value): value is true => value === true;
/** What is read of a description; the rest is for whoever knows more. */
const isState = fields<Told['functions'][number]['state'][number]>({
  name: text(TEXT_MAX),
  type: text(TEXT_MAX),
  expiration: optional(fields({ after: oneOf(['write', 'call']), ms: whole })),
  onExpiry: optional(text(TEXT_MAX)),
  isInParts: optional(isTrue),
  parts: optional(oneOf(['list', 'map'])),
});
const isTold = fields<Told>({
  protocol: oneOf(['io.statefun.sdk.reqreply']),
  functions: list(fields<Told['functions'][number]>({ type: text(TEXT_MAX), state: list(isState) })),
  limits: fields({ maxBodyBytes: whole }),
});

function isDescription(said: unknown): said is EndpointDescription {
  return isTold(said) && isObject((said as Partial<EndpointDescription>).extensions);
}
