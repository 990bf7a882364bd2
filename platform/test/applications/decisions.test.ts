/** A terminal that waits for the answers of rules: the example `payment-decision`. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Child, inFolder, jsonLines, until } from './child.js';
import { decided, writePaymentDecision, type Decided } from './payment-terminal.js';

const LISTENS = /listens on (\S+)/;

async function started(folder: string): Promise<{ readonly run: Child; readonly url: string }> {
  const run = new Child(['run', '--quiet', '--parallelism', '2'], { cwd: folder });
  await until(() => LISTENS.test(run.err + run.out), run);
  return { run, url: LISTENS.exec(run.err + run.out)![1]! };
}

describe('who waits for a decision of rules', function () {
  this.timeout(120_000);

  it('is answered by a rule, or with the default in time, and the same after kill -9', () =>
    inFolder(async (folder) => {
      writePaymentDecision(folder, 0);
      const payments = { large: 1500, 'probe 1': 1, 'probe 2': 2, cashout: 300 };
      const ask = async (url: string) => {
        const told: Decided[] = [];
        for (const [request, amount] of Object.entries(payments))
          told.push(await decided(url, request, { card: 'c1', amount, country: 'NL' }));
        return told;
      };
      const first = await started(folder);
      const told = await ask(first.url);
      assert.deepEqual(
        told.map(({ by, answer }) => [by, (answer as Record<string, unknown>)['reason']]),
        [
          ['rule', 'the amount is above the limit'],
          ['default', undefined],
          ['default', undefined],
          ['rule', 'the card is being tested'],
        ],
      );
      assert.deepEqual(told[1]!.answer, { approve: true });
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
