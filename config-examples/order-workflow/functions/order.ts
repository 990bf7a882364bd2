/**
 * An order, from its placing to its end: reserve the item, charge the customer, and undo what was done when a step fails
 * or takes too long.
 *
 *     placed ─▶ reserving ── reserved ──▶ charging ── charged ──▶ completed
 *                  │ out of stock            │ declined
 *                  │ too long, cancelled     │ too long, cancelled
 *                  ▼                         ▼
 *               ended                     ended: the reservation is released, and a charge that comes late is refunded
 *
 * Invariants
 * - An order ends exactly once, and says so once.
 * - Each step has a timeout, which is cancelled when the step ends: its token is the step's name and the order's id.
 * - What comes for a step that is over is undone, not believed.
 */
import { egressValue, persisted, statefulFunction, types, type Context, type StateOf } from '@tidegate/functions-sdk';
import {
  Cancel,
  Charge,
  Charged,
  payments,
  Place,
  Refund,
  Release,
  Reserve,
  Reserved,
  stock,
  TimedOut,
  type OrderEnded,
} from './messages.js';

type Step = 'reserving' | 'charging';
type Status = Step | OrderEnded['outcome'];

const TIMEOUTS = { reserving: '1m', charging: '15m' } as const;
/** Long enough for every message about the order to have come. */
const KEPT_AFTER_ITS_END = '30d';

interface Details {
  customer: string;
  item: string;
  quantity: number;
  amount: number;
}

const state = {
  status: persisted(types.json<Status>('shop/Status'), { expireAfterWrite: KEPT_AFTER_ITS_END }),
  details: persisted(types.json<Details>('shop/Details'), { expireAfterWrite: KEPT_AFTER_ITS_END }),
};
type OrderContext = Context<StateOf<typeof state>>;

export const ended = types.json<OrderEnded>('shop/OrderEnded');

export const order = statefulFunction('shop/order', { state })
  .on(Place, (context, details) => {
    // Placing an order twice is placing it once.
    if (context.state.status !== undefined) return;
    context.state.details = details;
    begin(context, 'reserving');
    context.send(stock.at(details.item), Reserve, { quantity: details.quantity });
  })
  .on(Reserved, (context, { ok }) => {
    const { details, status } = context.state;
    if (details === undefined) return;
    if (status !== 'reserving') return void (ok && isGivenUp(status) && release(context, details));
    finish(context, 'reserving');
    if (!ok) return end(context, 'out-of-stock');
    begin(context, 'charging');
    context.send(payments.at(context.self.id), Charge, { customer: details.customer, amount: details.amount });
  })
  .on(Charged, (context, { ok }) => {
    const { details, status } = context.state;
    if (details === undefined) return;
    if (status !== 'charging') return void (ok && isGivenUp(status) && refund(context));
    finish(context, 'charging');
    if (ok) return end(context, 'completed');
    release(context, details);
    end(context, 'declined');
  })
  .on(TimedOut, (context, { step }) => {
    if (context.state.status === step) giveUp(context, step, 'timed-out');
  })
  .on(Cancel, (context) => {
    const { status } = context.state;
    if (status !== 'reserving' && status !== 'charging') return;
    finish(context, status);
    giveUp(context, status, 'cancelled');
  });

export default order;

function begin(context: OrderContext, step: Step): void {
  context.state.status = step;
  context.sendAfter(TIMEOUTS[step], context.self, TimedOut, { step }, { token: tokenOf(context, step) });
}

function finish(context: OrderContext, step: Step): void {
  context.cancel(tokenOf(context, step));
}

/** A token belongs to the id alone, and functions of other types may have the same id. */
function tokenOf({ self }: OrderContext, step: Step): string {
  return `${self.type} ${step}`;
}

/** Nobody knows yet how the step will end: a reservation that comes late is released, a charge refunded. */
function giveUp(context: OrderContext, step: Step, outcome: 'timed-out' | 'cancelled'): void {
  const { details } = context.state;
  if (step === 'charging' && details !== undefined) release(context, details);
  end(context, outcome);
}

function isGivenUp(status: Status | undefined): boolean {
  return status === 'timed-out' || status === 'cancelled';
}

function end(context: OrderContext, outcome: OrderEnded['outcome']): void {
  context.state.status = outcome;
  context.emit(egressValue('shop/ended', ended, { order: context.self.id, outcome }));
}

function release(context: OrderContext, { item }: Details): void {
  context.send(stock.at(item), Release, {});
}

function refund(context: OrderContext): void {
  context.send(payments.at(context.self.id), Refund, {});
}
