/** The query of a request: of what its route knows, whole numbers and texts. */
import { ApiError } from './api-error.js';
import type { Call, Route } from './route.js';

/** @throws ApiError `bad-request` */
export function readQuery(
  url: string,
  { query = {}, texts = {} }: Pick<Route, 'query' | 'texts'>,
): Pick<Call, 'query' | 'texts'> {
  const sent = new URLSearchParams(url.split('?').slice(1).join('?'));
  const given = (names: object): [name: string, text: string][] =>
    Object.keys(names).flatMap((name): [string, string][] => (sent.has(name) ? [[name, sent.get(name)!]] : []));
  return {
    query: Object.fromEntries(given(query).map(([name, text]) => [name, wholeNumber(name, text)])),
    texts: Object.fromEntries(given(texts)),
  };
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new ApiError('bad-request', `${name} is ${JSON.stringify(text)}; expected a whole number`);
}
