/**
 * The pattern state of a key as bytes, and back: also for rules, or schemas of their sources, that were edited since.
 *
 * What was written is read with the schemas and by the rules' description that stand in the snapshot; each partial match
 * is then kept or dropped by `KeptMatches`, and dropped ones are counted.
 */
import {
  InvalidStateError,
  KeyStateForm,
  PlainState,
  TimeOrigin,
  type KeptMatches,
  type KeyState,
  type OnDropped,
  type PatternSet,
  type SetDescription,
} from '@tidegate/cep';
import type { PatternRule } from '../../job/stream-graph.js';
import { CorruptBytesError, type ByteReader } from '../../record/codec/byte-reader.js';
import type { ByteWriter } from '../../record/codec/byte-writer.js';
import { RecordResolver } from '../../record/codec/record-resolver.js';
import { Unresolvable } from '../../record/codec/schema-resolution.js';
import type { SourceSchemas } from '../../record/codec/stream-record-codec.js';
import type { StreamRecord } from '../../record/stream-record.js';
import { recordCodec } from '../../state/codecs/record-codec.js';
import { IncompatibleState, type StateCodec } from '../../state/state-codec.js';
import { PlainStateCodec } from './plain-state-codec.js';
import { meaningOf } from './rule-meaning.js';

type State = KeyState<StreamRecord>;

const ID = 'pattern/1';
/** Estimates by V8's layout. */
const KEY_BYTES = 120;
const RUN_BYTES = 80;

/** What stands in a snapshot's metadata: plain data. */
export interface PatternStateSchema {
  readonly rules: SetDescription;
  readonly sources: SourceSchemas;
}

export interface PatternStateOptions {
  /** Of all sources whose records the rules' events may be, or hold. */
  readonly sources: SourceSchemas;
  /** What is kept of the partial matches of an edited application, by the rule's name now; else its descriptions tell. */
  readonly kept?: ReadonlyMap<string, KeptMatches> | undefined;
  readonly onDropped: OnDropped;
}

export class PatternStateCodec implements StateCodec<State> {
  readonly id = ID;
  readonly schema: PatternStateSchema;
  /** What the times in the states are counted from. */
  readonly origin = new TimeOrigin();
  readonly #form: KeyStateForm<StreamRecord>;
  readonly #tables: PlainStateCodec;
  readonly #records: StateCodec<StreamRecord>;
  readonly #plain = new PlainState<StreamRecord>();

  /** @param rules of the set, by index */
  constructor(
    set: PatternSet<StreamRecord>,
    rules: readonly PatternRule[],
    private readonly options: PatternStateOptions,
  ) {
    const { sources } = options;
    this.#form = new KeyStateForm(set, rules.map(meaningOf), this.origin);
    this.#tables = new PlainStateCodec(sources);
    this.#records = recordCodec(sources);
    this.schema = { rules: this.#form.description, sources };
  }

  encode(state: State, out: ByteWriter): void {
    this.#form.write(state, this.#plain);
    this.#tables.write(this.#plain, out);
  }

  decode(bytes: ByteReader): State {
    this.#tables.read(bytes, this.#plain);
    return refusingCorrupt(() => this.#form.read(this.#plain));
  }

  migrate(id: string, schema: unknown): ((bytes: ByteReader) => State | undefined) | IncompatibleState {
    if (id !== ID) return new IncompatibleState(`partial matches were written as ${id} and are read as ${ID}`);
    if (JSON.stringify(schema) === JSON.stringify(this.schema)) return (bytes) => this.decode(bytes);
    const written = schema as PatternStateSchema;
    const { kept, onDropped, sources } = this.options;
    const migration = this.#form.migration(written.rules, onDropped, kept);
    const resolver = RecordResolver.between(written.sources, sources);
    if (resolver instanceof Unresolvable && migration.keepsAny) return new IncompatibleState(resolver.reason);
    const tables = new PlainStateCodec(written.sources);
    return (bytes) => {
      const plain = this.#plain;
      tables.read(bytes, plain);
      if (resolver instanceof RecordResolver)
        plain.events.forEach((event, index) => (plain.events[index] = resolver.resolve(event)));
      return refusingCorrupt(() => migration.read(plain));
    };
  }

  /** When the first window of the key ends, as a timestamp; +Infinity for never. */
  dueOf(state: State): number {
    return this.#form.dueOf(state);
  }

  sizeOf(state: State): number {
    const { runs, events, last } = this.#form.extentOf(state);
    return KEY_BYTES + runs * RUN_BYTES + events * this.#records.sizeOf(last);
  }
}

function refusingCorrupt<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidStateError) throw new CorruptBytesError(`a pattern’s state: ${error.message}`);
    throw error;
  }
}
