/**
 * One candidate's part in choosing a leader: it claims the lease when its holder seems to be gone, and renews it while it
 * leads. A synchronous machine over a LeaseStore.
 *
 * It only chooses: that a former leader who does not know it yet harms nobody rests on the fences in the job's storage.
 *
 * Invariants
 * - Clocks are never compared: a candidate waits until it has seen the same beat for `durationMs` of its own time.
 * - Who has not renewed in time doubts before it does anything else; it leads on only if it finds that it still holds the lease.
 * - A store that does not answer costs nobody the lead: nobody else can claim it either, and when it is back its holder has
 *   as long to show life as it ever had (F17).
 * - A store that knows less than it once said is broken: then nobody is chosen until somebody has looked into it (F18).
 */
import type { Clock } from '../../common/clock.js';
import { Lifecycle, type TransitionObserver, type TransitionTable } from '../../common/transition-table.js';
import type { Lease, LeaseClaim, LeaseRead, LeaseRenewal, LeaseStore } from './lease-store.js';

/**
 * - `following`: somebody else leads, or it is not known who does;
 * - `claiming`: the lease seems to be free;
 * - `succeeding`: it has the lease, but its former holder has shown life, and may not know yet: it has `durationMs` to find out;
 * - `leading`, and `doubting` whether it still does, as its last renewal is too long ago;
 * - `broken`: the store has lost what was in it;
 * - `resigned`: it takes no part any more.
 */
export type ElectionState = 'following' | 'claiming' | 'succeeding' | 'leading' | 'doubting' | 'broken' | 'resigned';

export const ELECTION_TRANSITIONS: TransitionTable<ElectionState> = {
  following: ['claiming', 'broken', 'resigned'],
  claiming: ['succeeding', 'leading', 'following', 'resigned'],
  succeeding: ['leading', 'following', 'broken', 'resigned'],
  leading: ['doubting', 'following', 'broken', 'resigned'],
  doubting: ['leading', 'following', 'broken', 'resigned'],
  broken: ['resigned'],
  resigned: [],
};

export interface ElectionOptions {
  /** See Lease. */
  readonly name: string;
  readonly address: string;
  /** How often the holder renews, and others look. */
  readonly renewMs: number;
  /** Several times `renewMs`. */
  readonly durationMs: number;
}

export interface Candidate {
  granted(term: number): void;
  /** It may have lost the lead: nothing new is to be begun until `confirmed` or `revoked`. */
  doubted(): void;
  confirmed(): void;
  revoked(): void;
  /** Of another leader; undefined: there seems to be none. Told when it changes. */
  leaderIs(address: string | undefined): void;
  /** No leader can be chosen, and it does not lead. Told once, and nothing after it. */
  broken(message: string): void;
}

export class LeaderElection {
  readonly #life: Lifecycle<ElectionState>;
  /** As last seen, or as last written by this candidate. */
  #lease: Lease | undefined;
  /** When `#lease` was seen first, monotonic; of its own lease: when the last renewal that succeeded was sent. */
  #since: number;
  /** When whoever held the lease before knows that it does not: monotonic. */
  #leadsAt = 0;
  #isAsking = false;
  #leader: string | undefined;
  #cancelTick: () => void = () => undefined;

  constructor(
    private readonly options: ElectionOptions,
    private readonly store: LeaseStore,
    private readonly clock: Clock,
    private readonly candidate: Candidate,
    observer: TransitionObserver | undefined,
  ) {
    this.#life = new Lifecycle<ElectionState>('election', ELECTION_TRANSITIONS, 'following', observer);
    this.#since = clock.monotonic();
  }

  get state(): ElectionState {
    return this.#life.state;
  }

  /** To be called once. */
  start(): void {
    this.#tick();
  }

  /** Gives the lease back, if it has it: the next leader need not wait. */
  resign(): void {
    if (this.#life.isTerminal) return;
    const holds = this.#holds;
    this.#cancelTick();
    this.#life.to('resigned');
    if (holds && this.#lease !== undefined) this.store.renew({ ...this.#lease, released: true }, () => undefined);
  }

  get leads(): boolean {
    return this.state === 'leading' || this.state === 'doubting';
  }

  get #holds(): boolean {
    return this.leads || this.state === 'succeeding';
  }

  #tick(): void {
    if (this.state === 'broken') return;
    this.#cancelTick = this.clock.schedule(this.options.renewMs, () => this.#tick());
    if (this.state === 'leading') this.#doubtIfOld();
    // A store that hangs is asked again when it has answered.
    if (this.#isAsking) return;
    if (this.#holds) this.#renew();
    else this.#read();
  }

  #ask(request: () => void): void {
    this.#isAsking = true;
    request();
  }

  #answered(then: () => void): void {
    this.#isAsking = false;
    if (!this.#life.isTerminal) then();
  }

  #read(): void {
    const asked = this.clock.monotonic();
    this.#ask(() => this.store.read((answer) => this.#answered(() => this.#hasRead(answer, asked))));
  }

