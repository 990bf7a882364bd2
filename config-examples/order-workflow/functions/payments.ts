/** A stand-in for somebody else's payment provider: charges what is not too much. */
import { statefulFunction } from '@tidegate/functions-sdk';
import { Charge, Charged, Refund } from './messages.js';

const AMOUNT_MAX = 1000;

export const provider = statefulFunction('shop/payments')
  .on(Charge, (context, { amount }) => context.reply(Charged, { ok: amount <= AMOUNT_MAX }))
  .on(Refund, () => undefined);

export default provider;
