/**
 * One state of one address during a batch: as the platform sent it, what the function made of it, and what of that has
 * to go back.
 *
 * Invariants
 * - A value that was not read is not decoded. One that was not changed gives no mutation, so that reading never counts
 *   as a write to state that expires after its last one.
 * - An assignment counts as a write to such state even if the value is equal.
 * - An object that was changed in place is found by its bytes, which for types of immutable values is not needed.
 */
import { toTypedValue } from '../types/value-type.js';
import type { StateMutation, TypedValue } from '../wire/messages.js';
import type { DeclaredState } from './state-declaration.js';

type Status = 'untouched' | 'read' | 'assigned' | 'cleared';

export class StateSlot {
  #status: Status = 'untouched';
  #value: unknown = undefined;

  constructor(
    readonly declared: DeclaredState,
    /** What the platform has; undefined if there is no value. */
    readonly stored: TypedValue | undefined,
  ) {}

  /** Throws what the type's `decode` throws. */
  read(): unknown {
    if (this.#status === 'untouched') {
      this.#value = this.stored === undefined ? this.#default() : this.declared.type.decode(this.stored.bytes);
      this.#status = 'read';
    }
    return this.#value;
  }

  /** undefined deletes: from then on the default is read. */
  write(value: unknown): void {
    this.#status = value === undefined ? 'cleared' : 'assigned';
    this.#value = value === undefined ? this.#default() : value;
  }

  /** Of the same object each time a copy: changes of it would be seen by every instance, and by nobody as changes. */
  #default(): unknown {
    const { type, initial } = this.declared;
    const value = initial();
    if (!type.mutable || typeof value !== 'object' || value === null || initial() !== value) return value;
    return type.decode(type.encode(value));
  }

  /** The net change. Throws what the type's `encode` throws. */
  mutation(): StateMutation | undefined {
    switch (this.#status) {
      case 'untouched':
        return undefined;
      case 'read':
        return this.declared.type.mutable && this.#changedInPlace() ? this.#modification() : undefined;
      case 'assigned':
        return this.#written();
      case 'cleared':
        if (this.#value !== undefined && this.declared.type.mutable && this.#differsFromDefault())
          return this.#written();
        return this.stored === undefined ? undefined : { name: this.declared.name, value: undefined };
    }
  }

  /** A new value stands for the old one; that they are equal matters only to state that expires after its last write. */
  #written(): StateMutation | undefined {
    const mutation = this.#modification();
    const isKept = this.declared.spec.expiration?.after !== 'write' && isSame(this.stored?.bytes, mutation.value.bytes);
    return isKept ? undefined : mutation;
  }

  #modification(): StateMutation & { readonly value: TypedValue } {
    return { name: this.declared.name, value: toTypedValue(this.declared.type, this.#value) };
  }

  #changedInPlace(): boolean {
    if (this.#value === undefined) return false;
    if (this.stored === undefined) return this.#differsFromDefault();
    const { type } = this.declared;
    const bytes = type.encode(this.#value);
    if (isSame(this.stored.bytes, bytes)) return false;
    // Another writer may say the same in other bytes, such as JSON with spaces.
    return !isSame(type.encode(type.decode(this.stored.bytes)), bytes);
  }

  #differsFromDefault(): boolean {
    const { type, initial } = this.declared;
    return !isSame(type.encode(initial()), type.encode(this.#value));
  }
}

function isSame(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && Buffer.compare(a, b) === 0;
}
