/**
 * Masks state of functions where a viewer reads along. The platform does not know what functions make of what they are sent,
 * so it goes by names: what an application marks `pii` in any of its schemas is personal wherever it stands by that name.
 */
import type { FieldType, RecordType } from '../../../expression/index.js';
import type { StreamGraph } from '../../../job/stream-graph.js';
import { MASK } from '../../../plan/personal-data.js';
import type { StateView } from '../../../rest/address-service.js';

export class PersonalValues {
  readonly #names: ReadonlySet<string>;

  constructor({ sources }: Pick<StreamGraph, 'sources'>) {
    this.#names = new Set(sources.flatMap(({ schema }) => [...markedNames(schema)]));
  }

  /** Bytes that nobody can read say nothing of themselves: they are masked where anything is personal. */
  masked(state: StateView): StateView {
    if (this.#names.size === 0 || state.bytes === undefined) return state;
    const { value, base64, ...others } = state;
    if (base64 !== undefined || this.#names.has(state.name)) return { ...others, value: MASK };
    return value === undefined ? state : { ...others, value: this.#maskedIn(value) };
  }

  #maskedIn(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => this.#maskedIn(each));
    if (typeof value !== 'object' || value === null) return value;
    const fields = Object.entries(value).map(([name, each]) => {
      return [name, this.#names.has(name) ? MASK : this.#maskedIn(each)] as const;
    });
    return Object.fromEntries(fields);
  }
}

function* markedNames({ fields }: RecordType): Generator<string> {
  for (const [name, { pii, type }] of Object.entries<FieldType>(fields))
    if (pii === true) yield name;
    else if (type.kind === 'record') yield* markedNames(type);
}
