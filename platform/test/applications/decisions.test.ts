/** A terminal that waits for the answers of rules: the example `payment-decision`, as it stands but for its port and its patience. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, inFolder, jsonLines, ROOT, until } from './child.js';

const EXAMPLE = join(ROOT, 'config-examples', 'payment-decision', 'application.yaml');
const LISTENS = /listens on (\S+)/;

async function started(folder: string): Promise<{ readonly run: Child; readonly url: string }> {
  const run = new Child(['run', '--quiet', '--parallelism', '2'], { cwd: folder });
  await until(() => LISTENS.test(run.err + run.out), run);
  return { run, url: LISTENS.exec(run.err + run.out)![1]! };
}

/** Asked again, as a terminal would, while the job is being restarted. */
async function answered(url: string, request: string, payment: object): Promise<readonly [by: string | null, unknown]> {
  for (;;) {
    const headers = { 'idempotency-key': request, 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(payment) });
    const answer = (await response.json()) as Record<string, unknown>;
    if (response.status === 200) return [response.headers.get('tidegate-decision'), answer];
    assert.equal(response.status, 503, JSON.stringify(answer));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('who waits for a decision of rules', function () {
  this.timeout(120_000);

  it('is answered by a rule, or with the default in time, and the same after kill -9', () =>
    inFolder(async (folder) => {
      const example = readFileSync(EXAMPLE, 'utf8')
        .replace('port: 8088', 'port: 0')
        .replace('within: 150ms', 'within: 1s');
      writeFileSync(join(folder, 'application.yaml'), example);
      const payments = { large: 1500, 'probe 1': 1, 'probe 2': 2, cashout: 300 };
      const ask = async (url: string) => {
        const told: (readonly [string | null, unknown])[] = [];
        for (const [request, amount] of Object.entries(payments))
          told.push(await answered(url, request, { card: 'c1', amount, country: 'NL' }));
        return told;
      };
      const first = await started(folder);
      const told = await ask(first.url);
      assert.deepEqual(
        told.map(([by, answer]) => [by, (answer as Record<string, unknown>)['reason']]),
        [
          ['rule', 'the amount is above the limit'],
          ['default', undefined],
          ['default', undefined],
          ['rule', 'the card is being tested'],
        ],
      );
      assert.deepEqual(told[1]![1], { approve: true });
      first.run.process.kill('SIGKILL');
      await first.run.finished;
      const second = await started(folder);
      assert.deepEqual(await ask(second.url), told);
      second.run.process.kill('SIGTERM');
      assert.equal((await second.run.finished).exitCode, 0);
      // Who asks again is told again, and does not pay again.
      const declined = jsonLines(join(folder, 'out', 'declined.jsonl')).map(({ rule }) => rule);
      assert.deepEqual(declined.sort(), ['card-testing', 'too-large']);
    }));
});
