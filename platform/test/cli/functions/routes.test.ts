/** What goes to functions, as the author of an application tries it out: `tidegate test`, which calls nobody. */
import assert from 'node:assert/strict';
import { call } from '../command-line.js';

const APPLICATION = `name: shop
ingresses:
  orders:
    file: orders.jsonl
    schema: { order: string, kind: string, amount: double, at: timestamp }
    time: { field: at }
functions:
  shop/*: { http: "http://localhost:1/" }
routes:
  large-orders:
    from: orders
    where: [kind == "placed", amount > 100]
    to: { function: shop/review, id: order, type: shop/Order }
rules:
  paid:
    from: orders
    key: order
    pattern:
      within: 1h
      steps:
        - begin: placed
          where: kind == "placed"
        - followedBy: payment
          where: kind == "paid"
      onTimeout:
        reached: placed
        to: [unpaid, { function: shop/reminder, id: key(), type: shop/Unpaid }]
    select: { order: placed.order }
    to: paid
egresses:
  paid: { file: paid.jsonl }
  unpaid: { file: unpaid.jsonl }
tests:
  only large orders are reviewed, and who has not paid is reminded:
    steps:
      - { at: 0m, orders: { order: a, kind: placed, amount: 50 } }
      - { at: 1m, orders: { order: b, kind: placed, amount: 500 } }
      - { at: 2m, orders: { order: b, kind: paid, amount: 500 } }
      - { at: 3m, orders: { order: c, kind: placed, amount: 7 } }
      - end: true
    expect:
      paid: [{ order: b }]
      shop/review: [{ id: b, type: shop/Order, message: { amount: 500 } }]
      shop/reminder:
        - { id: a, type: shop/Unpaid, message: { order: a } }
        - { id: c, type: shop/Unpaid, message: { order: c } }
`;

describe('what goes to functions', () => {
  it('are the records for which a route’s where holds, and what runs out of time', async () => {
    const { exitCode, out, err } = await call(['test'], { 'application.yaml': APPLICATION });
    assert.equal(exitCode, 0, out + err);
    assert.match(out, /1 passed|1 test/);
  });

  it('is explained', async () => {
    const { out } = await call(['explain', '.', 'paid'], { 'application.yaml': APPLICATION });
    assert.match(out, /runs out of time goes to unpaid and the function shop\/reminder of key\(\)\./);
  });

  const mistakes: readonly (readonly [what: string, from: string, to: string, code: RegExp])[] = [
    ['a where that is no condition', 'amount > 100', 'amount', /TG20\d/],
    ['a where over an unknown field', 'amount > 100', 'amout > 100', /TG202.*did you mean "amount"/],
    ['a function that there is not', 'function: shop/reminder', 'function: mail/reminder', /TG120/],
    ['an id of an unknown field', 'id: key(), type: shop/Unpaid', 'id: ordr, type: shop/Unpaid', /TG202/],
  ];
  for (const [what, from, to, code] of mistakes)
    it(`is refused with ${what}`, async () => {
      const { exitCode, out } = await call(['validate'], { 'application.yaml': APPLICATION.replace(from, to) });
      assert.equal(exitCode, 1, out);
      assert.match(out, code);
    });
});
