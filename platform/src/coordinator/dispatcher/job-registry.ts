/**
 * The jobs that were submitted and how they ended, in the cluster's storage: what a coordinator knows that begins.
 *
 *     jobs/NAME/0000000003       see registry-entry.ts; NAME is percent-encoded
 *
 * Invariants
 * - An entry is an exclusive create of the next number: of two coordinators that take themselves for the leader, one finds
 *   out that it is not (TG453), and nothing is overwritten.
 * - Entries before the latest submission are removed once that is durable.
 */
import { TidegateError } from '../../common/errors.js';
import type { Storage } from '../../common/storage.js';
import {
  decodeRegistryEntry,
  encodeRegistryEntry,
  registeredJob,
  type RegisteredJob,
  type RegistryEntry,
} from './registry-entry.js';

const PREFIX = 'jobs/';
const DIGITS = 10;

export class JobRegistry {
  /** The numbers of each job's entries, oldest first. */
  readonly #numbers = new Map<string, number[]>();

  constructor(private readonly storage: Storage) {}

  /**
   * All jobs, by name. To be called once, first.
   * @throws TidegateError TG421, TG422, TG424
   */
  async read(): Promise<readonly RegisteredJob[]> {
    const listed = await this.storage.request({ op: 'list', prefix: PREFIX });
    if (!listed.ok) throw new TidegateError('TG424', listed.message);
    const entries = new Map<string, RegistryEntry[]>();
    for (const name of listed.names ?? []) {
      const [, encoded = '', digits = ''] = /^jobs\/([^/]+)\/(\d{10})$/.exec(name) ?? [];
      if (encoded === '') continue;
      const answer = await this.storage.request({ op: 'read', name });
      if (!answer.ok) throw new TidegateError('TG424', answer.message);
      const job = decodeURIComponent(encoded);
      append(this.#numbers, job, Number(digits));
      append(entries, job, decodeRegistryEntry(answer.bytes ?? new Uint8Array(), name));
    }
    return [...entries.values()].flatMap((ofJob) => registeredJob(ofJob) ?? []);
  }

  /**
   * One at a time for each job. After a failure that is retriable the same entry may be put again.
   * @throws TidegateError TG424 the storage fails; TG453 another coordinator has written of the job
   */
  async put(job: string, entry: RegistryEntry): Promise<void> {
    const before = [...(this.#numbers.get(job) ?? [])];
    const number = (before.at(-1) ?? 0) + 1;
    const name = entryName(job, number);
    const bytes = encodeRegistryEntry(entry);
    const answer = await this.storage.request({ op: 'create', name, bytes });
    if (!answer.ok && !(answer.code === 'exists' && (await this.#isThere(name, bytes)))) throw refused(job, answer);
    append(this.#numbers, job, number);
    if (entry.kind !== 'submitted' || before.length === 0) return;
    await this.storage.request({ op: 'delete', names: before.map((old) => entryName(job, old)) });
    this.#numbers.set(job, [number]);
  }

  /**
   * Forgets a job whose last entry says so: that one goes last.
   * @throws TidegateError TG424
   */
  async remove(job: string): Promise<void> {
    const numbers = this.#numbers.get(job) ?? [];
    for (const part of [numbers.slice(0, -1), numbers.slice(-1)]) {
      const answer = await this.storage.request({ op: 'delete', names: part.map((number) => entryName(job, number)) });
      if (!answer.ok) throw new TidegateError('TG424', answer.message, { retriable: true });
    }
    this.#numbers.delete(job);
  }

  /** From a try whose answer was lost. */
  async #isThere(name: string, bytes: Uint8Array): Promise<boolean> {
    const answer = await this.storage.request({ op: 'read', name });
    return answer.ok && answer.bytes !== undefined && Buffer.compare(answer.bytes, bytes) === 0;
  }
}

function refused(job: string, { code, message }: { readonly code: string; readonly message: string }): TidegateError {
  if (code !== 'exists') return new TidegateError('TG424', message, { retriable: true });
  return new TidegateError('TG453', `another coordinator has written of the job ${JSON.stringify(job)}: it leads now`);
}

function entryName(job: string, number: number): string {
  return `${PREFIX}${encodeURIComponent(job)}/${String(number).padStart(DIGITS, '0')}`;
}

function append<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
