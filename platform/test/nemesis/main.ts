/**
 * `npm run test:cluster -- [--seed N] [--seconds N]`: a coordinator, one that stands by, and three workers run the card-testing
 * application at parallelism 4 on RocksDB, while a nemesis acts every few seconds, drawn by the seed and printed. In the end a
 * verifier holds the alerts against an undisturbed run of the same input. Prints one JSON line; exit code 1 on a difference.
 */
import { disturbedRun } from './disturbed-run.js';
import { longRun } from './long-run.js';

await longRun({
  options: { seed: 1, seconds: 120 },
  run: async ({ hasMounts, ...options }) => ({
    smallDisks: hasMounts,
    ...(await disturbedRun({ ...options, hasSmallDisks: hasMounts })),
  }),
  isGood: ({ identical }) => identical,
});
