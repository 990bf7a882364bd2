import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Clock } from '../../../src/common/clock.js';
import { VirtualClock } from '../../../src/common/virtual-clock.js';
import { LeaderElection, type Candidate } from '../../../src/coordinator/election/leader-election.js';
import type {
  Lease,
  LeaseClaim,
  LeaseRead,
  LeaseRenewal,
  LeaseStore,
  Unavailable,
} from '../../../src/coordinator/election/lease-store.js';

const RENEW_MS = 100;
const DURATION_MS = 400;

/** A store whose answers take a while, or do not come. */
class Store implements LeaseStore {
  #leases = new Map<number, Lease>();
  isUp = true;
  hangs = false;

  constructor(
    private readonly clock: Clock,
    public latencyMs = 0,
  ) {}

  get lease(): Lease | undefined {
    return this.#leases.get(Math.max(0, ...this.#leases.keys()));
  }

  /** @param from this term on */
  forget(from: number): void {
    for (const term of [...this.#leases.keys()]) if (term >= from) this.#leases.delete(term);
  }

  read(answered: (answer: LeaseRead) => void): void {
    this.#answer<LeaseRead>(() => ({ kind: 'read', lease: this.lease }), answered);
  }

  claim(lease: Lease, answered: (answer: LeaseClaim) => void): void {
    const isFree = (this.lease?.term ?? 0) < lease.term;
    if (isFree) this.#write(lease);
    this.#answer<LeaseClaim>(() => {
      return isFree ? { kind: 'claimed', former: this.#leases.get(lease.term - 1) } : { kind: 'superseded' };
    }, answered);
  }

  renew(lease: Lease, answered: (answer: LeaseRenewal) => void): void {
    const isThere = this.#leases.has(lease.term);
    if (isThere) this.#write(lease);
    this.#answer<LeaseRenewal>(() => {
      return { kind: !isThere ? 'lost' : this.lease!.term > lease.term ? 'superseded' : 'renewed' };
    }, answered);
  }

  #write(lease: Lease): void {
    if (this.isUp && !this.hangs) this.#leases.set(lease.term, lease);
  }

  /** What it says is what is so when it answers. */
  #answer<T>(ofStore: () => T, answered: (answer: T | Unavailable) => void): void {
    if (this.hangs) return;
    const { isUp } = this;
    this.clock.schedule(this.latencyMs, () =>
      answered(isUp ? ofStore() : { kind: 'unavailable', message: 'it is away' }),
    );
  }
}

/** A process that may be stopped for a while: what should have happened meanwhile happens when it goes on. */
class Process implements Clock {
  isStopped = false;
  readonly #missed: (() => void)[] = [];

  constructor(private readonly clock: VirtualClock) {}

  now(): number {
    return this.clock.now();
  }

  monotonic(): number {
    return this.clock.monotonic();
  }

  schedule(ms: number, callback: () => void): () => void {
    let isCanceled = false;
    this.clock.schedule(ms, () => {
      const run = (): void => {
        if (!isCanceled) callback();
      };
      if (this.isStopped) this.#missed.push(run);
      else run();
    });
    return () => (isCanceled = true);
  }

  goOn(): void {
    this.isStopped = false;
    for (const run of this.#missed.splice(0)) run();
  }
}

class Coordinator {
  readonly process: Process;
  readonly told: string[] = [];
  readonly election: LeaderElection;

  constructor(clock: VirtualClock, store: Store, name: string) {
    this.process = new Process(clock);
    const tell = (what: string): void => void this.told.push(what);
    const candidate: Candidate = {
      granted: (term) => tell(`granted ${term}`),
      doubted: () => tell('doubted'),
      confirmed: () => tell('confirmed'),
      revoked: () => tell('revoked'),
      leaderIs: (address) => tell(`leader ${address}`),
      broken: (message) => tell(`broken: ${message}`),
    };
    const options = { name, address: `${name}:1`, renewMs: RENEW_MS, durationMs: DURATION_MS };
    this.election = new LeaderElection(options, store, this.process, candidate, undefined);
    this.election.start();
  }

