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
import type { PersistedValue, StateMutation, TypedValue } from '../wire/messages.js';
import { decodePage, entryName, PAGE_TYPE, pageName, type StatePage } from '../wire/state-parts.js';

/** Thrown through the handler; whoever runs it knows what is missing and does not take it for a failure. */
export class MissingPart extends Error {
  override readonly name = 'MissingPart';
}

/** What an image knows of the parts of its collections. */
export interface PartsSource {
  /** As the platform brought them, by name; those that it knows to be absent have no value. */
  readonly brought: ReadonlyMap<string, PersistedValue>;
  /** @param type of the part */
  want(name: string, type: string): never;
}

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

  constructor(
    readonly state: string,
    private readonly type: ValueType<unknown>,
    private readonly source: PartsSource,
  ) {}

  get isCleared(): boolean {
    return this.#isCleared;
  }

  get(key: string): unknown {
    const known = this.#entries.get(key);
    if (known !== undefined) return known.value;
    if (this.#isCleared) return undefined;
    const name = entryName(this.state, key);
    const brought = this.source.brought.get(name);
    if (brought === undefined) return this.source.want(name, this.type.typename);
    return this.#keep(key, valueBytes(brought.value)).value;
  }

  /** All of these; what is missing of them is asked for together. */
  all(keys: readonly string[]): unknown[] {
    let missing: unknown;
    const values = keys.map((key) => {
      try {
        return this.get(key);
      } catch (error) {
        if (!(error instanceof MissingPart)) throw error;
        missing = error;
        return undefined;
      }
    });
    if (missing !== undefined) throw missing;
    return values;
  }

  /** @param value undefined deletes it */
  set(key: string, value: unknown): void {
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
    for (const [key, { value }] of this.#entries)
      if (isBehind(key, after) && (isLast || !isBehind(key, last))) merged.set(key, value);
    const present = [...merged].filter(([, value]) => value !== undefined).sort(([one], [other]) => order(one, other));
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
    const brought = this.source.brought.get(name);
    if (brought === undefined) return this.source.want(name, PAGE_TYPE);
    return decodePage(brought.value?.bytes ?? new Uint8Array(0));
  }

  #stored(key: string): Uint8Array | undefined {
    return this.#isCleared ? undefined : valueBytes(this.source.brought.get(entryName(this.state, key))?.value);
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

/** As keys are kept: by their bytes in UTF-8. */
function order(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function isBehind(key: string, after: string): boolean {
  return order(key, after) > 0;
}
