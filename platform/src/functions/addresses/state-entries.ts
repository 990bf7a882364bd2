/**
 * Entries of state in parts, as an operator reads and edits them: those of a map by their keys, elements of a list by their places.
 *
 * Invariants
 * - A list stays without gaps: it is appended to behind its last element, and shortened at its ends.
 * - A page has 1 MiB of values, or a single entry.
 */
import {
  decodePage,
  entryName,
  listExtentValue,
  pageName,
  readListExtent,
  type StateSpec,
  type ListExtent,
  type StateMutation,
  type TypedValue,
} from '@tidegate/functions-sdk/protocol';
import {
  VALUE_BYTES_MAX,
  type AddressAnswer,
  type AddressEntry,
  type AddressQuestion,
} from '../../job/address-question.js';
import type { FunctionState } from '../function-state.js';
import { storedValue, UnfitValue, writtenBytes } from './stored-value.js';

type Question<K extends AddressQuestion['kind']> = Extract<AddressQuestion, { readonly kind: K }>;
type Entries = Pick<Extract<AddressAnswer, { readonly kind: 'entries' }>, 'entries' | 'hasMore'>;

interface Entry {
  readonly key: string;
  readonly value: TypedValue;
}

interface Page {
  readonly found: readonly Entry[];
  readonly isLast: boolean;
}

const NO_ELEMENTS: ListExtent = { first: 0, next: 0 };
const PLACE = /^(?:0|[1-9]\d{0,15})$/;

export class StateEntries {
  /** Undefined: it is no list, or nobody knows that it is one. */
  readonly #extent: ListExtent | undefined;
  readonly #told: StateSpec['parts'];

  /** @param name of a state in parts */
  constructor(
    private readonly state: FunctionState,
    private readonly id: string,
    private readonly name: string,
  ) {
    this.#told = state.spec(name)!.parts;
    const extent = this.#told === 'map' ? undefined : readListExtent(state.part(id, name));
    this.#extent = this.#told === 'list' ? (extent ?? NO_ELEMENTS) : extent;
  }

  read({ key, after, limit }: Question<'entries'>): Entries {
    if (key !== undefined) {
      const value = this.#value(key);
      return shown({ found: value === undefined ? [] : [{ key, value }], isLast: true });
    }
    return shown(this.#extent === undefined ? this.#ofMap(after, limit) : this.#ofList(this.#extent, after, limit));
  }

  /** @throws UnfitValue */
  write(key: string, written: Question<'write'>['value']): readonly StateMutation[] {
    const { typename } = this.state.spec(this.name)!;
    const other = this.#any();
    // What is kept of a map is entries alone, and nothing as a whole, as of a list that was never written.
    if (this.#extent === undefined && this.#told === undefined && other === undefined)
      throw new UnfitValue(
        `whether the state ${this.name} is a list or a map is not known, as its function does not tell and has kept nothing of it: ` +
          'entries can be written when the function has written one',
      );
    const bytes = writtenBytes(written, typename, this.#value(key) ?? other);
    const value: TypedValue = { typename, hasValue: true, bytes };
    if (this.#extent === undefined) return [{ name: entryName(this.name, key), value }];
    const { first, next } = this.#extent;
    const place = placeOf(key) ?? next - first + 1;
    if (place > next - first)
      throw new UnfitValue(
        `the list ${this.name} has ${next - first} elements: ${key} is neither of them nor the next`,
      );
    const element = { name: entryName(this.name, String(first + place)), value };
    return first + place < next ? [element] : [element, this.#own({ first, next: next + 1 })];
  }

  /** @throws UnfitValue */
  delete(key: string): readonly StateMutation[] {
    if (this.#value(key) === undefined) return [];
    if (this.#extent === undefined) return [{ name: entryName(this.name, key), value: undefined }];
    const { first, next } = this.#extent;
    const number = first + placeOf(key)!;
    const deleted = { name: entryName(this.name, String(number)), value: undefined };
    if (number === first) return [deleted, this.#own({ first: first + 1, next })];
    if (number === next - 1) return [deleted, this.#own({ first, next: number })];
    throw new UnfitValue(
      `of the list ${this.name} the first and the last element can be deleted, and ${key} is neither`,
    );
  }

  #value(key: string): TypedValue | undefined {
    if (this.#extent === undefined) return key === '' ? undefined : this.#part(key);
    const place = placeOf(key);
    const { first, next } = this.#extent;
    return place === undefined || first + place >= next ? undefined : this.#part(String(first + place));
  }

  /** What others are says of what form a new one is. */
  #any(): TypedValue | undefined {
    return this.#ofMap(undefined, 1).found[0]?.value;
  }

  #ofMap(after: string | undefined, limit: number): Page {
    const { typename } = this.state.spec(this.name)!;
    const { entries, isLast } = decodePage(this.state.part(this.id, pageName(this.name, after ?? '', limit))!.bytes);
    return { found: entries.map(({ key, bytes }) => ({ key, value: { typename, hasValue: true, bytes } })), isLast };
  }

  #ofList({ first, next }: ListExtent, after: string | undefined, limit: number): Page {
    const begin = first + (after === undefined ? 0 : (placeOf(after) ?? next) + 1);
    const end = Math.min(next, begin + limit);
    const found: Entry[] = [];
    for (let number = begin; number < end; number++) {
      const value = this.#part(String(number));
      if (value !== undefined) found.push({ key: String(number - first), value });
    }
    return { found, isLast: end >= next };
  }

  #part(key: string): TypedValue | undefined {
    return this.state.part(this.id, entryName(this.name, key));
  }

  #own(extent: ListExtent): StateMutation {
    return { name: this.name, value: listExtentValue(extent) };
  }
}

/** Of an element, as a text of its digits. */
function placeOf(key: string): number | undefined {
  return PLACE.test(key) ? Number(key) : undefined;
}

function shown({ found, isLast }: Page): Entries {
  const entries: AddressEntry[] = [];
  let bytes = 0;
  for (const { key, value } of found) {
    bytes += value.bytes.length;
    if (entries.length > 0 && bytes > VALUE_BYTES_MAX) break;
    entries.push({ key, value: storedValue(value) });
  }
  return { entries, hasMore: !isLast || entries.length < found.length };
}
