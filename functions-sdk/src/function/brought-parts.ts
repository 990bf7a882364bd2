/**
 * What an image knows of the parts of its collections: those that the platform brought, and those that were read and are not
 * there.
 */
import type { Address, PersistedValue, StateSpec } from '../wire/messages.js';
import { PARTS_MAX } from '../wire/state-parts.js';

/** Thrown through the handler; whoever runs it knows what is missing and does not take it for a failure. */
export class MissingPart extends Error {
  override readonly name = 'MissingPart';
}

export class BroughtParts {
  /** By name. With any of them, nothing that was done counts. */
  readonly wanted = new Map<string, StateSpec>();
  /** Whom the state is lent to; undefined: nobody. */
  holder: object | undefined;
  readonly #brought: ReadonlyMap<string, PersistedValue>;

  constructor(
    readonly target: Address,
    brought: readonly PersistedValue[],
  ) {
    this.#brought = new Map(brought.map((value) => [value.name, value]));
  }

  /** Undefined: it was not brought. What the platform knows to be absent has no value. */
  find(name: string): PersistedValue | undefined {
    return this.#brought.get(name);
  }

  /** How many more can be asked for. */
  get room(): number {
    return PARTS_MAX - this.#brought.size - this.wanted.size;
  }

  /** @param type of the part */
  want(name: string, type: string): MissingPart {
    this.wanted.set(name, { name, typename: type, expiration: undefined });
    return new MissingPart(`${name} is asked for; the handler is run again when it is there`);
  }
}

/** What a handler left running uses state that would not be kept. */
export function usedTooLate(name: string, target: Address): Error {
  return new Error(
    `state ${name} of ${target.type} was used after its handler had ended, so nothing of that would be kept: ` +
      'await what the handler starts',
  );
}
