/** The workloads as patterns, run by the PatternOperator: events pass its buffer, with a watermark every 1,000 events. */
import type { Comparison, ComparisonOperator, Condition } from '../src/index.js';
import { compile, Pattern, PatternOperator, skipPastLastEvent, type RuleDefinition } from '../src/index.js';
import { CARD_RULES, RULE_STRIDE, type CardRule } from './card-rules.js';
import { cards, logins, orders, type Card, type Login, type Order } from './events.js';
import { Tally } from './tally.js';
import { CARD_WINDOW, LOGIN_WINDOW, ORDER_WINDOW, type Pass, type Prepared, type Workload } from './workload.js';

const WATERMARK_INTERVAL = 1000;

interface Timed {
  readonly ts: number;
}

export function tidegate(workload: Workload, count: number): Prepared {
  switch (workload) {
    case 'W1':
      return prepare(cards(count), ({ cardId }) => cardId, [{ name: 'large', pattern: single(500) }]);
    case 'W2':
      return prepare(cards(count), ({ cardId }) => cardId, [
        { name: 'probe', reportsTimeouts: false, pattern: probeThenLarge(5, amount('>', 500), 'followedBy') },
      ]);
    case 'W3':
      return prepare(logins(count), ({ userId }) => userId, [
        { name: 'takeover', reportsTimeouts: false, pattern: failuresThenSuccess() },
      ]);
    case 'W4':
      return prepare(orders(count), ({ orderId }) => orderId, [{ name: 'unpaid', pattern: unpaid() }]);
    case 'W6':
      return prepare(
        cards(count),
        ({ cardId }) => cardId,
        CARD_RULES.map((rule, index) => ({ name: `rule-${index}`, reportsTimeouts: false, pattern: cardRule(rule) })),
      );
  }
}

function prepare<E extends Timed>(
  events: readonly E[],
  keyOf: (event: E) => number,
  rules: RuleDefinition<E>[],
): Prepared {
  const set = compile(rules);
  return {
    pass(count: number): Pass {
      const tally = new Tally();
      const operator = new PatternOperator<number, E>(set, {
        output: {
          match: ({ rule, key, lastTimestamp }) => tally.add(key + rule * RULE_STRIDE, lastTimestamp),
          timeout: () => {},
          late: () => {},
        },
      });
      const feed = (): void => {
        for (let index = 0; index < count; index++) {
          const event = events[index] as E;
          operator.process(keyOf(event), event, event.ts);
          if (index % WATERMARK_INTERVAL === WATERMARK_INTERVAL - 1) operator.advance(event.ts);
        }
      };
      return { tally, feed, finish: () => operator.advance(Infinity), state: operator };
    },
  };
}

function single(above: number): Pattern<Card> {
  return Pattern.begin<Card>('large', skipPastLastEvent()).where(amount('>', above));
}

function cardRule(rule: CardRule): Pattern<Card> {
  switch (rule.kind) {
    case 'single':
      return single(rule.large);
    case 'any':
      return probeThenLarge(rule.small, amount('>', rule.large), 'followedBy');
    case 'abroad':
      return probeThenLarge(rule.small, largeIn(rule.large, rule.country), 'followedBy');
    case 'next':
      return probeThenLarge(rule.small, amount('>', rule.large), 'next');
  }
}

function probeThenLarge(below: number, large: Condition<Card>, contiguity: 'followedBy' | 'next'): Pattern<Card> {
  const probe = Pattern.begin<Card>('probe', skipPastLastEvent()).where(amount('<', below));
  return probe[contiguity]('large').where(large).within(CARD_WINDOW);
}

function failuresThenSuccess(): Pattern<Login> {
  return Pattern.begin<Login>('failure', skipPastLastEvent())
    .where({ id: 'failed', eventOnly: true, test: (login) => !login.ok })
    .timesOrMore(3)
    .consecutive()
    .next('success')
    .where({ id: 'succeeded', eventOnly: true, test: (login) => login.ok })
    .within(LOGIN_WINDOW);
}

function unpaid(): Pattern<Order> {
  return Pattern.begin<Order>('placed')
    .where({ id: 'placed', eventOnly: true, test: (order) => order.kind === 'placed' })
    .notFollowedBy('paid')
    .where({ id: 'paid', eventOnly: true, test: (order) => order.kind === 'paid' })
    .within(ORDER_WINDOW);
}

function amount(operator: ComparisonOperator & ('<' | '>'), constant: number): Condition<Card> {
  return {
    id: `amount ${operator} ${constant}`,
    eventOnly: true,
    test: operator === '<' ? (card) => card.amount < constant : (card) => card.amount > constant,
    comparisons: [comparison(operator, constant)],
    comparisonsSuffice: true,
  };
}

function largeIn(above: number, country: string): Condition<Card> {
  return {
    id: `amount > ${above} in ${country}`,
    eventOnly: true,
    test: (card) => card.amount > above && card.country === country,
    comparisons: [comparison('>', above)],
  };
}

function comparison(operator: ComparisonOperator, constant: number): Comparison<Card> {
  return { field: 'amount', read: (card) => card.amount, operator, constant };
}
