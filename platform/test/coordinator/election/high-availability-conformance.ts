/**
 * What candidates see of every HighAvailabilityServices: the same course of things over each implementation, whose answers
 * come from disks and sockets, on clocks that go on only when everything has been answered.
 */
import assert from 'node:assert/strict';
import { VirtualClock } from '../../../src/common/virtual-clock.js';
import { LeaderElection } from '../../../src/coordinator/election/leader-election.js';
import type { LeaseStore } from '../../../src/coordinator/election/lease-store.js';
import type { HighAvailabilityServices } from '../../../src/coordinator/high-availability/high-availability-services.js';

export interface ServicesUnderTest {
  /** As one more coordinator has them. */
  open(): Promise<HighAvailabilityServices>;
  /** Cuts everybody off from the store, and lets them in again. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** Removes everything behind everybody's back. */
  wipe(): Promise<void>;
  /** What is in the store, and back to it. */
  save(): Promise<void>;
  restore(): Promise<void>;
  close(): Promise<void>;
}

const RENEW_MS = 100;
const DURATION_MS = 400;

/** A candidate, and when it has been answered. */
class Candidate {
  readonly clock = new VirtualClock();
  readonly election: LeaderElection;
  #asked = 0;
  #settled: () => void = () => undefined;
  /** A process that stands still: its clock goes on later. */
  stopped = false;

  constructor(
    readonly name: string,
    private readonly services: HighAvailabilityServices,
    told: string[],
  ) {
    const tell = (what: string): void => void told.push(`${name} ${what}`);
    this.election = new LeaderElection(
      { name, address: `${name}:1`, renewMs: RENEW_MS, durationMs: DURATION_MS },
      this.#counted(services.leases),
      this.clock,
      {
        granted: (term) => tell(`granted ${term}`),
        doubted: () => tell('doubted'),
        confirmed: () => tell('confirmed'),
        revoked: () => tell('revoked'),
        leaderIs: () => undefined,
        broken: () => tell('broken'),
      },
      undefined,
    );
  }

  #counted({ read, claim, renew }: LeaseStore): LeaseStore {
    const { leases } = this.services;
    const answered =
      <T>(then: (answer: T) => void) =>
      (answer: T): void => {
        then(answer);
        if (--this.#asked === 0) this.#settled();
      };
    return {
      read: (then) => (this.#asked++, read.call(leases, answered(then))),
      claim: (lease, then) => (this.#asked++, claim.call(leases, lease, answered(then))),
      renew: (lease, then) => (this.#asked++, renew.call(leases, lease, answered(then))),
    };
  }

  async tick(): Promise<void> {
    if (this.stopped) return;
    this.clock.advanceTo(this.clock.now() + RENEW_MS);
    await this.settled();
  }

  async settled(): Promise<void> {
    while (this.#asked > 0) await new Promise<void>((resolve) => (this.#settled = resolve));
  }
}

export function describeHighAvailability(name: string, create: () => Promise<ServicesUnderTest>): void {
  describe(`high availability ${name}`, () => {
    let store: ServicesUnderTest;
    let told: string[];
    let candidates: Candidate[];
    const opened: HighAvailabilityServices[] = [];
    beforeEach(async () => {
      store = await create();
      told = [];
      candidates = [];
    });
    afterEach(async () => {
      for (const { election } of candidates) election.resign();
      for (const candidate of candidates) await candidate.settled();
      for (const services of opened.splice(0)) await services.close();
      await store.close();
    });

    async function candidate(name: string): Promise<Candidate> {
      const services = await store.open();
      opened.push(services);
      const one = new Candidate(name, services, told);
      candidates.push(one);
      one.election.start();
      await one.settled();
      return one;
    }

    async function run(ms: number): Promise<void> {
      for (let passed = 0; passed < ms; passed += RENEW_MS) {
        for (const one of candidates) await one.tick();
        const leading = candidates.filter(({ election, stopped }) => election.state === 'leading' && !stopped);
        assert.ok(leading.length <= 1, `${leading.map(({ name }) => name).join(' and ')} lead`);
      }
    }

    it('lets one lead at a time, in rising terms, each at once when the one before it has resigned', async () => {
      const names = ['a', 'b', 'c', 'd'];
      for (const each of names) await candidate(each);
      for (const [index, each] of candidates.entries()) {
        await run(2 * DURATION_MS);
        const leader = candidates.find(({ election }) => election.leads)!;
        assert.equal(told.at(-1), `${leader.name} granted ${index + 1}`, `before ${each.name}`);
        leader.election.resign();
        await leader.settled();
        if (index < names.length - 1) await run(RENEW_MS);
      }
      assert.equal(new Set(told).size, names.length);
    });

    it('grants the lead within twice the lease when the leader stands still, and revokes that one’s when it goes on (F12, F16)', async () => {
      const a = await candidate('a');
      await candidate('b');
      await run(DURATION_MS);
      a.stopped = true;
      await run(2 * DURATION_MS);
      assert.deepEqual(told, ['a granted 1', 'b granted 2']);
      a.stopped = false;
      a.clock.advanceTo(a.clock.now() + 3 * DURATION_MS);
      await a.settled();
      await run(DURATION_MS);
      assert.deepEqual(told, ['a granted 1', 'b granted 2', 'a doubted', 'a revoked']);
    });

    it('leaves the lead where it is for 60 s in which the store is away, and says that it may be lost (F17)', async () => {
      await candidate('a');
      await candidate('b');
      await run(DURATION_MS);
      await store.cut();
      await run(60_000);
      assert.deepEqual(told, ['a granted 1', 'a doubted']);
      await store.mend();
      await run(DURATION_MS);
      assert.deepEqual(told, ['a granted 1', 'a doubted', 'a confirmed']);
    });

    it('has everybody say so when the store was wiped, and nobody lead any more (F18)', async () => {
      await candidate('a');
      await candidate('b');
      await run(DURATION_MS);
      await store.wipe();
      await run(4 * DURATION_MS);
      assert.deepEqual([...told].sort(), ['a broken', 'a granted 1', 'b broken']);
      assert.ok(candidates.every(({ election }) => !election.leads));
    });

    it('has everybody say so when the store was brought back from before the leader’s term (F18)', async () => {
      const former = await candidate('a');
      await candidate('b');
      await run(DURATION_MS);
      await store.save();
      former.election.resign();
      await former.settled();
      await run(2 * DURATION_MS);
      await store.restore();
      await run(4 * DURATION_MS);
      assert.deepEqual(told, ['a granted 1', 'b granted 2', 'b broken']);
    });

    it('keeps the registry of jobs of all of them: of two that write the same entry one does', async () => {
      const [one, other] = [await store.open(), await store.open()];
      opened.push(one, other);
      const request = { op: 'create', name: 'jobs/a/0000000001', bytes: Uint8Array.of(1) } as const;
      const answers = await Promise.all([one.jobs.request(request), other.jobs.request(request)]);
      assert.deepEqual(answers.map((answer) => (answer.ok ? 'created' : answer.code)).sort(), ['created', 'exists']);
      assert.deepEqual(await other.jobs.request({ op: 'list', prefix: 'jobs/' }), { ok: true, names: [request.name] });
    });
  });
}
