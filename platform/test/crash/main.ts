/**
 * `npm run test:crash -- [EVENTS] [KILLS] [SEED]`: the long form of crash.test.ts. A million events, parallelism 4,
 * RocksDB, a checkpoint each 500 ms; 50 kills at random instants and deaths at each failpoint. Prints one JSON line; exit
 * code 1 on the first difference.
 */
import { inFolder } from '../applications/child.js';
import { CrashLoop } from './crash-loop.js';
import { DEATH_POINTS } from './failpoints.js';
import { randomDelays } from './random-delays.js';

const [events = 1_000_000, kills = 50, seed = 1] = process.argv.slice(2).map(Number);

const outcome = await inFolder(async (folder) => {
  const loop = await CrashLoop.prepare(folder, events, { parallelism: 4, backend: 'rocksdb', interval: 500 });
  process.stderr.write(`undisturbed: ${loop.alerts} alerts in ${Math.round(loop.undisturbedMs)} ms\n`);
  let random = { kills: 0, resumed: 0 };
  while (random.kills < kills) {
    const delays = randomDelays(seed + random.kills, kills - random.kills, loop.undisturbedMs * 0.6);
    const round = await loop.killAfter(delays);
    random = { kills: random.kills + round.kills, resumed: random.resumed + round.resumed };
    process.stderr.write(`${random.kills} of ${kills} kills at random instants, ${random.resumed} runs resumed\n`);
  }
  const deaths: Record<string, number> = {};
  for (const { row, failpoint, times } of DEATH_POINTS) {
    for (const count of [1, 3])
      deaths[failpoint] = (deaths[failpoint] ?? 0) + (await loop.dieAt(failpoint, count, times)).kills;
    process.stderr.write(`${row} (${failpoint})\n`);
  }
  return { events, alerts: loop.alerts, kills: random.kills, resumed: random.resumed, deaths, identical: true };
});
process.stdout.write(`${JSON.stringify(outcome)}\n`);
