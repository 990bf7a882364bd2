/**
 * What an endpoint says of itself, from the reply to GET. An endpoint of Apache StateFun's SDKs has nothing to say: whatever is no
 * description (404, 405, a page in HTML) counts as none, and is a failure of status 404.
 */
import { DESCRIPTION_TYPE, type EndpointDescription } from '@tidegate/functions-sdk/protocol';
import type { CallFailure } from '../../functions/function-client.js';
import type { HttpReply } from './exchange.js';
import { mediaType } from './media-type.js';
import { statusFailure } from './reply-reading.js';

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

function isDescription(said: unknown): said is EndpointDescription {
  if (!isRecord(said) || said['protocol'] !== 'io.statefun.sdk.reqreply') return false;
  const { functions, limits, extensions } = said;
  return (
    Array.isArray(functions) &&
    functions.every(isFunction) &&
    isRecord(limits) &&
    Number.isSafeInteger(limits['maxBodyBytes']) &&
    isRecord(extensions)
  );
}

function isFunction(said: unknown): boolean {
  return (
    isRecord(said) && typeof said['type'] === 'string' && Array.isArray(said['state']) && said['state'].every(isState)
  );
}

function isState(said: unknown): boolean {
  if (!isRecord(said) || typeof said['name'] !== 'string' || typeof said['type'] !== 'string') return false;
  const { expiration } = said;
  if (expiration === undefined) return true;
  if (!isRecord(expiration) || !Number.isSafeInteger(expiration['ms'])) return false;
  return expiration['after'] === 'write' || expiration['after'] === 'call';
}

function isRecord(said: unknown): said is Readonly<Record<string, unknown>> {
  return typeof said === 'object' && said !== null && !Array.isArray(said);
}
