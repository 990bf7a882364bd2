/** The short form of `npm run test:cluster`, with a seed of its own; and that nothing is left when it is interrupted. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runMain } from './run-main.js';

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));

/** Processes whose command line or working directory is in the folder. */
function processesIn(folder: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(folder);
    } catch {
      return false;
    }
  });
}

describe('a cluster of processes with a nemesis', function () {
  this.timeout(240_000);

  it('finds what an undisturbed run finds, each alert once, with the faults that its seed draws', async () => {
    const { code, out, err } = await runMain(MAIN, ['--seed', '7', '--seconds', '12']);
    assert.equal(code, 0, err);
    const outcome = JSON.parse(out) as Readonly<Record<string, unknown>>;
    const { identical, missing, duplicates, foreign } = outcome;
    assert.deepEqual(
      { identical, missing, duplicates, foreign },
      { identical: true, missing: 0, duplicates: 0, foreign: 0 },
    );
    assert.ok(Object.keys(outcome['faults'] as object).length > 1, out);
  });

  it('leaves neither a process nor a file behind when it is interrupted', async () => {
    let folder = '';
    const { code, err } = await runMain(MAIN, ['--seed', '1', '--seconds', '60'], (said, interrupt) => {
      folder = /^ *\S+ s {2}in (\S+)$/m.exec(said)?.[1] ?? '';
      if (/\(F\d/.test(said)) interrupt();
    });
    assert.equal(code, 130, err);
    assert.notEqual(folder, '');
    assert.equal(existsSync(folder), false);
    assert.deepEqual(processesIn(folder), []);
  });
});
