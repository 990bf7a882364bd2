/**
 * The workloads as one would write them by hand: a loop and a Map, no engine. The yardstick of the benchmark.
 * Events are in order, so a window is a matter of looking at the oldest entry.
 */
import { CARD_RULES, RULE_STRIDE } from './card-rules.js';
import { cards, logins, orders, type Card, type Login, type Order } from './events.js';
import { Tally } from './tally.js';
import { CARD_WINDOW, LOGIN_WINDOW, ORDER_WINDOW, type Pass, type Prepared, type Workload } from './workload.js';

export function handcoded(workload: Workload, count: number): Prepared {
  switch (workload) {
    case 'W1':
      return loop(cards(count), largeAmounts);
    case 'W2':
      return loop(cards(count), probeThenLarge);
    case 'W3':
      return loop(logins(count), failuresThenSuccess);
    case 'W4':
      return loop(orders(count), unpaidOrders);
    case 'W6':
      return loop(cards(count), hundredRules);
  }
}

interface Loop {
  feed: () => void;
  finish?: () => void;
  state: unknown;
}

function loop<E>(events: readonly E[], make: (events: readonly E[], tally: Tally) => Loop): Prepared {
  return {
    pass(count: number): Pass {
      const tally = new Tally();
      return { tally, finish: () => {}, ...make(events.slice(0, count), tally) };
    },
  };
}

function largeAmounts(events: readonly Card[], tally: Tally): Loop {
  const feed = (): void => {
    for (const card of events) if (card.amount > 500) tally.add(card.cardId, card.ts);
  };
  return { feed, state: undefined };
}

function dropBefore(queue: { readonly ts: number }[], time: number): void {
  let count = 0;
  for (let head = queue[0]; head !== undefined && head.ts <= time; head = queue[++count]);
  if (count > 0) queue.splice(0, count);
}

function probeThenLarge(events: readonly Card[], tally: Tally): Loop {
  const probes = new Map<number, Card[]>();
  const feed = (): void => {
    for (const card of events) {
      const { amount, cardId, ts } = card;
      if (amount < 5) {
        const known = probes.get(cardId);
        if (known === undefined) {
          probes.set(cardId, [card]);
        } else {
          dropBefore(known, ts - CARD_WINDOW);
          known.push(card);
        }
      } else if (amount > 500) {
        const known = probes.get(cardId);
        if (known === undefined) continue;
        const latest = known[known.length - 1];
        if (latest !== undefined && ts - latest.ts < CARD_WINDOW) tally.add(cardId, ts);
        probes.delete(cardId);
      }
    }
  };
  return { feed, state: probes };
}

function failuresThenSuccess(events: readonly Login[], tally: Tally): Loop {
  const failures = new Map<number, Login[]>();
  const feed = (): void => {
    for (const login of events) {
      const { userId, ts } = login;
      const known = failures.get(userId);
      if (!login.ok) {
        if (known === undefined) {
          failures.set(userId, [login]);
        } else {
          dropBefore(known, ts - LOGIN_WINDOW);
          known.push(login);
        }
      } else if (known !== undefined) {
        dropBefore(known, ts - LOGIN_WINDOW);
        if (known.length >= 3) tally.add(userId, ts);
        failures.delete(userId);
      }
    }
  };
  return { feed, state: failures };
}

function unpaidOrders(events: readonly Order[], tally: Tally): Loop {
  const state = { open: new Map<number, Order>(), placed: [] as Order[] };
  let head = 0;
  const expire = (now: number): void => {
    const { open } = state;
    for (
      let order = state.placed[head];
      order !== undefined && now - order.ts >= ORDER_WINDOW;
      order = state.placed[head]
    ) {
      if (open.delete(order.orderId)) tally.add(order.orderId, order.ts);
      head++;
    }
    if (head < 65_536) return;
    state.placed = state.placed.slice(head);
    head = 0;
  };
  const feed = (): void => {
    for (const order of events) {
      expire(order.ts);
      if (order.kind === 'placed') {
        state.open.set(order.orderId, order);
        state.placed.push(order);
      } else {
        state.open.delete(order.orderId);
      }
    }
  };
  return { feed, finish: () => expire(Infinity), state };
}

interface CardHistory {
  previous: Card;
  readonly probes: Card[];
  /** By rule: the time up to which its probes are used up. */
  cleared: Float64Array | undefined;
}

/** The rules share each card's list of probes; what a rule has used up is one number. */
function hundredRules(events: readonly Card[], tally: Tally): Loop {
  const histories = new Map<number, CardHistory>();
  const feed = (): void => {
    for (const card of events) {
      const { amount, cardId, ts } = card;
      const history = histories.get(cardId);
      if (amount > 500) alert(card, history, tally);
      if (history === undefined) {
        histories.set(cardId, { previous: card, probes: amount < 5 ? [card] : [], cleared: undefined });
        continue;
      }
      if (amount < 5) {
        dropBefore(history.probes, ts - CARD_WINDOW);
        history.probes.push(card);
      }
      history.previous = card;
    }
  };
  return { feed, state: histories };
}

function alert(card: Card, history: CardHistory | undefined, tally: Tally): void {
  const { amount, cardId, country, ts } = card;
  if (history !== undefined) dropBefore(history.probes, ts - CARD_WINDOW);
  const isRightAfterProbe =
    history !== undefined && history.previous.amount < 5 && ts - history.previous.ts < CARD_WINDOW;
  for (let index = 0; index < CARD_RULES.length; index++) {
    const rule = CARD_RULES[index];
    if (rule === undefined || amount <= rule.large) continue;
    if (rule.kind === 'single' || (rule.kind === 'next' && isRightAfterProbe)) {
      tally.add(cardId + index * RULE_STRIDE, ts);
    } else if (rule.kind !== 'next' && history !== undefined && (rule.kind === 'any' || rule.country === country)) {
      const from = history.cleared?.[index] ?? -Infinity;
      if (!history.probes.some((probe) => probe.amount < rule.small && probe.ts > from)) continue;
      tally.add(cardId + index * RULE_STRIDE, ts);
      history.cleared ??= new Float64Array(CARD_RULES.length).fill(-Infinity);
      history.cleared[index] = ts;
    }
  }
}
