/** The addresses of a job of a cluster, over the API of its coordinator. */
import type { WrittenValue } from '../../../job/address-question.js';
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
import type { Method } from '../../../rest/route.js';

type Ask = (method: Method, path: string, body?: unknown) => Promise<{ readonly body: unknown }>;

export class RemoteAddresses implements AddressService {
  /** @param root path of the job's functions */
  constructor(
    private readonly root: string,
    private readonly ask: Ask,
  ) {}

  async list(type: string, { after, limit, isParked = false }: AddressPage): Promise<AddressesView> {
    const query = new URLSearchParams();
    if (after !== undefined) query.set('after', after);
    if (limit !== undefined) query.set('limit', String(limit));
    if (isParked) query.set('status', 'parked');
    return (await this.ask('GET', `${this.#of(type)}?${query.toString()}`)).body as AddressesView;
  }

  async read(type: string, id: string): Promise<AddressView> {
    return (await this.ask('GET', this.#of(type, id))).body as AddressView;
  }

  async readState(type: string, id: string, state: string): Promise<StateView> {
    return (await this.ask('GET', this.#of(type, id, 'state', state))).body as StateView;
  }

  async entries(type: string, id: string, state: string, { after, limit }: EntryPage): Promise<EntriesView> {
    const query = new URLSearchParams();
    if (after !== undefined) query.set('after', after);
    if (limit !== undefined) query.set('limit', String(limit));
    const path = `${this.#of(type, id, 'state', state, 'entries')}?${query.toString()}`;
    return (await this.ask('GET', path)).body as EntriesView;
  }

  async entry(type: string, id: string, state: string, key: string): Promise<EntryView> {
    return (await this.ask('GET', this.#of(type, id, 'state', state, ...entryOf(key)))).body as EntryView;
  }

  async write(type: string, id: string, state: string, value: WrittenValue, key?: string): Promise<void> {
    const body = 'json' in value ? { value: JSON.parse(value.json) as unknown } : value;
    await this.ask('PUT', this.#of(type, id, 'state', state, ...entryOf(key)), body);
  }

  async delete(type: string, id: string, state?: string, key?: string): Promise<void> {
    const place = state === undefined ? [] : [state, ...entryOf(key)];
    await this.ask('DELETE', this.#of(type, id, 'state', ...place));
  }

  async release(type: string, id: string): Promise<void> {
    await this.ask('POST', this.#of(type, id, 'release'));
  }

  /** @param type `namespace/name`: two segments */
  #of(type: string, ...segments: readonly string[]): string {
    return [this.root, ...type.split('/').map(encodeURIComponent), ...segments.map(encodeURIComponent)].join('/');
  }
}

function entryOf(key: string | undefined): readonly string[] {
  return key === undefined ? [] : ['entries', key];
}
