import assert from 'node:assert/strict';
import { TestKit } from '@tidegate/functions-sdk/testing';
import { Cancel, Charge, Charged, payments, Place, Refund, Release, Reserved, Restock, stock } from './messages.js';
import { ended, order } from './order.js';
import { stockOfItem } from './stock.js';

const DETAILS = { customer: 'ann', item: 'tea', quantity: 2, amount: 9.5 };
const o1 = order.at('o1');

/** A shop with five of the item; payments are somebody else's, and answer when the test says so. */
async function shop(): Promise<TestKit> {
  const kit = new TestKit([order, stockOfItem]);
  await kit.send(stockOfItem.at('tea'), Restock, { quantity: 5 });
  return kit;
}

function available(kit: TestKit): number | undefined {
  return kit.state(stockOfItem, 'tea').available;
}

function expectEnd(kit: TestKit, outcome: string): void {
  assert.deepEqual(kit.emitted('shop/ended', ended), [{ order: 'o1', outcome }]);
}

describe('an order', () => {
  it('is reserved, charged and completed, and leaves no timeout behind', async () => {
    const kit = await shop();
    await kit.send(o1, Place, DETAILS);
    assert.equal(available(kit), 3);
    kit.expectSent(payments.at('o1'), Charge, [{ customer: 'ann', amount: 9.5 }]);
    await kit.send(o1, Charged, { ok: true }, { from: payments.at('o1') });
    expectEnd(kit, 'completed');
    assert.deepEqual(kit.pending(), []);
    assert.equal(available(kit), 3);
  });

  it('that is placed twice is one order', async () => {
    const kit = await shop();
    await kit.send(o1, Place, DETAILS);
    await kit.send(o1, Place, DETAILS);
    assert.equal(available(kit), 3);
    kit.expectSent(payments.at('o1'), Charge, [{ customer: 'ann', amount: 9.5 }]);
  });

  it('for more than there is ends', async () => {
    const kit = await shop();
    await kit.send(o1, Place, { ...DETAILS, quantity: 6 });
    expectEnd(kit, 'out-of-stock');
    assert.deepEqual([available(kit), kit.pending()], [5, []]);
  });

  it('that is declined gives back what it reserved', async () => {
    const kit = await shop();
    await kit.send(o1, Place, DETAILS);
    await kit.send(o1, Charged, { ok: false });
    expectEnd(kit, 'declined');
    assert.equal(available(kit), 5);
  });

  it('that is not charged in 15 minutes ends, and gives back what it reserved', async () => {
    const kit = await shop();
    await kit.send(o1, Place, DETAILS);
    await kit.advance('14m');
    assert.deepEqual(kit.emitted('shop/ended', ended), []);
    await kit.advance('1m');
    expectEnd(kit, 'timed-out');
    assert.equal(available(kit), 5);
  });

  it('refunds a charge that comes too late', async () => {
    const kit = await shop();
    await kit.send(o1, Place, DETAILS);
    await kit.advance('15m');
    await kit.send(o1, Charged, { ok: true });
    expectEnd(kit, 'timed-out');
    kit.expectSent(payments.at('o1'), Refund, [{}]);
  });

  it('whose stock does not answer in a minute ends, and releases a reservation that comes too late', async () => {
    const kit = new TestKit([order]);
    await kit.send(o1, Place, DETAILS);
    await kit.advance('1m');
    expectEnd(kit, 'timed-out');
    await kit.send(o1, Reserved, { ok: true });
    kit.expectSent(stock.at('tea'), Release, [{}]);
    expectEnd(kit, 'timed-out');
  });

  for (const [when, charges] of [
    ['before it is charged', false],
    ['after it is completed', true],
  ] as const) {
    it(`that is cancelled ${when} ${charges ? 'stays completed' : 'ends'}`, async () => {
      const kit = await shop();
      await kit.send(o1, Place, DETAILS);
      if (charges) await kit.send(o1, Charged, { ok: true });
      await kit.send(o1, Cancel, {});
      expectEnd(kit, charges ? 'completed' : 'cancelled');
      assert.deepEqual([available(kit), kit.pending()], [charges ? 3 : 5, []]);
    });
  }

  it('ends once, whatever comes for it and in whatever order', async () => {
    const steps = ['charged', 'declined', 'cancel', 'wait'] as const;
    for (const first of steps)
      for (const second of steps)
        for (const third of steps) {
          const kit = await shop();
          await kit.send(o1, Place, DETAILS);
          for (const step of [first, second, third]) {
            if (step === 'wait') await kit.advance('1h');
            else if (step === 'cancel') await kit.send(o1, Cancel, {});
            else await kit.send(o1, Charged, { ok: step === 'charged' });
          }
          await kit.advance('1h');
          const [outcome, ...more] = kit.emitted('shop/ended', ended);
          assert.deepEqual(more, [], `${first} ${second} ${third}`);
          assert.equal(available(kit), outcome?.outcome === 'completed' ? 3 : 5, `${first} ${second} ${third}`);
        }
  });
});
