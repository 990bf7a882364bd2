/**
 * The parts of one state in parts, of all addresses: values by key, of which calls bring what is asked for.
 *
 * Invariants
 * - A page is bounded whatever is asked for.
 */
import {
  encodePage,
  PAGE_ENTRIES_MAX,
  PAGE_TYPE,
  type PageEntry,
  type StatePart,
  type TypedValue,
} from '@tidegate/functions-sdk/protocol';
import { fromKey, type Key } from '../record/key.js';
import type { KeyedStore, MapState } from '../state/keyed-store.js';
import { keyOfId } from './function-message.js';
import type { StatePlace } from './state-place.js';
import { TYPED_VALUES } from './typed-value-codec.js';

const PAGE_BYTES_MAX = 1024 * 1024;

export class StateCollection {
  readonly #values: MapState<TypedValue>;

  constructor(store: KeyedStore, { owner, prefix }: StatePlace, name: string) {
    this.#values = store.map({ owner, name: `${prefix}parts.${name}`, codec: TYPED_VALUES });
  }

  read(id: Key, part: StatePart): TypedValue | undefined {
    return part.kind === 'entry' ? this.#values.get(id, keyOfId(part.key)) : this.#page(id, part);
  }

  put(id: Key, key: string, value: TypedValue): void {
    this.#values.put(id, keyOfId(key), value);
  }

  delete(id: Key, key: string): void {
    this.#values.delete(id, keyOfId(key));
  }

  clear(id: Key): void {
    this.#values.clear(id);
  }

  #page(id: Key, { after, limit }: Extract<StatePart, { readonly kind: 'page' }>): TypedValue {
    const most = Math.min(limit, PAGE_ENTRIES_MAX);
    const found = this.#values.behind(id, after === '' ? undefined : keyOfId(after), most + 1);
    const entries: PageEntry[] = [];
    let bytes = 0;
    for (const [mapKey, value] of found.slice(0, most)) {
      if (bytes > PAGE_BYTES_MAX) break;
      const key = fromKey(mapKey) as string;
      entries.push({ key, bytes: value.bytes });
      bytes += key.length + value.bytes.length;
    }
    const isLast = entries.length === found.length;
    return { typename: PAGE_TYPE, hasValue: true, bytes: encodePage({ entries, isLast }) };
  }
}
