/**
 * The state of all addresses in a test, with its expiration on virtual time.
 *
 * Invariants
 * - What has expired is never seen (StateFun's NeverReturnExpired). Where its expiry is told it leaves at its time, in the
 *   order of times.
 * - A state is known from its first registration on, and its type and expiration stay as they were then.
 */
import type { Address, PersistedValue, StateMutation, StateSpec, TypedValue } from '../wire/messages.js';
import { encodePage, PAGE_ENTRIES_MAX, PAGE_TYPE, PARTS_TYPE, statePart, type PageEntry } from '../wire/state-parts.js';
import { PartTable } from './part-table.js';

const NOTHING_OF_IT: TypedValue = { typename: PARTS_TYPE, hasValue: true, bytes: new Uint8Array(0) };

interface Entry {
  readonly address: Address;
  readonly name: string;
  readonly spec: StateSpec;
  readonly value: TypedValue;
  expiresAtMs: number;
}

/** What an address is told. */
export interface ExpiredState {
  readonly atMs: number;
  readonly target: Address;
  readonly argument: TypedValue;
}

export class StateStore {
  /** By function type, then by name, in the order of registration. */
  readonly #known = new Map<string, Map<string, StateSpec>>();
  /** By address and name; parts are apart. */
  readonly #entries = new Map<string, Entry>();
  /** Of collections, by address and name. They do not expire. */
  readonly #parts = new Map<string, PartTable>();

  register(type: string, specs: readonly StateSpec[]): void {
    let known = this.#known.get(type);
    if (known === undefined) this.#known.set(type, (known = new Map<string, StateSpec>()));
    for (const spec of specs) if (!known.has(spec.name)) known.set(spec.name, spec);
  }

  /** Whether it is the name of a part of a known state, and of no state. */
  isPart(type: string, name: string): boolean {
    const known = this.#known.get(type);
    return known?.has(name) !== true && known?.get(statePart(name)?.state ?? '')?.isInParts === true;
  }

  /**
   * All known state of an address, for a call: this is what "after call" counts from.
   * @param parts names of those that it brings, too
   */
  readAll(address: Address, parts: Iterable<string>, nowMs: number): PersistedValue[] {
    const states = [...(this.#known.get(address.type)?.values() ?? [])].map(({ name, expiration, isInParts }) => {
      const entry = this.#live(address, name, nowMs);
      if (entry !== undefined && expiration?.after === 'call') entry.expiresAtMs = nowMs + expiration.ms;
      return { name, value: entry?.value ?? (isInParts === true ? NOTHING_OF_IT : undefined) };
    });
    return [...states, ...[...parts].map((name) => ({ name, value: this.#part(address, name) }))];
  }

  /** The entries of a map, or the elements of a list by their numbers, in the order of their keys. */
  entriesOf(address: Address, name: string): PageEntry[] {
    return this.#parts.get(keyOf(address, name))?.all() ?? [];
  }

  #part(address: Address, name: string): TypedValue | undefined {
    const part = statePart(name);
    if (part === undefined) return undefined;
    const parts = this.#parts.get(keyOf(address, part.state));
    if (part.kind === 'entry') return parts?.get(part.key);
    const page = parts?.page(part.after, Math.min(part.limit, PAGE_ENTRIES_MAX)) ?? { entries: [], isLast: true };
    return { typename: PAGE_TYPE, hasValue: true, bytes: encodePage(page) };
  }

  /** For a look from outside, which counts as nothing. */
  peek(address: Address, name: string, nowMs: number): TypedValue | undefined {
    return this.#live(address, name, nowMs)?.value;
  }

  apply(address: Address, { name, value }: StateMutation, nowMs: number): void {
    const part = this.isPart(address.type, name) ? statePart(name) : undefined;
    const spec = this.#known.get(address.type)?.get(part?.state ?? name);
    if (spec === undefined) throw new Error(`${address.type} changed state ${name}, which it never declared`);
    if (part?.kind === 'entry') return this.#partsOf(address, part.state).set(part.key, value);
    const key = keyOf(address, name);
    if (value === undefined) {
      this.#entries.delete(key);
      this.#parts.delete(key);
    } else {
      const expiresAtMs = nowMs + (spec.expiration?.ms ?? Infinity);
      this.#entries.set(key, { address, name, spec, value, expiresAtMs });
    }
  }

  #partsOf(address: Address, name: string): PartTable {
    const key = keyOf(address, name);
    let parts = this.#parts.get(key);
    if (parts === undefined) this.#parts.set(key, (parts = new PartTable()));
    return parts;
  }

  /** When the next expiry is told; +Infinity: never. */
  get nextExpiryMs(): number {
    let next = Infinity;
    for (const { spec, expiresAtMs } of this.#entries.values())
      if (spec.onExpiry !== undefined) next = Math.min(next, expiresAtMs);
    return next;
  }

  /** The next value whose expiry is told by then, which is gone. */
  takeExpired(untilMs: number): ExpiredState | undefined {
    const atMs = this.nextExpiryMs;
    if (atMs > untilMs) return undefined;
    for (const [key, { address, spec, value, expiresAtMs }] of this.#entries) {
      if (spec.onExpiry === undefined || expiresAtMs !== atMs) continue;
      this.#entries.delete(key);
      return { atMs, target: address, argument: { ...value, typename: spec.onExpiry } };
    }
    return undefined;
  }

  #live(address: Address, name: string, nowMs: number): Entry | undefined {
    const key = keyOf(address, name);
    const entry = this.#entries.get(key);
    if (entry === undefined || nowMs < entry.expiresAtMs) return entry;
    this.#entries.delete(key);
    return undefined;
  }
}

function keyOf({ type, id }: Address, name: string): string {
  return JSON.stringify([type, id, name]);
}