  #hasRead(answer: LeaseRead, asked: number): void {
    // Nobody could renew either; and an answer that took too long says nothing of now.
    if (answer.kind === 'unavailable' || this.#isPast(asked)) return void (this.#since = this.clock.monotonic());
    if (answer.kind === 'lost') return this.#break(undefined);
    const { lease } = answer;
    if ((lease?.term ?? 0) < (this.#lease?.term ?? 0)) return this.#break(lease);
    if (lease?.term !== this.#lease?.term || lease?.beat !== this.#lease?.beat) this.#since = this.clock.monotonic();
    this.#lease = lease;
    const isFree = lease === undefined || lease.released || this.#isOld();
    // Its own, which it was given too late to lead with, is nobody's to follow.
    const isOthers = !isFree && lease.holder !== this.options.name;
    this.#tell(isOthers ? lease.address : undefined);
    if (isFree) this.#claim((lease?.term ?? 0) + 1);
  }

  #claim(term: number): void {
    const { name: holder, address } = this.options;
    const lease: Lease = { term, holder, address, beat: 0, released: false };
    const seen = this.#lease;
    const asked = this.clock.monotonic();
    this.#life.to('claiming');
    this.#ask(() =>
      this.store.claim(lease, (answer) => this.#answered(() => this.#hasClaimed(answer, lease, seen, asked))),
    );
  }

  #hasClaimed(answer: LeaseClaim, lease: Lease, seen: Lease | undefined, asked: number): void {
    // An answer that took too long says nothing of now.
    if (answer.kind !== 'claimed' || this.#isPast(asked)) return this.#life.to('following');
    this.#hold(lease, asked);
    const { former } = answer;
    if (former === undefined || former.released || former.beat === seen?.beat) return this.#lead();
    this.#life.to('succeeding');
    this.#leadsAt = this.clock.monotonic() + this.options.durationMs;
  }

  #renew(): void {
    const lease = { ...this.#lease!, beat: this.#lease!.beat + 1 };
    const asked = this.clock.monotonic();
    this.#ask(() => this.store.renew(lease, (answer) => this.#answered(() => this.#hasRenewed(answer, lease, asked))));
  }

  #hasRenewed(answer: LeaseRenewal, lease: Lease, asked: number): void {
    if (answer.kind === 'superseded') this.#isSuperseded();
    if (answer.kind === 'lost') this.#break(undefined);
    if (answer.kind !== 'renewed') return;
    this.#hold(lease, asked);
    if (this.state === 'leading') this.#doubtIfOld();
    else if (this.#isOld()) return;
    else if (this.state === 'doubting') this.#confirm();
    else if (this.clock.monotonic() >= this.#leadsAt) this.#lead();
  }

  #isSuperseded(): void {
    const { leads } = this;
    this.#life.to('following');
    this.#since = this.clock.monotonic();
    if (leads) this.candidate.revoked();
  }

  #lead(): void {
    this.#life.to('leading');
    this.candidate.granted(this.#lease!.term);
  }

  #doubtIfOld(): void {
    if (!this.#isOld()) return;
    this.#life.to('doubting');
    this.candidate.doubted();
  }

  #confirm(): void {
    this.#life.to('leading');
    this.candidate.confirmed();
  }

  #hold(lease: Lease, asked: number): void {
    this.#lease = lease;
    this.#since = asked;
  }

  #isOld(): boolean {
    return this.#isPast(this.#since);
  }

  #isPast(time: number): boolean {
    return this.clock.monotonic() - time >= this.options.durationMs;
  }

  #tell(leader: string | undefined): void {
    if (leader === this.#leader) return;
    this.#leader = leader;
    this.candidate.leaderIs(leader);
  }

  #break(lease: Lease | undefined): void {
    this.#cancelTick();
    this.#life.to('broken');
    const known = this.#lease === undefined ? 'what its holder wrote' : `term ${this.#lease.term}`;
    const found = lease === undefined ? '' : `, and has term ${lease.term} again`;
    this.candidate.broken(
      `the store of the leader's lease has lost ${known}${found}. Bring back what was in it, or start all coordinators anew`,
    );
  }
}
