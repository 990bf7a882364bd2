/** The addresses of a job that goes on, whoever brings the questions to its tasks: this process, or another on this machine. */
import {
  LIST_MAX,
  type AddressAnswer,
  type AddressQuestion,
  type AddressState,
  type WrittenValue,
} from '../../../job/address-question.js';
import type { StreamGraph } from '../../../job/stream-graph.js';
import type {
  AddressesView,
  AddressPage,
  AddressService,
  AddressView,
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

  async write(type: string, id: string, state: string, value: WrittenValue): Promise<void> {
    await this.#told({ kind: 'write', type, id, state, value }, 'done');
  }

  async delete(type: string, id: string, state?: string): Promise<void> {
    await this.#told({ kind: 'delete', type, id, ...(state === undefined ? {} : { state }) }, 'done');
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

function stateView({ name, type, value }: AddressState): StateView {
  if (value === undefined) return { name, type };
  const { bytes, json, base64 } = value;
  const shown =
    json === undefined ? { ...(base64 === undefined ? {} : { base64 }) } : { value: JSON.parse(json) as unknown };
  return { name, type, bytes, ...shown };
}
