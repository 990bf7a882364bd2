/** The short form of `npm run test:exactly-once`, with a seed of its own. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { runMain } from '../nemesis/run-main.js';
import type { KafkaRunOutcome } from './kafka-run.js';

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));
/** Of its faults the first are a killed broker, a leader that stands still, and all workers killed at once. */
const SEED = '15540';
const KILLS = '7';

describe('a job between two topics with a nemesis', function () {
  /** A machine that has never started a broker fetches it first. */
  this.timeout(480_000);

  it('has each alert committed once and in the order of its key, whatever of workers, coordinators and brokers is killed', async () => {
    const { code, out, err } = await runMain(MAIN, ['--seed', SEED, '--kills', KILLS]);
    assert.equal(code, 0, err);
    const { expected, missing, duplicated, foreign, disordered, kills } = JSON.parse(out) as KafkaRunOutcome;
    assert.deepEqual(
      { missing, duplicated, foreign, disordered },
      { missing: 0, duplicated: 0, foreign: 0, disordered: 0 },
    );
    assert.ok(expected > 0 && kills >= Number(KILLS), out);
  });
});
