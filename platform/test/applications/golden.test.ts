/**
 * F97, and the promise of savepoints: one that an earlier version took on any backend is gone on from on each of them.
 *
 * A folder of `golden/` is a project as a user would have kept it: a savepoint, the input as far as it was read, and the
 * output. Such a folder is never changed; a new format of savepoints gets folders of its own (golden/make.ts).
 */
import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Child, inFolder, jsonLines, ROOT, until } from './child.js';
import { AFTER, ALERTS, HITS } from './golden/payments.js';

const GOLDEN = join(ROOT, 'platform/test/applications/golden');
const names = readdirSync(GOLDEN, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [one.name] : []));

describe('a golden savepoint', function () {
  this.timeout(60_000);

  it('is there of each backend', () => {
    for (const backend of ['heap', 'rocksdb']) assert.ok(names.includes(`v1-${backend}`), backend);
  });

  for (const name of names) {
    for (const backend of ['heap', 'rocksdb']) {
      it(`F97: ${name} is gone on from on ${backend}`, () =>
        inFolder(async (folder) => {
          cpSync(join(GOLDEN, name), folder, { recursive: true });
          copyFileSync(join(GOLDEN, 'application.yaml'), join(folder, 'application.yaml'));
          appendFileSync(join(folder, 'payments.jsonl'), AFTER);
          const run = new Child(['run', '--quiet', '--from', 'savepoint'], { cwd: folder, env: { BACKEND: backend } });
          const [alerts, hits] = [join(folder, 'alerts.jsonl'), join(folder, 'hits.jsonl')];
          await until(() => jsonLines(alerts).length >= ALERTS.length && jsonLines(hits).length >= HITS.length, run);
          run.process.kill('SIGINT');
          assert.equal((await run.finished).exitCode, 0, run.err);
          assert.match(run.err, /resumed from the savepoint/);
          assert.deepEqual(saidIn(alerts, ALERTS), sorted(ALERTS));
          assert.deepEqual(saidIn(hits, HITS), sorted(HITS));
        }));
    }
  }
});

/** Of each line the fields that are expected of some. */
function saidIn(file: string, expected: readonly Record<string, unknown>[]): string[] {
  const fields = new Set(expected.flatMap((one) => Object.keys(one)));
  return sorted(
    jsonLines(file).map((line) =>
      Object.fromEntries([...fields].filter((field) => field in line).map((field) => [field, line[field]])),
    ),
  );
}

function sorted(lines: readonly Record<string, unknown>[]): string[] {
  return lines.map((line) => JSON.stringify(Object.fromEntries(Object.entries(line).sort()))).sort();
}
