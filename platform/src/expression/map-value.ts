/**
 * A map as an expression makes it: keys are texts, bools and numbers, and numbers of all types are one key when they are
 * equal. Records and JSON objects stay plain objects; the functions here read both.
 */
import { Uint } from './strict-number.js';

type CanonicalKey = string | boolean | bigint | number;

export class MapValue {
  readonly #entries = new Map<CanonicalKey, readonly [key: unknown, value: unknown]>();

  get size(): number {
    return this.#entries.size;
  }
  get(key: unknown): unknown {
    const canonical = canonicalKey(key);
    return canonical === undefined ? undefined : this.#entries.get(canonical)?.[1];
  }
  has(key: unknown): boolean {
    const canonical = canonicalKey(key);
    return canonical !== undefined && this.#entries.has(canonical);
  }
  /** False when the key is there already or cannot be one. */
  add(key: unknown, value: unknown): boolean {
    const canonical = canonicalKey(key);
    if (canonical === undefined || this.#entries.has(canonical)) return false;
    this.#entries.set(canonical, [key, value]);
    return true;
  }
  entries(): Iterable<readonly [key: unknown, value: unknown]> {
    return this.#entries.values();
  }
}

function canonicalKey(key: unknown): CanonicalKey | undefined {
  switch (typeof key) {
    case 'string':
    case 'boolean':
      return key;
    case 'bigint':
      return key;
    case 'number':
      return Number.isInteger(key) ? BigInt(key) : Number.isFinite(key) ? key : undefined;
    default:
      return key instanceof Uint ? key.value : undefined;
  }
}

export type MapLike = MapValue | Readonly<Record<string, unknown>>;

/** A map of either form. Instances of other classes are no maps, so their prototypes are out of reach. */
export function isMap(value: unknown): value is MapLike {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof MapValue) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function mapGet(map: MapLike, key: unknown): unknown {
  if (map instanceof MapValue) return map.get(key);
  return typeof key === 'string' && Object.hasOwn(map, key) ? map[key] : undefined;
}

export function mapHas(map: MapLike, key: unknown): boolean {
  return map instanceof MapValue
    ? map.has(key)
    : typeof key === 'string' && Object.hasOwn(map, key) && map[key] !== undefined;
}

export function mapEntries(map: MapLike): (readonly [key: unknown, value: unknown])[] {
  if (map instanceof MapValue) return [...map.entries()];
  return Object.entries(map).filter(([, value]) => value !== undefined);
}

export function mapSize(map: MapLike): number {
  return map instanceof MapValue ? map.size : mapEntries(map).length;
}
