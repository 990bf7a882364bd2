/**
 * Which numbers the elements of a list in parts have: the first one's, and the one behind the last, `12 40`. That is the value of the
 * collection itself; of a map it is empty.
 */
import { PARTS_TYPE } from './state-parts.js';
import type { TypedValue } from './messages.js';

export interface ListExtent {
  readonly first: number;
  readonly next: number;
}

const EXTENT = /^(\d+) (\d+)$/;
const utf8 = new TextDecoder();

/** Undefined for a list of which nothing was ever kept, and for a map. */
export function readListExtent(own: TypedValue | undefined): ListExtent | undefined {
  const [, first, next] = EXTENT.exec(utf8.decode(own?.bytes)) ?? [];
  return first === undefined ? undefined : { first: Number(first), next: Number(next) };
}

export function listExtentValue({ first, next }: ListExtent): TypedValue {
  return { typename: PARTS_TYPE, hasValue: true, bytes: Buffer.from(`${first} ${next}`) };
}
