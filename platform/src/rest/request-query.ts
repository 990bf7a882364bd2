/** The query of a request: of what its route knows, whole numbers. */
import { ApiError } from './api-error.js';
import type { Route } from './route.js';

/** @throws ApiError `bad-request` */
export function readQuery(url: string, { query = {} }: Route): Readonly<Record<string, number>> {
  const sent = new URLSearchParams(url.split('?').slice(1).join('?'));
  const values: Record<string, number> = {};
  for (const name of Object.keys(query)) {
    const text = sent.get(name);
    if (text === null) continue;
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
      throw new ApiError('bad-request', `${name} is ${JSON.stringify(text)}; expected a whole number`);
    values[name] = value;
  }
  return values;
}
