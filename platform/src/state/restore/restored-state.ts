/**
 * State that was read from canonical files and waits, as bytes, until the operators ask for it: only they have the codecs.
 *
 * Invariants
 * - Only entries of the wanted key groups are kept.
 * - A state is claimed once, by owner, name and kind. What nobody claimed is known by name.
 */
import { TidegateError } from '../../common/errors.js';
import type { KeyedStateHandle, KeyGroupRange, StateDescription, StateFile } from '../../job/state-handle.js';
import { CanonicalReader } from '../canonical/canonical-reader.js';
import { keyGroupOfAddress } from '../entry-address.js';
import type { TableAddress } from '../state-tables.js';

export interface RestoreOptions {
  readonly keyGroups: KeyGroupRange;
  readonly maxParallelism: number;
  /** Whether the snapshot was taken with another `maxParallelism`, so that each key's group is computed anew. */
  readonly rehash?: boolean;
}

/** The entries that one old subtask had of a state. */
export interface RestoredPart {
  readonly description: StateDescription;
  /** Address and value by turns. */
  readonly entries: Uint8Array[];
}

export class RestoredState {
  readonly #parts = new Map<string, RestoredPart[]>();

  constructor(private readonly options: RestoreOptions) {}

  /**
   * A reader of one file of a handle, to be fed with the file's content.
   *
   * States are named by the handle, not by the file: so that a handle whose states were renamed is read as renamed.
   */
  reader(handle: KeyedStateHandle, file: StateFile): CanonicalReader {
    const parts = handle.states.map((description) => this.#part(description));
    const { keyGroups, maxParallelism, rehash = false } = this.options;
    const isMine = (keyGroup: number): boolean => keyGroup >= keyGroups.first && keyGroup <= keyGroups.last;
    return new CanonicalReader(file, {
      states: (states) => {
        if (states.length !== parts.length)
          throw new TidegateError(
            'TG421',
            `the state file ${file.name} has other states than the checkpoint’s metadata.`,
          );
      },
      wants: (keyGroup) => rehash || isMine(keyGroup),
      entry: (_keyGroup, state, address, value) => {
        const { description, entries } = parts[state]!;
        if (!rehash || isMine(keyGroupOfAddress(description.kind, address, maxParallelism)))
          entries.push(address, value);
      },
    });
  }

  #part(description: StateDescription): RestoredPart {
    const id = idOf(description);
    let parts = this.#parts.get(id);
    if (parts === undefined) this.#parts.set(id, (parts = []));
    // One part for each description: subtasks of one checkpoint have written with the same codec, as a rule.
    const json = JSON.stringify(description);
    let part = parts.find((known) => JSON.stringify(known.description) === json);
    if (part === undefined) parts.push((part = { description, entries: [] }));
    return part;
  }

  /**
   * Hands out the parts of a state.
   * @throws TidegateError TG420 when it is of another kind
   */
  claim(address: TableAddress): readonly RestoredPart[] {
    const id = idOf(address);
    const parts = this.#parts.get(id) ?? [];
    for (const { description } of parts) {
      if (description.kind !== address.kind) {
        throw new TidegateError(
          'TG420',
          `the state ${address.name} of ${address.owner} was a ${description.kind} and is a ${address.kind} now.`,
        );
      }
    }
    this.#parts.delete(id);
    return parts;
  }

  /** Hands out everything. */
  takeAll(): readonly RestoredPart[] {
    const all = [...this.#parts.values()].flat();
    this.#parts.clear();
    return all;
  }

  /** States of the snapshot that no operator has asked for. */
  unclaimed(): readonly StateDescription[] {
    return [...this.#parts.values()].flatMap((parts) => parts.slice(0, 1).map(({ description }) => description));
  }
}

function idOf({ owner, name }: Pick<TableAddress, 'owner' | 'name'>): string {
  return `${owner}\u0000${name}`;
}
