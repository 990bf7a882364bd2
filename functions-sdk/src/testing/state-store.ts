/**
 * The state of all addresses in a test, with its expiration on virtual time.
 *
 * Invariants
 * - What has expired is never seen (StateFun's NeverReturnExpired). Where its expiry is told it leaves at its time, in the
 *   order of times.
 * - A state is known from its first registration on, and its type and expiration stay as they were then.
 */
import type { Address, PersistedValue, StateMutation, StateSpec, TypedValue } from '../wire/messages.js';
import {
  encodePage,
  entryName,
  PAGE_ENTRIES_MAX,
  PAGE_TYPE,
  PARTS_TYPE,
  statePart,
  type PageEntry,
} from '../wire/state-parts.js';

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
  /** By address and name. */
  readonly #entries = new Map<string, Entry>();

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
    return [...states, ...[...parts].map((name) => ({ name, value: this.#part(address, name, nowMs) }))];
  }

  /** The entries of a map, or the elements of a list by their numbers, in the order of their keys. */
  entriesOf(address: Address, name: string): PageEntry[] {
    const prefix = `${name}/`;
    return [...this.#entries.values()]
      .filter((entry) => keyOf(entry.address, '') === keyOf(address, '') && entry.name.startsWith(prefix))
      .map((entry) => ({ key: entry.name.slice(prefix.length), bytes: entry.value.bytes }))
      .sort((one, other) => Buffer.compare(Buffer.from(one.key), Buffer.from(other.key)));
  }

  #part(address: Address, name: string, nowMs: number): TypedValue | undefined {
    const part = statePart(name);
    if (part?.kind !== 'page') return this.peek(address, name, nowMs);
    const { after, limit } = part;
    const behind = this.entriesOf(address, part.state).filter(
      ({ key }) => Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0,
    );
    const entries = behind.slice(0, Math.min(limit, PAGE_ENTRIES_MAX));
    const bytes = encodePage({ entries, isLast: entries.length === behind.length });
    return { typename: PAGE_TYPE, hasValue: true, bytes };
  }

  /** For a look from outside, which counts as nothing. */
  peek(address: Address, name: string, nowMs: number): TypedValue | undefined {
    return this.#live(address, name, nowMs)?.value;
  }

  apply(address: Address, { name, value }: StateMutation, nowMs: number): void {
    const known = this.#known.get(address.type);
    const spec = known?.get(this.isPart(address.type, name) ? statePart(name)!.state : name);
    if (spec === undefined) throw new Error(`${address.type} changed state ${name}, which it never declared`);
    if (value === undefined && spec.isInParts === true && spec.name === name)
      for (const { key } of this.entriesOf(address, name)) this.#entries.delete(keyOf(address, entryName(name, key)));
    const key = keyOf(address, name);
    const expiresAtMs = nowMs + (spec.expiration?.ms ?? Infinity);
    if (value === undefined) this.#entries.delete(key);
    else this.#entries.set(key, { address, name, spec, value, expiresAtMs });
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
