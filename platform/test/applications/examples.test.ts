import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, jsonLines, lastLine, ROOT, tidegate } from './child.js';

const EXAMPLES = join(ROOT, 'config-examples');
const expected = (name: string): string => readFileSync(join(EXAMPLES, name), 'utf8');

/** A copy of the example in a folder, with payments where it looks for them: alert ids depend on that path alone. */
function copyCardTesting(folder: string, payments: number): void {
  for (const name of ['application.yaml', 'cards.csv'])
    cpSync(join(EXAMPLES, 'card-testing', name), join(folder, name));
  const words = [
    join(EXAMPLES, 'card-testing', 'make-events.mjs'),
    String(payments),
    join(folder, 'out', 'payments.jsonl'),
  ];
  const made = spawnSync(process.execPath, words);
  assert.equal(made.status, 0, made.stderr.toString());
}

async function runCardTesting(folder: string, parallelism: number): Promise<Record<string, unknown>[]> {
  const run = await tidegate(['run', '--parallelism', String(parallelism)], { cwd: folder });
  assert.equal(run.exitCode, 0, run.err);
  const found = jsonLines(join(folder, 'out', 'alerts.jsonl'));
  assert.equal(lastLine(run.out), `${found.length} alerts`);
  return found;
}

/** The benchmark's checksum of its workload W2: what every engine must come to. */
function benchmarkChecksum(alerts: readonly Record<string, unknown>[]): number {
  const start = 1_700_000_100_000;
  let sum = 0;
  for (const { card, time } of alerts)
    sum = (sum + Math.imul(card as number, 0x9e3779b1) + (Date.parse(time as string) - start)) | 0;
  return sum >>> 0;
}

describe('the examples', function () {
  this.timeout(180_000);

  // An example may be of functions alone; these are tested where they stand.
  const applications = readdirSync(EXAMPLES).filter((name) => existsSync(join(EXAMPLES, name, 'application.yaml')));
  assert.ok(applications.length >= 4, 'the examples were not found');
  for (const name of applications) {
    it(`${name} is valid, without a warning but of input that is still to be made, and passes its own tests`, async () => {
      const folder = join(EXAMPLES, name);
      const [validated, tested] = await Promise.all([tidegate(['validate', folder]), tidegate(['test', folder])]);
      assert.deepEqual([validated.exitCode, validated.err], [0, '']);
      assert.doesNotMatch(validated.out, /^warning\[(?!TG152)/m);
      assert.equal(tested.exitCode, 0, tested.out);
      assert.match(lastLine(tested.out), /^[1-9]\d* passed, 0 failed$/);
    });
  }

  for (const parallelism of [1, 2, 4]) {
    it(`earthquakes finds the Hualien sequence with its foreshocks, at parallelism ${parallelism}`, async () => {
      const run = await tidegate(['run', 'config-examples/earthquakes', '--parallelism', String(parallelism)]);
      assert.deepEqual([run.exitCode, run.err], [0, '']);
      assert.equal(run.out, expected('earthquakes/expected/stdout.txt'));
      assert.equal(lastLine(run.out), '3 alerts');
    });
  }

  for (const parallelism of [1, 4]) {
    it(`flight-delays finds jammed airports, at parallelism ${parallelism}`, async () => {
      await inFolder(async (folder) => {
        const alerts = join(folder, 'alerts.jsonl');
        const run = await tidegate(['run', 'config-examples/flight-delays', '--parallelism', String(parallelism)], {
          env: { ALERTS: alerts },
        });
        assert.equal(run.exitCode, 0, run.err);
        const sorted = (lines: string): string[] => lines.trimEnd().split('\n').sort();
        assert.deepEqual(sorted(readFileSync(alerts, 'utf8')), sorted(expected('flight-delays/expected/alerts.jsonl')));
        assert.equal(lastLine(run.out), '26 alerts');
      });
    });
  }

  it('card-testing finds in its million what the benchmark’s engines find, and what is checked in', async () => {
    await inFolder(async (folder) => {
      copyCardTesting(folder, 1_000_000);
      const alerts = await runCardTesting(folder, 1);
      const tested = alerts.filter(({ rule }) => rule === 'card-testing');
      const ids = alerts.map(({ id }) => String(id)).sort();
      assert.deepEqual(
        {
          alerts: alerts.length,
          cardTesting: tested.length,
          benchmarkChecksum: benchmarkChecksum(tested),
          idsSha256: createHash('sha256').update(ids.join('\n')).digest('hex'),
          first: alerts.slice(0, 3),
        },
        JSON.parse(expected('card-testing/expected/million.json')),
      );
    });
  });

  it('card-testing finds the same at parallelism 1, 2 and 4, in the same order for each key', async () => {
    await inFolder(async (folder) => {
      copyCardTesting(folder, 100_000);
      const one = await runCardTesting(folder, 1);
      const others = [await runCardTesting(folder, 2), await runCardTesting(folder, 4)];
      assert.equal(one.filter(({ rule }) => rule === 'card-testing').length, 360, 'as the benchmark says of W2');
      for (const other of others) assert.deepEqual(byKey(other), byKey(one));
    });
  });
});

/** The alerts of each rule and key, in their order. */
function byKey(alerts: readonly Record<string, unknown>[]): Record<string, unknown[]> {
  const lists: Record<string, unknown[]> = {};
  for (const alert of alerts) (lists[`${String(alert['rule'])} ${JSON.stringify(alert['key'])}`] ??= []).push(alert);
  return lists;
}
