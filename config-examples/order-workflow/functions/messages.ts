/** What orders, stock and payments tell each other. */
import { remoteFunction, types } from '@tidegate/functions-sdk';

/** From outside: an order was placed. */
export const Place = types.json('shop/Place', {
  type: 'object',
  properties: {
    customer: { type: 'string' },
    item: { type: 'string' },
    quantity: { type: 'integer', minimum: 1 },
    amount: { type: 'number', minimum: 0 },
  },
  required: ['customer', 'item', 'quantity', 'amount'],
});

/** From outside: the customer does not want it any more. */
export const Cancel = types.json('shop/Cancel', { type: 'object' });

/** Of an order to the stock of its item, whose id is the item's. */
export const Reserve = types.json('shop/Reserve', {
  type: 'object',
  properties: { quantity: { type: 'integer', minimum: 1 } },
  required: ['quantity'],
});
export const Release = types.json('shop/Release', { type: 'object' });
export const Restock = types.json('shop/Restock', {
  type: 'object',
  properties: { quantity: { type: 'integer', minimum: 1 } },
  required: ['quantity'],
});

/** Of the stock to the order. */
export const Reserved = types.json('shop/Reserved', {
  type: 'object',
  properties: { ok: { type: 'boolean' } },
  required: ['ok'],
});

/** Of an order to the payment provider, a function of the same id that somebody else runs, and back. */
export const Charge = types.json('shop/Charge', {
  type: 'object',
  properties: { customer: { type: 'string' }, amount: { type: 'number' } },
  required: ['customer', 'amount'],
});
export const Refund = types.json('shop/Refund', { type: 'object' });
export const Charged = types.json('shop/Charged', {
  type: 'object',
  properties: { ok: { type: 'boolean' } },
  required: ['ok'],
});

/** Of an order to itself: the step has taken too long. */
export const TimedOut = types.json('shop/TimedOut', {
  type: 'object',
  properties: { step: { enum: ['reserving', 'charging'] } },
  required: ['step'],
});

/** Orders and stock send to each other, so neither imports the other: this is what each accepts. */
export const stock = remoteFunction('shop/stock', [Reserve, Release, Restock]);
export const payments = remoteFunction('shop/payments', [Charge, Refund]);

/** To the outside: how an order ended. Exactly one for each order. */
export interface OrderEnded {
  readonly order: string;
  readonly outcome: 'completed' | 'out-of-stock' | 'declined' | 'cancelled' | 'timed-out';
}
