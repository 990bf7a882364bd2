/** Every line that ends with an error must have exactly this one. */
import { address, persisted, remoteFunction, statefulFunction, types, type Context } from '@tidegate/functions-sdk';

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
