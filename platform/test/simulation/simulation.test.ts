import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { MUTANTS } from '../../src/simulation/mutants/catalogue.js';
import { reportFailure } from '../../src/simulation/run/report-failure.js';
import { drawWorld, runWorld } from '../../src/simulation/run/run-world.js';
import { Summary } from '../../src/simulation/run/summary.js';
import type { HuntOutcome, Outcome, Work } from '../../src/simulation/threads/work.js';
import { runInThreads } from '../../src/simulation/threads/world-threads.js';

/** So many that every legal transition is taken. */
const SEEDS = 1000;
const THREADS = availableParallelism();
const MINUTES = 20 * 60_000;
const run = { traceLines: 0 };

function* seeds(): Generator<Work> {
  for (let seed = 1; seed <= SEEDS; seed++) yield { kind: 'seed', seed };
}

describe('the simulated cluster', () => {
  it(`keeps every promise in ${SEEDS} worlds full of faults`, async function () {
    this.timeout(MINUTES);
    const summary = new Summary();
    await runInThreads(seeds(), THREADS, (outcome) => {
      if (outcome.kind !== 'seed') return;
      summary.add(outcome);
      const { workers, exchanges, records, checkpoints, faults } = outcome.statistics;
      assert.ok(
        workers >= 2 && exchanges >= 2 && records >= 200 && checkpoints >= 3 && faults >= 3,
        `seed ${outcome.seed} is small`,
      );
    });
    assert.equal(summary.seeds, SEEDS);
    const [first] = summary.failed;
    if (first !== undefined) {
      assert.fail((await reportFailure(drawWorld(first.seed), { ...run, traceLines: 40 })).join('\n'));
    }
    assert.deepEqual(summary.coverage.unvisited(), []);
  });

  it('finds the same in every thread', async function () {
    this.timeout(MINUTES);
    const outcomes: Outcome[] = [];
    await runInThreads(
      [
        { kind: 'seed', seed: 3 },
        { kind: 'seed', seed: 3 },
      ],
      2,
      (outcome) => outcomes.push(outcome),
    );
    assert.equal(outcomes.length, 2);
    assert.deepEqual(outcomes[0], outcomes[1]);
  });

  it('replays a seed byte for byte', async function () {
    this.timeout(60_000);
    const everything = { ...run, traceLines: 1_000_000 };
    const [first, second] = [await runWorld(drawWorld(1), everything), await runWorld(drawWorld(1), everything)];
    assert.ok(first.trace.lines().length > 1000);
    assert.deepEqual(second.trace.lines(), first.trace.lines());
    assert.equal(second.trace.digest, first.trace.digest);
    const other = await runWorld(drawWorld(2), everything);
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

  const hunts = new Map<string, HuntOutcome>();

  before(async function () {
    this.timeout(MINUTES);
    const works = MUTANTS.map(({ name }): Work => ({ kind: 'hunt', mutant: name }));
    await runInThreads(works, THREADS, (outcome) => {
      if (outcome.kind === 'hunt') hunts.set(outcome.mutant, outcome);
    });
  });

  for (const { name, description, seedsMax } of MUTANTS) {
    it(`is found within ${seedsMax} seeds: ${name}. ${description}`, () => {
      assert.ok(hunts.get(name)?.violation !== undefined, `${name} is alive after ${seedsMax} seeds`);
    });
  }
});
