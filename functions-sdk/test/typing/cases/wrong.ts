/** Every line that ends with an error must have exactly this one. */
import { address, persisted, remoteFunction, statefulFunction, types, type Context } from '@tidegate/functions-sdk';
import { TestKit } from '@tidegate/functions-sdk/testing';

const ledger = remoteFunction('shop/ledger', [types.long]);
const declared = { state: { count: persisted(types.int, { default: 0 }), total: types.long } };

address('shop', '1'); // error TS2345
statefulFunction('shop'); // error TS2345
persisted(types.int, { default: 'none' }); // error TS2769
persisted(types.json<string[]>('a/b'), { default: [] }); // error TS2769
persisted(types.int, { expireAfterCall: '5 minutes' }); // error TS2769

const shop = statefulFunction('shop/shop', declared)
  .on(types.string, (context, text) => {
    context.state.typo = 1; // error TS2339
    context.state.count = '1'; // error TS2322
    context.state.count = undefined; // error TS2322
    context.state.total = 1; // error TS2322
    context.state = context.state; // error TS2540
    context.send(ledger.at('1'), types.long, 1); // error TS2345
    context.send(ledger.at('1'), types.string, text); // error TS2345
    context.sendAfter('5 min', ledger.at('1'), types.long, 1n); // error TS2345
    context.reply(types.int, text); // error TS2345
    context.clear('typo'); // error TS2345
    const wrong: Context<{ other: string }> = context; // error TS2322
  })
  .on(types.int, (_context, n) => {
    n.length; // error TS2339
  });

shop.at('1').type = 'x'; // error TS2540
const unhandled: Context = {} as Context;
unhandled.send(shop.at('1'), types.bool, true); // error TS2345
unhandled.send(shop.at('1'), types.string, 'fine');
types.json('a/b', { type: 'object', properties: { n: { type: 'number' } } }).encode({ n: '1' }); // error TS2322

/** Types whose names the compiler does not know are told apart by their values. */
const Charge = types.json<{ amount: number }>('shop/Charge');
const Refund = types.json<{ amount: number; reason: string }>('shop/Refund');
const Note = types.json<string>('shop/Note');
const Sized = types.json('shop/Sized', {
  type: 'object',
  properties: { size: { type: 'number' } },
  required: ['size'],
});
const payments = remoteFunction('shop/payments', [Charge]);
const charger = statefulFunction('shop/charger').on(Charge, () => undefined);
const noter = statefulFunction('shop/noter').on(Note, () => undefined);
const mixed = statefulFunction('shop/mixed')
  .on(Sized, () => undefined)
  .on(Charge, () => undefined);
const Named = types.json<{ amount: number }, 'shop/Named'>('shop/Named');
const named = statefulFunction('shop/named').on(Named, () => undefined);
const silent = statefulFunction('shop/silent');
export const sender = statefulFunction('shop/sender').on(types.double, (context) => {
  context.send(payments.at('x'), Refund, { amount: 1, reason: 'x' }); // error TS2345
  context.send(payments.at('x'), types.int, 1); // error TS2345
  context.send(payments.at('x'), Charge, { amount: '1' }); // error TS2322
  context.send(charger.at('x'), Refund, { amount: 1, reason: 'x' }); // error TS2345
  context.send(charger.at('x'), types.int, 1); // error TS2345
  context.sendAfter('1m', charger.at('x'), Note, 'x'); // error TS2345
  context.send(noter.at('x'), types.string, 'x'); // error TS2345
  context.send(mixed.at('x'), Refund, { amount: 1, reason: 'x' }); // error TS2345
  context.send(mixed.at('x'), types.bool, true); // error TS2345
  context.send(named.at('x'), Charge, { amount: 1 }); // error TS2345
  context.send(silent.at('x'), types.bool, true); // error TS2345
});
new TestKit([charger]).send(charger.at('x'), Note, 'x'); // error TS2345
