/**
 * The parts of one collection of one address during a batch: those that the platform brought, and what the function made of
 * them.
 *
 * Invariants
 * - What was not brought is asked for, and the function runs again when it is there: reading it throws a MissingPart until
 *   then.
 * - A part that was not changed gives no mutation; one that was changed in place is found by its bytes.
 */
import { toTypedValue, type ValueType } from '../types/value-type.js';
import type { StateMutation, TypedValue } from '../wire/messages.js';
import { decodePage, entryName, PAGE_TYPE, pageName, type StatePage } from '../wire/state-parts.js';
import { compareKeys } from '../wire/key-order.js';
import { usedTooLate, type BroughtParts, type MissingPart } from './brought-parts.js';

interface Entry {
  /** Undefined: it is not there. */
  value: unknown;
  /** As it was brought; undefined: it was not there. */
  readonly stored: Uint8Array | undefined;
  isAssigned: boolean;
}

/** `next`: where the next page begins; undefined when this is the last. */
export interface PartPage {
  readonly entries: readonly (readonly [key: string, value: unknown])[];
  readonly next: string | undefined;
}

const EMPTY_PAGE: StatePage = { entries: [], isLast: true };

export class StateParts {
  /** By key: those that were read or written. */
  readonly #entries = new Map<string, Entry>();
  /** Whether what is stored counts no more. */
  #isCleared = false;
  /** Whether there may be keys that no page has. */
  #isWritten = false;

  constructor(
    readonly state: string,
    private readonly type: ValueType<unknown>,
    private readonly source: BroughtParts,
  ) {}

  get isCleared(): boolean {
    return this.#isCleared;
  }

  /** Throws if somebody else has the state now, or nobody. */
  requireHeldBy(holder: object): void {
    if (this.source.holder !== holder) throw usedTooLate(this.state, this.source.target);
  }

  get(key: string): unknown {
    if (!this.has(key)) throw this.want(key);
    return this.#known(key);
  }

  /** All of these; what is missing of them is asked for together. */
  all(keys: readonly string[]): unknown[] {
    let missing: MissingPart | undefined;
    for (const key of keys) if (!this.has(key)) missing = this.want(key);
    if (missing !== undefined) throw missing;
    return keys.map((key) => this.#known(key));
  }

  /** Whether what a key has is known: that it has nothing, too. */
  has(key: string): boolean {
    return this.#isCleared || this.#entries.has(key) || this.source.find(entryName(this.state, key)) !== undefined;
  }

  /** Asks for it. The handler is run again: throw what is returned. */
  want(key: string): MissingPart {
    return this.source.want(entryName(this.state, key), this.type.typename);
  }

  /** How many more a call can bring. */
  get room(): number {
    return this.source.room;
  }

  /** @param value undefined deletes it */
  set(key: string, value: unknown): void {
    this.#isWritten = true;
    const known = this.#entries.get(key);
    if (known === undefined) this.#entries.set(key, { value, stored: this.#stored(key), isAssigned: true });
    else {
      known.value = value;
      known.isAssigned = true;
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#isCleared = true;
  }

  /**
   * At most so many keys behind `after`, with what the function has made of them, in their order. Fewer where it has deleted some
   * of those that were brought.
   */
  page(after: string, limit: number): PartPage {
    const { entries, isLast } = this.#isCleared ? EMPTY_PAGE : this.#broughtPage(after, limit);
    const merged = new Map<string, unknown>();
    for (const { key, bytes } of entries) merged.set(key, (this.#entries.get(key) ?? this.#keep(key, bytes)).value);
    const last = entries.at(-1)?.key ?? after;
    if (this.#isWritten) {
      for (const [key, { value, isAssigned }] of this.#entries)
        if (isAssigned && compareKeys(key, after) > 0 && (isLast || compareKeys(key, last) <= 0))
          merged.set(key, value);
    }
    const present = [...merged].filter(([, value]) => value !== undefined);
    if (this.#isWritten) present.sort(([one], [other]) => compareKeys(one, other));
    return { entries: present.slice(0, limit), next: isLast ? undefined : last };
  }

  /** @param own of the collection itself, which is written or deleted with its parts */
  mutations(own: StateMutation | undefined): StateMutation[] {
    const parts = [...this.#entries].flatMap(([key, entry]) => this.#mutation(key, entry) ?? []);
    const cleared: StateMutation[] = this.#isCleared ? [{ name: this.state, value: undefined }] : [];
    return [...cleared, ...parts, ...(own === undefined ? [] : [own])];
  }

  #broughtPage(after: string, limit: number): StatePage {
    const name = pageName(this.state, after, limit);
    const brought = this.source.find(name);
    if (brought === undefined) throw this.source.want(name, PAGE_TYPE);
    return decodePage(brought.value?.bytes ?? new Uint8Array(0));
  }

  /** Of a key of which what it has is known. */
  #known(key: string): unknown {
    const entry = this.#entries.get(key);
    if (entry !== undefined) return entry.value;
    return this.#isCleared ? undefined : this.#keep(key, this.#stored(key)).value;
  }

  #stored(key: string): Uint8Array | undefined {
    return this.#isCleared ? undefined : valueBytes(this.source.find(entryName(this.state, key))?.value);
  }

  #keep(key: string, stored: Uint8Array | undefined): Entry {
    const value = stored === undefined ? undefined : this.type.decode(stored);
    const entry = { value, stored, isAssigned: false };
    this.#entries.set(key, entry);
    return entry;
  }

  #mutation(key: string, { value, stored, isAssigned }: Entry): StateMutation | undefined {
    const name = entryName(this.state, key);
    if (value === undefined) return isAssigned && !this.#isCleared ? { name, value: undefined } : undefined;
    if (!isAssigned && !this.type.mutable) return undefined;
    const written = toTypedValue(this.type, value);
    if (stored !== undefined && Buffer.compare(stored, written.bytes) === 0) return undefined;
    return { name, value: written };
  }
}

function valueBytes(value: TypedValue | undefined): Uint8Array | undefined {
  return value?.hasValue === true ? value.bytes : undefined;
}
