/** Must compile as it stands. */
import {
  persisted,
  remoteFunction,
  statefulFunction,
  types,
  type Context,
  type StateOf,
} from '@tidegate/functions-sdk';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function assertType<_T extends true>(): void {}

const Payment = types.json('shop/Payment', {
  type: 'object',
  properties: {
    amount: { type: 'number' },
    tags: { type: 'array', items: { type: 'string' } },
    kind: { enum: ['card', 'cash'] },
    note: { type: ['string', 'null'] },
    fees: { type: 'object', additionalProperties: { type: 'integer' } },
    how: { anyOf: [{ const: 'fast' }, { type: 'boolean' }] },
  },
  required: ['amount', 'kind'],
});

const declarations = {
  count: persisted(types.int, { default: 0 }),
  total: types.long,
  last: Payment,
  list: persisted(types.json<string[]>('shop/List'), { default: () => [], expireAfterCall: '1h' }),
  kept: persisted(types.string, { expireAfterWrite: 500 }),
};
type State = StateOf<typeof declarations>;

assertType<Equal<State['count'], number>>();
assertType<Equal<State['total'], bigint | undefined>>();
assertType<Equal<State['list'], string[]>>();
assertType<Equal<State['kept'], string | undefined>>();

const ledger = remoteFunction('shop/ledger', [types.long, Payment]);

export const shop = statefulFunction('shop/shop', { state: declarations })
  .on(Payment, (context, payment) => {
    assertType<Equal<typeof payment.amount, number>>();
    assertType<Equal<typeof payment.kind, 'card' | 'cash'>>();
    assertType<Equal<typeof payment.tags, string[] | undefined>>();
    assertType<Equal<typeof payment.note, string | null | undefined>>();
    assertType<Equal<typeof payment.fees, Record<string, number> | undefined>>();
    assertType<Equal<typeof payment.how, boolean | 'fast' | undefined>>();
    context.state.count += 1;
    context.state.list.push('x');
    context.state.last = payment;
    context.state.total = undefined;
    context.send(ledger.at('1'), types.long, 1n);
    context.send(context.self, types.bool, true);
    context.clear('count', 'last');
    apart(context);
  })
  .on(types.string, async (context, text) => {
    context.reply(types.int, text.length);
  })
  .otherwise((_context, message) => void message.typename);

function apart(context: Context<State>): void {
  context.state.count = 0;
}
