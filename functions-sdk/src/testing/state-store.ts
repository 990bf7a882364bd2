/**
 * The state of all addresses in a test, with its expiration on virtual time.
 *
 * Invariants
 * - What has expired is never seen (StateFun's NeverReturnExpired). Where its expiry is told it leaves at its time, in the
 *   order of times.
 * - A state is known from its first registration on, and its type and expiration stay as they were then.
 */
import type { Address, PersistedValue, StateMutation, StateSpec, TypedValue } from '../wire/messages.js';

interface Entry {
  readonly address: Address;
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

  /** All known state of an address, for a call: this is what "after call" counts from. */
  readAll(address: Address, nowMs: number): PersistedValue[] {
    return [...(this.#known.get(address.type)?.values() ?? [])].map(({ name, expiration }) => {
      const entry = this.#live(address, name, nowMs);
      if (entry !== undefined && expiration?.after === 'call') entry.expiresAtMs = nowMs + expiration.ms;
      return { name, value: entry?.value };
    });
  }

  /** For a look from outside, which counts as nothing. */
  peek(address: Address, name: string, nowMs: number): TypedValue | undefined {
    return this.#live(address, name, nowMs)?.value;
  }

  apply(address: Address, { name, value }: StateMutation, nowMs: number): void {
    const spec = this.#known.get(address.type)?.get(name);
    if (spec === undefined) throw new Error(`${address.type} changed state ${name}, which it never declared`);
    const key = keyOf(address, name);
    const expiresAtMs = nowMs + (spec.expiration?.ms ?? Infinity);
    if (value === undefined) this.#entries.delete(key);
    else this.#entries.set(key, { address, spec, value, expiresAtMs });
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
