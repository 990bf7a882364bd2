/**
 * State in parts: a map or a list of which a call brings only what the function asks for. In the protocol a part is a value of
 * state with a name of its own, so parts are asked for, brought and changed as any state is:
 *
 *     cart                 the collection itself, of the type PARTS_TYPE: present on a platform that knows of parts
 *     cart/socks           the value of a key, of the type that the collection declares
 *     cart?100:shoes       a page: at most 100 keys behind `shoes` with their values, of the type PAGE_TYPE; only asked for
 *
 * Deleting the collection deletes its parts. Names of state have neither `/` nor `?`, keys may have any.
 */
import { ProtobufReader, WireType } from './protobuf-reader.js';
import { ProtobufWriter } from './protobuf-writer.js';

export const PARTS_TYPE = 'io.tidegate/parts';
export const PAGE_TYPE = 'io.tidegate/page';
/** What a platform brings in one page at most. */
export const PAGE_ENTRIES_MAX = 1000;
/** What a platform brings with one call at most: entries and pages. */
export const PARTS_MAX = 10_000;

export type StatePart =
  | { readonly kind: 'entry'; readonly state: string; readonly key: string }
  | { readonly kind: 'page'; readonly state: string; readonly after: string; readonly limit: number };

export interface PageEntry {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** `isLast`: there is nothing behind it. */
export interface StatePage {
  readonly entries: readonly PageEntry[];
  readonly isLast: boolean;
}

export function entryName(state: string, key: string): string {
  return `${state}/${key}`;
}

/** @param after '': from the beginning */
export function pageName(state: string, after: string, limit: number): string {
  return `${state}?${limit}:${after}`;
}

/** Undefined for the name of a state as a whole. */
export function statePart(name: string): StatePart | undefined {
  const end = name.search(/[/?]/);
  if (end < 0) return undefined;
  const state = name.slice(0, end);
  const rest = name.slice(end + 1);
  if (name[end] === '/') return { kind: 'entry', state, key: rest };
  const colon = rest.indexOf(':');
  const limit = Number(rest.slice(0, colon));
  if (colon < 0 || !Number.isInteger(limit) || limit < 1) return undefined;
  return { kind: 'page', state, after: rest.slice(colon + 1), limit };
}

const ENTRY = (1 << 3) | WireType.Bytes;
const IS_LAST = (2 << 3) | WireType.Varint;
const KEY = (1 << 3) | WireType.Bytes;
const VALUE = (2 << 3) | WireType.Bytes;

export function encodePage({ entries, isLast }: StatePage): Uint8Array {
  const writer = new ProtobufWriter();
  if (isLast) writer.number(IS_LAST, 1);
  for (let i = entries.length - 1; i >= 0; i--) {
    const end = writer.length;
    writer.bytes(VALUE, entries[i]!.bytes);
    writer.text(KEY, entries[i]!.key);
    writer.message(ENTRY, end);
  }
  return writer.finish();
}

/** Throws a ProtocolError for what is no page. */
export function decodePage(bytes: Uint8Array): StatePage {
  const reader = new ProtobufReader(bytes);
  const entries: PageEntry[] = [];
  let isLast = false;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ENTRY) entries.push(readEntry(reader));
    else if (tag === IS_LAST) isLast = reader.bool();
    else reader.skip(tag);
  }
  return { entries, isLast };
}

function readEntry(reader: ProtobufReader): PageEntry {
  const outer = reader.enter();
  let key = '';
  let bytes: Uint8Array = new Uint8Array(0);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === KEY) key = reader.text();
    else if (tag === VALUE) bytes = reader.bytes();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { key, bytes };
}
