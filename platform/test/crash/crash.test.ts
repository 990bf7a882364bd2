/** The short form of `npm run test:crash`: fewer events and kills, every failpoint once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { CrashLoop } from './crash-loop.js';
import { DEATH_POINTS } from './failpoints.js';
import { randomDelays } from './random-delays.js';

describe('a run that is killed', function () {
  this.timeout(240_000);
  let folder: string;
  let loop: CrashLoop;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-crash-'));
    loop = await CrashLoop.prepare(folder, 30_000, { parallelism: 2, backend: 'rocksdb', interval: 50 });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('F1, F9: at random instants, again and again, has written in the end what an undisturbed run writes', async () => {
    const { kills } = await loop.killAfter(randomDelays(7, 4, loop.undisturbedMs));
    assert.ok(kills > 0, 'no run was killed');
  });

  for (const point of DEATH_POINTS) {
    it(`${point.row}: has written in the end what an undisturbed run writes`, async () => {
      const { kills, resumed } = await loop.dieAt([point]);
      assert.equal(kills, (point.times ?? 1) + (point.resumed ? 1 : 0));
      // One that dies at its fence has not said yet that it goes on.
      if (point.resumed) assert.ok(resumed > 0, 'no start went on from a checkpoint');
    });
  }
});

describe('a run that is killed and started at another parallelism', function () {
  this.timeout(240_000);

  const rows: [row: string, unaligned: boolean][] = [
    ['F60: dies at each step of it', false],
    ['F61: with checkpoints that overtake what is in flight, dies at each step of it', true],
  ];
  for (const [row, unaligned] of rows) {
    it(`${row}, and has written in the end what an undisturbed run writes`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tidegate-rescale-'));
      try {
        const application = {
          parallelism: 2,
          backend: 'rocksdb',
          interval: 50,
          unaligned,
          rescaled: [2, 3, 1, 4],
        } as const;
        const loop = await CrashLoop.prepare(folder, 30_000, application);
        const steps = DEATH_POINTS.filter(
          ({ resumed, failpoint }) => resumed || failpoint === 'checkpoint.afterSnapshot',
        );
        const { kills, resumed } = await loop.dieAt(steps);
        assert.ok(kills >= steps.length && resumed > 0);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});
