/** The short form of `npm run test:functions`, with a seed of its own. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { runMain } from '../nemesis/run-main.js';
import type { OrdersRunOutcome } from './orders-run.js';

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));

describe('the order workflow with a nemesis', function () {
  this.timeout(360_000);

  it('ends each order exactly once, whatever of workers, coordinators and servers of functions is killed', async () => {
    const { code, out, err } = await runMain(MAIN, ['--seed', '4', '--seconds', '12']);
    assert.equal(code, 0, err);
    const { orders, missing, duplicated, foreign, wrong, faults } = JSON.parse(out) as OrdersRunOutcome;
    assert.deepEqual({ missing, duplicated, foreign, wrong }, { missing: 0, duplicated: 0, foreign: 0, wrong: 0 });
    assert.ok(orders > 0 && Object.keys(faults).length > 1, out);
  });
});
