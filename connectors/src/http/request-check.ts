/**
 * Whether a request may bring records, from its head alone.
 *
 * | found                                              | answer |
 * |----------------------------------------------------|--------|
 * | a Host that is none of ours                        | 421    |
 * | an Origin that is none of ours (a web page)¹       | 403    |
 * | another path                                       | 404    |
 * | another method than POST                           | 405    |
 * | an encoding, charset or media type not taken²      | 415    |
 * | a Content-Length above the limit                   | 413    |
 *
 * ¹ Ours is where it was asked, port included, or a name that `allowedHosts` has: not whatever else runs on this machine.
 * ² What is called a form is read first, where JSON is taken.
 */
import type { IncomingMessage } from 'node:http';
import { hostName, isLoopback, isOwnOrigin } from './addresses.js';
import { encodingFault, isForm, JSON_TYPE, mediaType, saying } from './content-type.js';

export interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RequestRules {
  readonly path: string;
  /** Undefined: any. */
  readonly allowedNames: ReadonlySet<string> | undefined;
  readonly mediaTypes: readonly string[];
  readonly maxBodyBytes: number;
}

export function checkRequest(request: IncomingMessage, rules: RequestRules): Refusal | undefined {
  const refusal = checkSender(request, rules.allowedNames);
  if (refusal !== undefined) return refusal;
  if (request.url?.split('?')[0] !== rules.path) return { status: 404, reason: 'there is nothing at this path' };
  if (request.method !== 'POST') return { status: 405, reason: 'send records by POST', headers: { Allow: 'POST' } };
  return checkBody(request, rules);
}

/** Whether it is meant for this server, and no web page from elsewhere has sent it. @param names undefined: any */
export function checkSender(
  { headers: { host, origin } }: IncomingMessage,
  names: ReadonlySet<string> | undefined,
): Refusal | undefined {
  if (!isAllowed(host, names)) {
    return { status: 421, reason: 'this host name is not served here; see allowedHosts' };
  }
  if (origin !== undefined && !isOwnOrigin(origin, host) && !isNamed(origin, names)) {
    return { status: 403, reason: 'requests of web pages from elsewhere are not taken; see allowedHosts' };
  }
  return undefined;
}

function checkBody({ headers }: IncomingMessage, rules: RequestRules): Refusal | undefined {
  const { mediaTypes } = rules;
  const encoding = encodingFault(headers);
  if (encoding !== undefined) return unsupported(encoding, rules);
  const type = mediaType(headers['content-type']);
  const isRead = type === undefined || mediaTypes.includes(type) || (isForm(headers) && mediaTypes.includes(JSON_TYPE));
  if (!isRead) return unsupported(`send ${mediaTypes.join(' or ')}, and ${saying(mediaTypes)}`, rules);
  if (!/^utf-?8$/i.test(charset(headers['content-type']))) return unsupported('only UTF-8 is taken', rules);
  if (Number(headers['content-length'] ?? 0) > rules.maxBodyBytes) return tooLarge(rules.maxBodyBytes);
  return undefined;
}

export function tooLarge(maxBodyBytes: number): Refusal {
  return { status: 413, reason: `a body may have ${maxBodyBytes} bytes` };
}

export function unsupported(reason: string, { mediaTypes }: Pick<RequestRules, 'mediaTypes'>): Refusal {
  return { status: 415, reason, headers: { 'Accept-Post': mediaTypes.join(', ') } };
}

function charset(contentType: string | undefined): string {
  return /;\s*charset="?([^";\s]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8';
}

function isAllowed(authority: string | undefined, allowedNames: ReadonlySet<string> | undefined): boolean {
  if (allowedNames === undefined) return true;
  const name = authority === undefined ? undefined : hostName(authority);
  return name !== undefined && allowedNames.has(name);
}

function isNamed(origin: string, allowedNames: ReadonlySet<string> | undefined): boolean {
  const name = hostName(origin.replace(/^https?:\/\//, ''));
  return name !== undefined && !isLoopback(name) && allowedNames?.has(name) === true;
}
