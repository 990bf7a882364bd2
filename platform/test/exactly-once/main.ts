/**
 * `npm run test:exactly-once -- [--seed N] [--kills N] [--brokers 1|3]`: two worker processes, a coordinator and one that stands by run a
 * rule from a topic of payments to a topic of alerts, while a nemesis kills and stops them and the brokers, drawn by the seed and
 * printed, until so many were killed. A verifier then reads what is committed. Prints one JSON line; exit code 1 where an alert is
 * missing, came twice or in disorder.
 */
import { longRun } from '../nemesis/long-run.js';
import { kafkaRun } from './kafka-run.js';

await longRun({
  options: { seed: 1, kills: 200, brokers: 1 },
  check: ({ brokers }) => (brokers === 1 || brokers === 3 ? undefined : '--brokers is 1 or 3'),
  run: kafkaRun,
  isGood: ({ expected, missing, duplicated, foreign, disordered }) =>
    expected > 0 && missing + duplicated + foreign + disordered === 0,
});
