/** The benchmark's workloads as applications, one YAML text each. */
import type { Workload } from '@tidegate/cep/bench/workload';

const COUNTRIES = ['DE', 'FR', 'GB', 'US', 'NL', 'PL', 'IT', 'ES'];

const CARDS = '{ cardId: int, amount: double, country: string, merchant: int, ts: timestamp }';
const LOGINS = '{ userId: int, ok: bool, ip: int, ts: timestamp }';
const ORDERS = '{ orderId: int, kind: string, ts: timestamp }';

function application(events: string, schema: string, rules: string): string {
  return `name: bench
settings: { parallelism: 1 }
ingresses:
  events:
    file: { path: ${JSON.stringify(events)} }
    schema: ${schema}
    time: { field: ts, format: epoch-millis, maxOutOfOrderness: 0s }
rules:
${rules}
egresses:
  alerts: { file: { path: out/alerts.jsonl } }
`;
}

function sequence(name: string, key: string, within: string, steps: string): string {
  return `  ${name}:
    from: events
    key: ${key}
    pattern:
      within: ${within}
      skip: pastLastEvent
      steps:
${steps}
    to: alerts
`;
}

const filter = (name: string, where: string): string => `  ${name}:
    from: events
    where: ${where}
    to: alerts
`;

const step = (relation: string, name: string, where: string, more = ''): string =>
  `        - ${relation}: ${name}\n          where: ${where}\n${more}`;

/** The hundred rules of W6. */
function hundredRules(): string {
  return Array.from({ length: 100 }, (_, r) => {
    const name = `r${r}`;
    const large = `amount > ${500 + 4 * r}`;
    const pair = (relation: string, small: string, end: string): string =>
      sequence(name, 'cardId', '10m', step('begin', 'small', small) + step(relation, 'large', end));
    switch (r % 4) {
      case 0:
        return filter(name, large);
      case 1:
        return pair('followedBy', `amount < ${1 + (r % 5)}`, large);
      case 2:
        return pair('followedBy', 'amount < 5', `amount > 500 && country == "${COUNTRIES[(r >> 2) % 8]}"`);
      default:
        return pair('next', 'amount < 5', large);
    }
  }).join('');
}

export function applicationOf(workload: Workload, events: string): string {
  switch (workload) {
    case 'W1':
      return application(events, CARDS, filter('large', 'amount > 500'));
    case 'W2':
      return application(
        events,
        CARDS,
        sequence(
          'testing',
          'cardId',
          '10m',
          step('begin', 'small', 'amount < 5') + step('followedBy', 'large', 'amount > 500'),
        ),
      );
    case 'W3': {
      const failed = step('begin', 'failed', '"!ok"', '          times: 3..\n          repeat: consecutive\n');
      return application(events, LOGINS, sequence('guessing', 'userId', '5m', failed + step('next', 'success', 'ok')));
    }
    case 'W4':
      return application(
        events,
        ORDERS,
        sequence(
          'unpaid',
          'orderId',
          '15m',
          step('begin', 'placed', 'kind == "placed"') + step('notFollowedBy', 'paid', 'kind == "paid"'),
        ),
      );
    case 'W6':
      return application(events, CARDS, hundredRules());
    default:
      throw new Error(`${workload} is not offered; one of W1, W2, W3, W4, W6`);
  }
}
