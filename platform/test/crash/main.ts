/**
 * `npm run test:crash -- [EVENTS] [KILLS] [SEED]`: the long form of crash.test.ts. A million events, parallelism 4,
 * RocksDB, a checkpoint each 500 ms; 50 kills at random instants and deaths at each failpoint. Prints one JSON line, with
 * the alerts of each rule; exit code 1 on the first difference, and when no kill came behind a checkpoint.
 */
import { inFolder } from '../applications/child.js';
import { CrashLoop } from './crash-loop.js';
import { DEATH_POINTS } from './failpoints.js';
import { randomDelays } from './random-delays.js';

const FIRST_KILLS = 10;

const [events = 1_000_000, kills = 50, seed = 1] = process.argv.slice(2).map(Number);

const outcome = await inFolder(async (folder) => {
  const loop = await CrashLoop.prepare(folder, events, { parallelism: 4, backend: 'rocksdb', interval: 500 });
  process.stderr.write(`undisturbed: ${JSON.stringify(loop.alerts)} in ${Math.round(loop.undisturbedMs)} ms\n`);
  // Several kills on the way of one job, so that they lie all over it.
  let longestMs = loop.undisturbedMs * 0.2;
  let random = { kills: 0, resumed: 0 };
  while (random.kills < kills) {
    // As long as no run lives until its first checkpoint, as on a busy machine, they are given more and more time.
    const count = random.resumed > 0 ? kills : FIRST_KILLS;
    const delays = randomDelays(seed + random.kills, Math.min(count, kills - random.kills), longestMs);
    const round = await loop.killAfter(delays);
    if (round.resumed === 0) longestMs *= 2;
    random = { kills: random.kills + round.kills, resumed: random.resumed + round.resumed };
    process.stderr.write(`${random.kills} of ${kills} kills at random instants, ${random.resumed} runs resumed\n`);
  }
  // Each at a later pass as well, so at another checkpoint; what happens once in a run has no later pass.
  const points = DEATH_POINTS.flatMap((point) =>
    point.resumed ? [point] : [point, { ...point, pass: (point.pass ?? 1) + 2 }],
  );
  const atFailpoints = await loop.dieAt(points);
  const failpoints = [...new Set(DEATH_POINTS.map(({ failpoint }) => failpoint))];
  return {
    events,
    alerts: loop.alerts,
    kills: random.kills,
    resumed: random.resumed,
    failpoints,
    deaths: atFailpoints.kills,
    identical: true,
  };
});
process.stdout.write(`${JSON.stringify(outcome)}\n`);
if (kills > 0 && outcome.resumed === 0) {
  process.stderr.write('no killed run went on from a checkpoint: take more events\n');
  process.exitCode = 1;
}
