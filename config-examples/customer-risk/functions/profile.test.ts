import assert from 'node:assert/strict';
import { TestKit } from '@tidegate/functions-sdk/testing';
import { Cleared, Payment, RuleHit, type Review } from './messages.js';
import { profile } from './profile.js';

const ann = profile.at('ann');

async function paying(kit: TestKit, amounts: readonly number[], country = 'NL'): Promise<void> {
  for (const amount of amounts) await kit.send(ann, Payment, { cardId: 'c1', amount, country, merchant: 'm' });
}

function reviews(kit: TestKit): Review[] {
  return kit.kafkaRecords('fraud/reviews').map(({ text }) => JSON.parse(text) as Review);
}

describe('the risk profile of a customer', () => {
  it('learns what is usual', async () => {
    const kit = new TestKit([profile]);
    await paying(kit, [10, 20, 30]);
    kit.expectState(profile, 'ann', { payments: 3n, meanAmount: 20, countries: { NL: 3 } });
  });

  it('finds an unusual amount and a new country, once it knows the customer', async () => {
    const kit = new TestKit([profile]);
    await paying(kit, [500], 'FR');
    await paying(kit, [10, 10, 10, 10]);
    assert.equal(kit.state(profile, 'ann').score, undefined);
    await paying(kit, [1000], 'US');
    const { score, reasons } = kit.state(profile, 'ann');
    assert.deepEqual([score, reasons], [15, ['an amount of 1000', 'a payment from US']]);
  });

  it('sends a customer to an analyst once, with the reasons', async () => {
    const kit = new TestKit([profile]);
    await kit.send(ann, RuleHit, { rule: 'card-testing', severity: 'high' });
    assert.deepEqual(reviews(kit), []);
    for (let i = 0; i < 3; i++) await kit.send(ann, RuleHit, { rule: 'takeover', severity: 'high' });
    assert.deepEqual(reviews(kit), [{ customer: 'ann', score: 80, because: ['rule card-testing', 'rule takeover'] }]);
  });

  it('starts again when an analyst has cleared the customer, who is known all the same', async () => {
    const kit = new TestKit([profile]);
    await paying(kit, [10]);
    await kit.send(ann, RuleHit, { rule: 'takeover', severity: 'critical' });
    await kit.send(ann, Cleared, { by: 'eve' });
    kit.expectState(profile, 'ann', { payments: 1n, meanAmount: 10, countries: { NL: 1 } });
    await kit.send(ann, RuleHit, { rule: 'takeover', severity: 'critical' });
    assert.equal(reviews(kit).length, 2);
  });

  it('forgets a score that nothing has raised for 30 days', async () => {
    const kit = new TestKit([profile]);
    await kit.send(ann, RuleHit, { rule: 'takeover', severity: 'medium' });
    await kit.advance('29d');
    await kit.send(ann, RuleHit, { rule: 'takeover', severity: 'medium' });
    await kit.advance('29d');
    assert.equal(kit.state(profile, 'ann').score, 30);
    await kit.advance('1d');
    kit.expectState(profile, 'ann', {});
  });

  it('refuses a payment that is none', async () => {
    const kit = new TestKit([profile]);
    const payment = { cardId: 'c1', amount: 1, country: 'NL', merchant: 'm' };
    await assert.rejects(kit.send(ann, Payment, { ...payment, amount: -1 }), /\/amount must be > 0/);
  });
});
