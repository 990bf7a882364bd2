/**
 * The lease in a checkpoint storage: a folder that the candidates share, or object storage.
 *
 * A beat is an entry of its own, `leader/TERM/BEAT` (`-released` behind the last one), as all that the storage has is exclusive
 * creation: the first entry of a term is the claim, and who creates it has the term.
 *
 * Invariants
 * - Entries come in the order of terms and beats, so the last name is the lease.
 * - The holder removes what is older than its last two entries: a term never goes away with its holder's doing, and an entry that
 *   is not a claim is never alone. Where it is, somebody else has removed what was before it.
 */
import type { Storage, StorageAnswer } from '../../common/storage.js';
import type { Lease, LeaseClaim, LeaseRead, LeaseRenewal, LeaseStore, Unavailable } from './lease-store.js';

const FOLDER = 'leader/';
const DIGITS = 10;
const RELEASED = '-released';
const KEPT = 2;

interface Entries {
  readonly kind: 'entries';
  /** In order. */
  readonly entries: readonly Entry[];
}

interface Entry {
  readonly name: string;
  readonly term: number;
  readonly beat: number;
  readonly released: boolean;
}

export class StorageLeaseStore implements LeaseStore {
  constructor(private readonly storage: Storage) {}

  read(answered: (answer: LeaseRead) => void): void {
    void this.#read().then(answered);
  }

  claim(lease: Lease, answered: (answer: LeaseClaim) => void): void {
    void this.#claim(lease).then(answered);
  }

  renew(lease: Lease, answered: (answer: LeaseRenewal) => void): void {
    void this.#renew(lease).then(answered);
  }

  async #read(): Promise<LeaseRead> {
    /** The last entry that was found alone. */
    let alone: string | undefined;
    for (;;) {
      const found = await this.#entries();
      if (found.kind === 'unavailable') return found;
      const { entries } = found;
      const last = entries.at(-1);
      if (last === undefined) return { kind: 'read', lease: undefined };
      // Its holder may have removed the one before meanwhile, but not before there was a later one: that is found now.
      if (isAlone(last, entries) && alone !== last.name) {
        alone = last.name;
        continue;
      }
      if (isAlone(last, entries)) return { kind: 'lost' };
      const answer = await this.storage.request({ op: 'read', name: last.name });
      const holder = answer.ok ? holderIn(answer.bytes) : undefined;
      if (holder !== undefined) return { kind: 'read', lease: { ...last, ...holder } };
      // Its holder may have gone on meanwhile, and removed it.
      if (answer.ok) return { kind: 'unavailable', message: `${last.name} does not say who holds the lease` };
      if (answer.code !== 'missing') return unavailable(answer);
    }
  }

  async #claim(lease: Lease): Promise<LeaseClaim> {
    const answer = await this.#create(lease);
    if (!answer.ok) return answer.code === 'exists' ? { kind: 'superseded' } : unavailable(answer);
    const found = await this.#entries();
    if (found.kind === 'unavailable') return found;
    const { entries } = found;
    if (entries.some(({ term }) => term > lease.term)) return { kind: 'superseded' };
    return { kind: 'claimed', former: entries.findLast(({ term }) => term === lease.term - 1) };
  }

  async #renew(lease: Lease): Promise<LeaseRenewal> {
    const answer = await this.#create(lease);
    // Nobody else writes in this term: it is there from a try whose answer was lost.
    if (!answer.ok && answer.code !== 'exists') return unavailable(answer);
    const found = await this.#entries();
    if (found.kind === 'unavailable') return found;
    const { entries } = found;
    if (entries.some(({ term }) => term > lease.term)) return { kind: 'superseded' };
    const own = entries.filter(({ term }) => term === lease.term);
    if (!own.some(({ beat }) => beat < lease.beat)) return { kind: 'lost' };
    const old = [...entries.filter(({ term }) => term < lease.term), ...own.slice(0, -KEPT)];
    if (old.length > 0) await this.storage.request({ op: 'delete', names: old.map(({ name }) => name) });
    return { kind: 'renewed' };
  }

  #create({ term, beat, released, holder, address }: Lease): Promise<StorageAnswer> {
    const name = `${FOLDER}${digits(term)}/${digits(beat)}${released ? RELEASED : ''}`;
    return this.storage.request({ op: 'create', name, bytes: Buffer.from(JSON.stringify({ holder, address })) });
  }

  async #entries(): Promise<Entries | Unavailable> {
    const answer = await this.storage.request({ op: 'list', prefix: FOLDER });
    if (!answer.ok) return unavailable(answer);
    return { kind: 'entries', entries: (answer.names ?? []).flatMap((name) => entryOf(name) ?? []) };
  }
}

function entryOf(name: string): Entry | undefined {
  const [, term, beat, released] = /^leader\/(\d{10})\/(\d{10})(-released)?$/.exec(name) ?? [];
  if (term === undefined || beat === undefined) return undefined;
  return { name, term: Number(term), beat: Number(beat), released: released !== undefined };
}

function isAlone({ term, beat, released }: Entry, entries: readonly Entry[]): boolean {
  const isClaim = beat === 0 && !released;
  return !isClaim && entries.filter((entry) => entry.term === term).length === 1;
}

function holderIn(bytes: Uint8Array | undefined): Pick<Lease, 'holder' | 'address'> | undefined {
  try {
    const { holder, address } = JSON.parse(Buffer.from(bytes ?? []).toString()) as Record<string, unknown>;
    return typeof holder === 'string' && typeof address === 'string' ? { holder, address } : undefined;
  } catch {
    return undefined;
  }
}

function unavailable({ message }: StorageAnswer & { readonly ok: false }): Unavailable {
  return { kind: 'unavailable', message };
}

function digits(number: number): string {
  return String(number).padStart(DIGITS, '0');
}
