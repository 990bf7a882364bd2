import assert from 'node:assert/strict';
import { MUTANTS } from '../../src/simulation/mutants/catalogue.js';
import { hunt } from '../../src/simulation/run/hunt.js';
import { reportFailure } from '../../src/simulation/run/report-failure.js';
import { drawWorld, runWorld } from '../../src/simulation/run/run-world.js';
import { Summary } from '../../src/simulation/run/summary.js';

/** So many that every legal transition is taken. */
const SEEDS = 300;
const run = { traceLines: 0 };

describe('the simulated cluster', () => {
  it(`keeps every promise in ${SEEDS} worlds full of faults`, async function () {
    this.timeout(600_000);
    const summary = new Summary();
    for (let seed = 1; seed <= SEEDS; seed++) {
      const drawn = drawWorld(seed);
      const report = await runWorld(drawn, run);
      summary.add(report);
      if (report.violation !== undefined) {
        assert.fail((await reportFailure(drawn, { ...run, traceLines: 40 })).join('\n'));
      }
      const { workers, exchanges, records, checkpoints, faults } = report.statistics;
      assert.ok(
        workers >= 2 && exchanges >= 2 && records >= 200 && checkpoints >= 3 && faults >= 3,
        `seed ${seed} is small`,
      );
    }
    assert.equal(summary.seeds, SEEDS);
    assert.deepEqual(summary.coverage.unvisited(), []);
  });

  it('replays a seed byte for byte', async function () {
    this.timeout(60_000);
    const everything = { ...run, traceLines: 1_000_000 };
    const [first, second] = [await runWorld(drawWorld(7), everything), await runWorld(drawWorld(7), everything)];
    assert.ok(first.trace.lines().length > 1000);
    assert.deepEqual(second.trace.lines(), first.trace.lines());
    assert.equal(second.trace.digest, first.trace.digest);
    const other = await runWorld(drawWorld(8), everything);
    assert.notEqual(other.trace.digest, first.trace.digest);
  });

  it('reports a failing seed with itself, its options, the faults that are needed and its last events', async function () {
    this.timeout(60_000);
    const mutant = MUTANTS.find(({ name }) => name === 'in-flight-not-restored')!;
    const remove = mutant.plant();
    try {
      let seed = 1;
      while ((await runWorld(drawWorld(seed), run)).violation === undefined) seed++;
      const lines = await reportFailure(drawWorld(seed), { ...run, traceLines: 20 });
      assert.match(lines[0]!, new RegExp(`^seed ${seed} fails: [a-z-]+: `));
      assert.match(lines[1]!, /^options: \{"seed":\d+,/);
      assert.match(lines[2]!, /^\d of its \d faults are needed:$/);
      assert.ok(lines.length >= 20);
    } finally {
      remove();
    }
  });
});

describe('a planted bug', () => {
  it('has a name of its own, and there are at least 15', () => {
    assert.ok(MUTANTS.length >= 15);
    assert.equal(new Set(MUTANTS.map(({ name }) => name)).size, MUTANTS.length);
  });

  for (const mutant of MUTANTS) {
    it(`is found within ${mutant.seedsMax} seeds: ${mutant.name}. ${mutant.description}`, async function () {
      this.timeout(600_000);
      const { found } = await hunt(mutant, run);
      assert.ok(found !== undefined, `${mutant.name} is alive after ${mutant.seedsMax} seeds`);
    });
  }
});
