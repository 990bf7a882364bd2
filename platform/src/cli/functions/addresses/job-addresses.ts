/** The addresses of a job that goes on, whoever brings the questions to its tasks: this process, or another on this machine. */
import { tooDeepAt } from '@tidegate/connectors/api';
import {
  LIST_MAX,
  type AddressAnswer,
  type AddressQuestion,
  type AddressState,
  type StoredValue,
  type WrittenValue,
} from '../../../job/address-question.js';
import type { StreamGraph } from '../../../job/stream-graph.js';
import type {
  AddressesView,
  AddressPage,
  AddressService,
  AddressView,
  EntriesView,
  EntryPage,
  EntryView,
  StateView,
} from '../../../rest/address-service.js';
import { ApiError } from '../../../rest/api-error.js';
import { PersonalValues } from './personal-values.js';

export class JobAddresses implements AddressService {
  readonly #personal: PersonalValues;

  constructor(
    graph: Pick<StreamGraph, 'sources'>,
    private readonly ask: (question: AddressQuestion) => Promise<AddressAnswer>,
  ) {
    this.#personal = new PersonalValues(graph);
  }

  async list(type: string, { limit = LIST_MAX, after, isParked = false }: AddressPage): Promise<AddressesView> {
    const question = { kind: 'list', type, limit, isParked, ...(after === undefined ? {} : { after }) } as const;
    const { addresses, hasMore } = await this.#told(question, 'list');
    return { addresses, hasMore };
  }

  async read(type: string, id: string): Promise<AddressView> {
    const { address } = await this.#told({ kind: 'read', type, id }, 'address');
    return { ...address, states: address.states.map((state) => this.#personal.masked(stateView(state))) };
  }

  async readState(type: string, id: string, state: string): Promise<StateView> {
    const { address } = await this.#told({ kind: 'read', type, id }, 'address');
    const found = address.states.find(({ name }) => name === state);
    if (found !== undefined) return stateView(found);
    const names = address.states.map(({ name }) => name).join(', ') || 'none so far';
    throw new ApiError('not-found', `${type} has no state ${state}: it has declared ${names}`);
  }

  async entries(type: string, id: string, state: string, page: EntryPage): Promise<EntriesView> {
    const { after, limit = LIST_MAX } = page;
    const question = { kind: 'entries', type, id, state, limit, ...(after === undefined ? {} : { after }) } as const;
    const { entries, hasMore, type: of } = await this.#told(question, 'entries');
    return { type: of, entries: entries.map(({ key, value }) => ({ key, ...valueView(value) })), hasMore };
  }

  async entry(type: string, id: string, state: string, key: string): Promise<EntryView> {
    const { entries } = await this.#told({ kind: 'entries', type, id, state, key, limit: 1 }, 'entries');
    const [found] = entries;
    if (found !== undefined) return { key, ...valueView(found.value) };
    throw new ApiError('not-found', `the state ${state} of ${type} has no entry ${JSON.stringify(key)} there`);
  }

  async write(type: string, id: string, state: string, value: WrittenValue, key?: string): Promise<void> {
    await this.#told({ kind: 'write', type, id, state, value, ...(key === undefined ? {} : { key }) }, 'done');
  }

  async delete(type: string, id: string, state?: string, key?: string): Promise<void> {
    const which = { ...(state === undefined ? {} : { state }), ...(key === undefined ? {} : { key }) };
    await this.#told({ kind: 'delete', type, id, ...which }, 'done');
  }

  async release(type: string, id: string): Promise<void> {
    await this.#told({ kind: 'release', type, id }, 'done');
  }

  async #told<K extends AddressAnswer['kind']>(question: AddressQuestion, kind: K) {
    const answer = await this.ask(question);
    if (answer.kind === 'refused') throw new ApiError(answer.why, answer.message);
    if (answer.kind !== kind) throw new Error(`${question.kind} is answered with ${answer.kind}`);
    return answer as Extract<AddressAnswer, { readonly kind: K }>;
  }
}

function stateView({ name, type, value, parts }: AddressState): StateView {
  return { name, type, ...(value === undefined ? {} : valueView(value)), ...(parts === undefined ? {} : { parts }) };
}

/** What a function has nested so deep that nobody could write it as JSON again is shown as its bytes, which are that text. */
function valueView({ bytes, json, base64 }: StoredValue): Pick<EntryView, 'bytes' | 'value' | 'base64'> {
  if (json !== undefined && tooDeepAt(json) !== undefined)
    return { bytes, base64: Buffer.from(json).toString('base64') };
  if (json !== undefined) return { bytes, value: JSON.parse(json) as unknown };
  return { bytes, ...(base64 === undefined ? {} : { base64 }) };
}
