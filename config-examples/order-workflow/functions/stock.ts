/** The stock of one item, which knows what is reserved by which order: a reservation that is asked for twice is one. */
import { Reject, persisted, statefulFunction, types } from '@tidegate/functions-sdk';
import { Release, Reserve, Reserved, Restock } from './messages.js';

export const stockOfItem = statefulFunction('shop/stock', {
  state: {
    available: persisted(types.int, { default: 0 }),
    /** Quantities by order. */
    reserved: persisted(types.json<Record<string, number>>('shop/Reservations'), { default: () => ({}) }),
  },
})
  .on(Restock, ({ state }, { quantity }) => {
    state.available += quantity;
  })
  .on(Reserve, (context, { quantity }) => {
    const { state, caller } = context;
    if (caller === undefined) throw new Reject('only an order can reserve');
    const isReserved = Object.hasOwn(state.reserved, caller.id);
    const ok = isReserved || state.available >= quantity;
    if (ok && !isReserved) {
      state.available -= quantity;
      state.reserved[caller.id] = quantity;
    }
    context.reply(Reserved, { ok });
  })
  .on(Release, ({ state, caller }) => {
    if (caller === undefined || !Object.hasOwn(state.reserved, caller.id)) return;
    state.available += state.reserved[caller.id]!;
    delete state.reserved[caller.id];
  });

export default stockOfItem;
