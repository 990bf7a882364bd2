/** The short form of `npm run test:functions`, with a seed of its own. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { OrdersRunOutcome } from './orders-run.js';

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(words: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['--enable-source-maps', MAIN, ...words]);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

describe('the order workflow with a nemesis', function () {
  this.timeout(360_000);

  it('ends each order exactly once, whatever of workers, coordinators and servers of functions is killed', async () => {
    const { code, out, err } = await run(['--seed', '4', '--seconds', '12']);
    assert.equal(code, 0, err);
    const { orders, missing, duplicated, foreign, wrong, faults } = JSON.parse(out) as OrdersRunOutcome;
    assert.deepEqual({ missing, duplicated, foreign, wrong }, { missing: 0, duplicated: 0, foreign: 0, wrong: 0 });
    assert.ok(orders > 0 && Object.keys(faults).length > 1, out);
  });
});
