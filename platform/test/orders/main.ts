/**
 * `npm run test:functions -- [--seed N] [--seconds N]`: a coordinator, one that stands by, and three workers run the order workflow,
 * with its functions on two servers, while a nemesis kills and stops all of them, drawn by the seed and printed. In the end a
 * verifier holds how orders ended against those that were placed. Prints one JSON line; exit code 1 where an order has not ended
 * exactly once, and as it must.
 */
import { longRun } from '../nemesis/long-run.js';
import { ordersRun } from './orders-run.js';

await longRun({
  options: { seed: 1, seconds: 120 },
  run: ordersRun,
  isGood: ({ orders, missing, duplicated, foreign, wrong }) =>
    orders > 0 && missing + duplicated + foreign + wrong === 0,
});
