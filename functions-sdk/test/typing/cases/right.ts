/** Must compile as it stands. */
import {
  address,
  persisted,
  remoteFunction,
  statefulFunction,
  types,
  type Context,
  type StateOf,
  type Target,
  type ValueType,
} from '@tidegate/functions-sdk';
import { TestKit } from '@tidegate/functions-sdk/testing';

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

/** A type declared twice is one type, by its name, or by its values where the compiler does not know that. */
const Charge = types.json<{ amount: number }>('shop/Charge');
const Checked = types.json('shop/Charge', {
  type: 'object',
  properties: { amount: { type: 'number' } },
  required: ['amount'],
});
const charger = statefulFunction('shop/charger')
  .on(Charge, (context, { amount }) => context.send(payments.at('x'), Charge, { amount }))
  .on(types.string, () => undefined);
const payments = remoteFunction('shop/payments', [Charge, Payment]);
const Named = types.json<{ amount: number }, 'shop/Named'>('shop/Named');
const named = statefulFunction('shop/named').on(Named, () => undefined);
const anything = statefulFunction('shop/anything').otherwise(() => undefined);
export const sender = statefulFunction('shop/sender').on(types.double, (context, amount) => {
  context.send(charger.at('x'), Charge, { amount });
  context.send(charger.at('x'), types.json<{ amount: number }>('shop/Charge'), { amount });
  context.send(charger.at('x'), Checked, { amount });
  context.send(charger.at('x'), types.string, 'x');
  context.send(named.at('x'), Named, { amount });
  context.send(payments.at('x'), Payment, { amount, kind: 'card' });
  context.send(anything.at('x'), Charge, { amount });
  context.send(address('any/type', 'x'), Charge, { amount });
  context.send({ type: 'any/type', id: 'x' }, Charge, { amount });
  if (context.caller !== undefined) context.sendAfter('1m', context.caller, Charge, { amount });
  passOn(context, address('any/type', 'x'), Charge, { amount });
});
void new TestKit([charger]).send(charger.at('x'), Charge, { amount: 1 });

function passOn<T>(context: Context, to: Target, type: ValueType<T>, value: T): void {
  context.send(to, type, value);
}
