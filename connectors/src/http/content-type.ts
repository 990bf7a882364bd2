/**
 * What a request says of the form of its body.
 *
 * `curl -d` says of whatever it sends that it is a form. Nobody means that here, so a body of which it is said is taken where it is
 * JSON. A page may send a form to any server without being asked: who takes one has to look at the Origin.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { isJson } from './json-bytes.js';

export const JSON_TYPE = 'application/json';
const FORM_TYPES: readonly (string | undefined)[] = ['application/x-www-form-urlencoded', 'multipart/form-data'];

/** Without parameters, in lower case; undefined when there is none. */
export function mediaType(contentType: string | undefined): string | undefined {
  return contentType?.split(';')[0]?.trim().toLowerCase();
}

export function isForm({ 'content-type': contentType }: IncomingHttpHeaders): boolean {
  return FORM_TYPES.includes(mediaType(contentType));
}

/** @returns why its body cannot be taken as it comes; undefined where it can */
export function encodingFault(headers: IncomingHttpHeaders): string | undefined {
  const encoding = headers['content-encoding'] ?? 'identity';
  return encoding.toLowerCase() === 'identity' ? undefined : 'no content encoding is taken';
}

/** @param types that are taken instead @returns what is wrong with a body; undefined where nothing is */
export function formFault(
  headers: IncomingHttpHeaders,
  body: Uint8Array,
  types: readonly string[],
): string | undefined {
  if (!isForm(headers) || body.length === 0 || isJson(body)) return undefined;
  return `${mediaType(headers['content-type'])} is taken where the body is JSON, which it is not; ${saying(types)}`;
}

/** In the words of who sends with curl. */
export function saying(types: readonly string[]): string {
  return `say what it is: ${types.map((type) => `-H 'content-type: ${type}'`).join(' or ')}`;
}
