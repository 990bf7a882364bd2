import assert from 'node:assert/strict';
import { reportFailure } from '../../src/simulation/run/report-failure.js';
import { drawWorld, runWorld, type DrawnWorld } from '../../src/simulation/run/run-world.js';

const WORLDS = 24;
const run = { traceLines: 0 };

/** Worlds of other seeds than the sweep has, which are rescaled while records overtake barriers, and full of faults. */
function* rescaledUnaligned(): Generator<DrawnWorld> {
  for (let [seed, found] = [100_001, 0]; found < WORLDS; seed++) {
    const world = drawWorld(seed);
    const { rescale, checkpoint } = world.options;
    if (rescale === undefined || checkpoint.mode !== 'exactly-once' || checkpoint.alignedTimeout !== 0) continue;
    found++;
    // From 2 or 3 to 5, or from 5 to 2: with a slot for each wherever it runs.
    const [parallelism, to] = found % 2 === 0 ? [5, 2] : [world.options.parallelism, 5];
    const options = { ...world.options, parallelism, slotsPerWorker: 5, rescale: { ...rescale, to } };
    // As many key groups as the most subtasks at least.
    const maxParallelism = Math.max(options.maxParallelism, 7);
    const groups = rescale.by === 'start' ? Math.max(rescale.maxParallelism, 7) : maxParallelism;
    yield {
      ...world,
      options: { ...options, maxParallelism, rescale: { ...options.rescale, maxParallelism: groups } },
    };
  }
}

describe('a job that is rescaled with unaligned checkpoints, in the simulated cluster', () => {
  it(`F61: keeps every promise in ${WORLDS} topologies full of faults, from 2 to 5 and from 5 to 2`, async function () {
    this.timeout(120_000);
    for (const world of rescaledUnaligned()) {
      const report = await runWorld(world, run);
      if (report.violation !== undefined)
        assert.fail((await reportFailure(world, { ...run, traceLines: 40 })).join('\n'));
      assert.ok(report.statistics.checkpoints >= 3);
    }
  });
});
