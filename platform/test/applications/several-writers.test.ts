/** An egress that several subtasks write, killed and gone on with another number of them. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, tidegate } from './child.js';

const READINGS = 5000;

const application = (writers: number): string => `name: job
settings: { parallelism: 2, checkpoint: { interval: 20ms } }
ingresses:
  readings:
    file: { path: readings.jsonl }
    schema: { n: int }
rules:
  all: { from: readings, key: n, where: n >= 0, suppress: { for: 1ms }, select: { n: n }, to: alerts }
egresses:
  alerts: { file: alerts/, parallelism: ${writers} }
`;

/** Which writers wrote, and what, in order. */
function written(folder: string): { readonly writers: readonly string[]; readonly numbers: readonly number[] } {
  const parts = readdirSync(join(folder, 'alerts')).filter((name) => name.startsWith('part-'));
  const numbers = parts
    .flatMap((name) =>
      readFileSync(join(folder, 'alerts', name), 'utf8')
        .split('\n')
        .filter(Boolean),
    )
    .map((line) => (JSON.parse(line) as { n: number }).n);
  const writers = [...new Set(parts.map((name) => name.split('-')[1]!))];
  return { writers: writers.sort(), numbers: numbers.sort((left, right) => left - right) };
}

describe('an egress with several writers', function () {
  this.timeout(120_000);

  const changes: [from: number, to: number][] = [
    [2, 2],
    [2, 1],
    [1, 2],
  ];
  for (const [from, to] of changes) {
    it(`F6: has each record once when it is killed in a commit with ${from}, and goes on with ${to}`, () =>
      inFolder(async (folder) => {
        const readings = Array.from({ length: READINGS }, (_, n) => `${JSON.stringify({ n })}\n`);
        writeFileSync(join(folder, 'readings.jsonl'), readings.join(''));
        writeFileSync(join(folder, 'application.yaml'), application(from));
        const env = { TIDEGATE_FAIL: 'fileSink.midCommit:1' };
        const killed = await tidegate(['run', '--quiet'], { cwd: folder, env });
        assert.equal(killed.signal, 'SIGKILL', killed.err);
        writeFileSync(join(folder, 'application.yaml'), application(to));
        const { exitCode, err } = await tidegate(['run', '--quiet'], { cwd: folder });
        assert.equal(exitCode, 0, err);
        assert.match(err, /resumed from checkpoint/);
        const { writers, numbers } = written(folder);
        assert.deepEqual(numbers, [...Array(READINGS).keys()]);
        if (from === 2) assert.deepEqual(writers, ['0', '1']);
      }));
  }
});
