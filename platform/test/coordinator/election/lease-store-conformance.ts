/** What every LeaseStore must do: the same checks for each implementation. */
import assert from 'node:assert/strict';
import type {
  Lease,
  LeaseClaim,
  LeaseRead,
  LeaseRenewal,
  LeaseStore,
} from '../../../src/coordinator/election/lease-store.js';

export interface LeaseStoreUnderTest {
  /** One more view of the same store, as another process has it. */
  open(): LeaseStore;
  /** Removes everything behind everybody's back. */
  wipe(): Promise<void>;
  close(): Promise<void>;
}

export function describeLeaseStore(name: string, create: () => Promise<LeaseStoreUnderTest>): void {
  describe(`the lease store ${name}`, () => {
    let store: LeaseStoreUnderTest;
    beforeEach(async () => (store = await create()));
    afterEach(() => store.close());

    it('has no lease at the beginning', async () => {
      assert.deepEqual(await read(store.open()), { kind: 'read', lease: undefined });
    });

    it('gives a term to one of those who claim it at once', async () => {
      const candidates = Array.from({ length: 8 }, (_, index) => leaseOf(1, { holder: `c${index}` }));
      const answers = await Promise.all(candidates.map((lease) => claim(store.open(), lease)));
      const winners = candidates.filter((_, index) => answers[index]?.kind === 'claimed');
      assert.equal(winners.length, 1);
      assert.deepEqual(await read(store.open()), { kind: 'read', lease: winners[0] });
    });

    it('shows the last beat of the highest term, and who holds it', async () => {
      const own = store.open();
      await claim(own, leaseOf(1));
      for (let beat = 1; beat <= 5; beat++) {
        assert.deepEqual(await renew(own, leaseOf(1, { beat })), { kind: 'renewed' });
        assert.deepEqual(await read(store.open()), { kind: 'read', lease: leaseOf(1, { beat }) });
      }
      await claim(store.open(), leaseOf(2, { holder: 'b', address: 'b:1' }));
      assert.deepEqual(await read(own), { kind: 'read', lease: leaseOf(2, { holder: 'b', address: 'b:1' }) });
    });

    it('tells who claims of the former holder’s last beat, and that one that it is superseded', async () => {
      const [former, next] = [store.open(), store.open()];
      await claim(former, leaseOf(1));
      await renew(former, leaseOf(1, { beat: 1 }));
      const claimed = await claim(next, leaseOf(2, { holder: 'b' }));
      assert.ok(claimed.kind === 'claimed');
      assert.equal(claimed.former?.beat, 1);
      assert.equal(claimed.former.released, false);
      assert.deepEqual(await renew(former, leaseOf(1, { beat: 2 })), { kind: 'superseded' });
      assert.deepEqual(await renew(next, leaseOf(2, { holder: 'b', beat: 1 })), { kind: 'renewed' });
      assert.deepEqual(await renew(former, leaseOf(1, { beat: 3 })), { kind: 'superseded' });
    });

    it('lets one of the two see the other when one renews while the other claims', async () => {
      for (let round = 0; round < 20; round++) {
        const [former, next] = [store.open(), store.open()];
        const [term, beat] = [round * 2 + 1, 1];
        await claim(former, leaseOf(term));
        const [renewal, claimed] = await Promise.all([
          renew(former, leaseOf(term, { beat })),
          claim(next, leaseOf(term + 1, { holder: 'b' })),
        ]);
        assert.ok(claimed.kind === 'claimed');
        assert.ok(renewal.kind === 'superseded' || claimed.former?.beat === beat, `round ${round}`);
        await renew(next, leaseOf(term + 1, { holder: 'b', beat: 1 }));
      }
    });

    it('takes a beat that it has already as renewed: its answer may have been lost', async () => {
      const own = store.open();
      await claim(own, leaseOf(1));
      await renew(own, leaseOf(1, { beat: 1 }));
      assert.deepEqual(await renew(own, leaseOf(1, { beat: 1 })), { kind: 'renewed' });
    });

    it('says when a lease was given back', async () => {
      const own = store.open();
      await claim(own, leaseOf(1));
      await renew(own, leaseOf(1, { beat: 1 }));
      await renew(own, leaseOf(1, { beat: 1, released: true }));
      assert.deepEqual(await read(store.open()), { kind: 'read', lease: leaseOf(1, { beat: 1, released: true }) });
    });

    it('says that a term is lost when it is not there any more (F18)', async () => {
      const own = store.open();
      await claim(own, leaseOf(3));
      await renew(own, leaseOf(3, { beat: 1 }));
      await store.wipe();
      assert.deepEqual(await renew(own, leaseOf(3, { beat: 2 })), { kind: 'lost' });
    });

    for (const released of [false, true])
      it(`tells who reads so, too, when the holder has written since${released ? ', as it gave the lease back' : ''} (F18)`, async () => {
        const own = store.open();
        await claim(own, leaseOf(3));
        await renew(own, leaseOf(3, { beat: 1 }));
        await store.wipe();
        await renew(own, leaseOf(3, released ? { beat: 1, released } : { beat: 2 }));
        assert.deepEqual(await read(store.open()), { kind: 'lost' });
      });
  });
}

function leaseOf(term: number, fields: Partial<Lease> = {}): Lease {
  return { term, holder: 'a', address: 'a:1', beat: 0, released: false, ...fields };
}

/** Of a lease what is one: a store may say more. */
function read(store: LeaseStore): Promise<LeaseRead> {
  return new Promise((resolve) =>
    store.read((answer) => {
      if (answer.kind !== 'read' || answer.lease === undefined) return resolve(answer);
      const { term, holder, address, beat, released } = answer.lease;
      resolve({ kind: 'read', lease: { term, holder, address, beat, released } });
    }),
  );
}

function claim(store: LeaseStore, lease: Lease): Promise<LeaseClaim> {
  return new Promise((resolve) => store.claim(lease, resolve));
}

function renew(store: LeaseStore, lease: Lease): Promise<LeaseRenewal> {
  return new Promise((resolve) => store.renew(lease, resolve));
}