  /** Leads, and as far as it can know rightly so. */
  get acts(): boolean {
    return !this.process.isStopped && this.election.state === 'leading';
  }
}

/** @param offset of the second's looks behind the first's, ms */
function world(offset = 0): {
  clock: VirtualClock;
  store: Store;
  first: Coordinator;
  second: Coordinator;
  run(ms: number): void;
} {
  const clock = new VirtualClock();
  const store = new Store(clock);
  const first = new Coordinator(clock, store, 'a');
  clock.advanceTo(RENEW_MS + offset);
  const second = new Coordinator(clock, store, 'b');
  return { clock, store, first, second, run: (ms) => clock.advanceTo(clock.now() + ms) };
}

describe('the election of a leader', () => {
  it('grants the lead to the first, and tells the others where it is', () => {
    const { first, second, run } = world();
    run(5 * DURATION_MS);
    assert.deepEqual(first.told, ['granted 1']);
    assert.deepEqual(second.told, ['leader a:1']);
  });

  it('grants it to another within twice the lease when the leader is gone (F12)', () => {
    const { first, second, run } = world();
    run(1000);
    first.process.isStopped = true;
    run(2 * DURATION_MS);
    assert.deepEqual(second.told, ['leader a:1', 'leader undefined', 'granted 2']);
  });

  it('grants it to another at once when the leader resigns', () => {
    const { first, second, run } = world();
    run(1000);
    first.election.resign();
    run(RENEW_MS);
    assert.equal(second.told.at(-1), 'granted 2');
  });

  it('makes a leader that was stopped doubt before it does anything, and revokes its lead (F16)', () => {
    const { first, second, run } = world();
    run(1000);
    first.process.isStopped = true;
    run(2 * DURATION_MS);
    first.process.goOn();
    assert.deepEqual(first.told, ['granted 1', 'doubted']);
    run(3 * RENEW_MS);
    assert.deepEqual(first.told, ['granted 1', 'doubted', 'revoked', 'leader b:1']);
    assert.equal(second.election.state, 'leading');
  });

  it('confirms a leader that was stopped when nobody else has claimed its lease', () => {
    const clock = new VirtualClock();
    const alone = new Coordinator(clock, new Store(clock), 'a');
    clock.advanceTo(1000);
    alone.process.isStopped = true;
    clock.advanceTo(9000);
    alone.process.goOn();
    clock.advanceTo(9001);
    assert.deepEqual(alone.told, ['granted 1', 'doubted', 'confirmed']);
  });

  it('tells nobody to follow a candidate that got its lease too late to lead with it', () => {
    const clock = new VirtualClock();
    const store = new Store(clock);
    const alone = new Coordinator(clock, store, 'a');
    // The look is under way, and answered at once; the claim behind it is not.
    store.latencyMs = 2 * DURATION_MS;
    clock.advanceTo(RENEW_MS);
    store.latencyMs = 0;
    clock.advanceTo(5 * DURATION_MS);
    assert.deepEqual(alone.told, ['granted 2']);
  });

  for (const failure of ['is away', 'hangs'] as const)
    it(`leaves the lead where it is while the store ${failure} (F17)`, () => {
      const { store, first, second, run } = world();
      run(1000);
      if (failure === 'hangs') store.hangs = true;
      else store.isUp = false;
      run(60_000);
      assert.deepEqual(first.told, ['granted 1', 'doubted']);
      assert.equal(second.told.at(-1), 'leader a:1');
      assert.ok(first.election.leads);
      assert.equal(second.election.leads, false);
    });

  it('leaves the lead where it was when a store that was away is back, whoever asks it first (F17)', () => {
    for (let offset = 0; offset < RENEW_MS; offset += RENEW_MS / 4) {
      const { store, first, second, run } = world(offset);
      run(1000);
      store.isUp = false;
      run(60_000);
      store.isUp = true;
      run(10 * DURATION_MS);
      assert.deepEqual(first.told, ['granted 1', 'doubted', 'confirmed']);
      assert.deepEqual(second.told, ['leader a:1']);
    }
  });

  it('grants it to another within twice the lease after a store that was away is back, when the leader is gone (F12, F17)', () => {
    const { store, first, second, run } = world();
    run(1000);
    store.isUp = false;
    run(1000);
    first.process.isStopped = true;
    store.isUp = true;
    run(2 * DURATION_MS);
    assert.equal(second.told.at(-1), 'granted 2');
  });

  for (const [what, from, found] of [
    ['wiped', 1, ''],
    ['rolled back', 2, ', and has term 1 again'],
  ] as const)
    it(`is over when the store was ${what}, and everybody says so (F18)`, () => {
      const { clock, store, first, second, run } = world();
      run(1000);
      first.election.resign();
      run(1000);
      const third = new Coordinator(clock, store, 'c');
      run(1000);
      store.forget(from);
      run(1000);
      for (const { told, election } of [second, third]) {
        assert.match(told.at(-1) ?? '', /^broken: the store of the leader's lease has lost term 2/);
        assert.equal(election.state, 'broken');
      }
      assert.ok(third.told.at(-1)?.includes(`term 2${found}. Bring back`), third.told.at(-1));
    });

  it('never has two that act as leaders, and one again when all is well', () => {
    const step = fc.record({
      ms: fc.integer({ min: 1, max: 700 }),
      do: fc.constantFrom('stop', 'go on', 'store down', 'store up', 'resign'),
      who: fc.nat({ max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.integer({ min: 0, max: 90 }), (steps, latencyMs) => {
        const clock = new VirtualClock();
        const store = new Store(clock, latencyMs);
        const coordinators = ['a', 'b', 'c'].map((name) => new Coordinator(clock, store, name));
        const run = (ms: number): void => {
          for (let end = clock.now() + ms; clock.now() < end;) {
            clock.advanceTo(Math.min(end, clock.now() + 10));
            const acting = coordinators.filter(({ acts }) => acts);
            assert.ok(
              acting.length < 2,
              `at ${clock.now()} several act as leaders: ${coordinators.map(({ told }) => told.join(', ')).join(' / ')}`,
            );
          }
        };
        for (const { ms, do: what, who } of steps) {
          const coordinator = coordinators[who]!;
          if (what === 'stop') coordinator.process.isStopped = true;
          else if (what === 'go on') coordinator.process.goOn();
          else if (what === 'resign' && who === 2) coordinator.election.resign();
          else if (what !== 'resign') store.isUp = what === 'store up';
          run(ms);
        }
        store.isUp = true;
        for (const { process } of coordinators) process.goOn();
        run(4 * DURATION_MS);
        assert.equal(coordinators.filter(({ acts }) => acts).length, 1);
      }),
    );
  });
});
