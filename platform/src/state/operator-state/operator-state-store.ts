/**
 * State of an operator that has no key: small, in memory, whole in each checkpoint. Lists whose entries a restore deals out
 * to the subtasks (`split`: positions of a source) or gives to all of them (`union`), and maps that are the same in every
 * subtask (`broadcast`).
 *
 * Invariants
 * - Each entry says which codec and schema wrote it: it is read alone, whichever subtasks it comes from and goes to.
 * - Restored entries are read when the state is opened, so that what does not fit is refused before anything is processed.
 */
import { invariant, messageOf, TidegateError } from '../../common/errors.js';
import type { OperatorStateHandle } from '../../job/state-handle.js';
import { ByteReader } from '../../record/codec/byte-reader.js';
import { ByteWriter } from '../../record/codec/byte-writer.js';
import type { StateOptions } from '../keyed-store.js';
import { valueReader } from '../restore/value-reader.js';
import { BroadcastState } from './broadcast-state.js';
import { OperatorListState } from './operator-list-state.js';

type Mode = OperatorStateHandle['mode'];
type OperatorStateOptions<T> = Omit<StateOptions<T>, 'ttl'>;

interface OpenState {
  readonly owner: string;
  readonly name: string;
  readonly mode: Mode;
  readonly state: { write(out: ByteWriter, entry: () => void): void };
}

export class OperatorStateStore {
  readonly #open = new Map<string, OpenState>();

  /** @param restored what belongs to this subtask, with all entries inline */
  constructor(private readonly restored: readonly OperatorStateHandle[] = []) {}

  /** @throws TidegateError TG420 when restored entries do not fit */
  list<T>(options: OperatorStateOptions<T>, mode: 'split' | 'union'): OperatorListState<T> {
    return this.#once(options, mode, () => {
      const values: T[] = [];
      this.#read(options, mode, (bytes, read) => {
        const value = read(bytes);
        if (value !== undefined) values.push(value);
      });
      return new OperatorListState(options.codec, values);
    });
  }

  /** @throws TidegateError TG420 when restored entries do not fit */
  broadcast<V>(options: OperatorStateOptions<V>): BroadcastState<V> {
    return this.#once(options, 'broadcast', () => {
      const state = new BroadcastState(options.codec);
      this.#read(options, 'broadcast', (bytes, read) => state.restore(bytes, read));
      return state;
    });
  }

  /** What a checkpoint keeps: one handle for each state that has entries. */
  snapshot(): readonly OperatorStateHandle[] {
    const out = new ByteWriter();
    return [...this.#open.values()]
      .map(({ owner, name, mode, state }): OperatorStateHandle => {
        const entries: { inline: Uint8Array }[] = [];
        out.reset();
        state.write(out, () => {
          entries.push({ inline: out.finish() });
          out.reset();
        });
        return { owner, name, mode, entries };
      })
      .filter(({ entries }) => entries.length > 0);
  }

  /** Restored states that no operator has opened. */
  unclaimed(): readonly OperatorStateHandle[] {
    return this.restored.filter((handle) => !this.#open.has(idOf(handle)));
  }

  #once<S extends OpenState['state']>(
    options: { readonly owner: string; readonly name: string },
    mode: Mode,
    open: () => S,
  ): S {
    const { owner, name } = options;
    const id = idOf(options);
    let known = this.#open.get(id);
    if (known === undefined) this.#open.set(id, (known = { owner, name, mode, state: open() }));
    invariant(known.mode === mode, `${owner} asks for its state ${name} as ${mode}, which is ${known.mode}`);
    return known.state as S;
  }

  #read<T>(
    { owner, name, codec }: OperatorStateOptions<T>,
    mode: Mode,
    entry: (bytes: ByteReader, read: (bytes: ByteReader) => T | undefined) => void,
  ): void {
    const kind = mode === 'broadcast' ? 'broadcast' : 'operator';
    for (const handle of this.restored) {
      if (handle.owner !== owner || handle.name !== name) continue;
      for (const bytes of handle.entries) {
        invariant('inline' in bytes, `the state ${name} of ${owner} was restored with its entries inline`);
        const reader = new ByteReader(bytes.inline);
        try {
          const written = { codec: reader.string(), schema: JSON.parse(reader.string()) as unknown };
          entry(reader, valueReader({ owner, name, kind, ...written }, codec));
        } catch (error) {
          throw error instanceof TidegateError ? error : strange(owner, name, error);
        }
      }
    }
  }
}

/** The bytes are those that were written, by their checksum: so it was something else that was written. */
function strange(owner: string, name: string, error: unknown): TidegateError {
  return new TidegateError(
    'TG420',
    `the state ${name} of ${owner} is of a form that is not known: ${messageOf(error)}`,
  );
}

function idOf({ owner, name }: { readonly owner: string; readonly name: string }): string {
  return `${owner}\u0000${name}`;
}
