/**
 * `npm test`: set-up, then every compiled test of every package, whose last line is `N passed, N failed[, N skipped]`. Arguments
 * go to mocha (`npm test -- --grep F78`).
 *
 * A run ends with its last test, whatever a test that failed has left open.
 *
 * Tests that start processes mostly wait for them, and the others compute: several runs of mocha side by side.
 */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';

const PLATFORM = 'platform/dist/test';
const CLUSTERS = ['bullmq', 'cluster', 'exactly-once', 'exchange', 'nemesis', 'orders'];
const PROCESSES = ['applications', 'crash', 'faults', 'kafka', 'webhook'];

setUp();
const testsOf = (folders) => folders.map((folder) => `${PLATFORM}/${folder}/**/*.test.js`);
const runs = [
  {
    name: 'that compute',
    words: [
      '{cep,connectors,functions-sdk,platform}/dist/test/**/*.test.js',
      ...testsOf([...CLUSTERS, ...PROCESSES]).flatMap((each) => ['--ignore', each]),
    ],
    isLive: true,
  },
  // What all say would be mixed: these are heard when they have ended.
  { name: 'of clusters, queues and connections', words: testsOf(CLUSTERS), isLive: false },
  { name: 'of other processes', words: testsOf(PROCESSES), isLive: false },
];

/** Resolves with how it has ended, and what it has said; counts are absent where it did not come to its end. */
function mocha({ name, words, isLive }) {
  const reporter = join(root, 'platform', 'scripts', 'counting-reporter.mjs');
  const child = fork(
    join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'),
    ['--reporter', reporter, '--forbid-only', '--exit', '--timeout', '30000', ...words, ...process.argv.slice(2)],
    { cwd: root, execArgv: ['--enable-source-maps', '--expose-gc'], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  const said = [];
  let counts;
  child.stdout.on('data', (chunk) => (isLive ? process.stdout.write(chunk) : said.push(chunk)));
  child.on('message', (message) => (counts = message));
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ name, code, counts, said: Buffer.concat(said).toString() }));
  });
}

const ended = await Promise.all(runs.map(mocha));
for (const { name, code, counts, said } of ended) {
  process.stdout.write(said);
  if (counts === undefined) process.stdout.write(`The run of the tests ${name} ended with ${code} before its end.\n`);
}
const total = (what) => ended.reduce((sum, { counts }) => sum + (counts?.[what] ?? 0), 0);
const isBroken = ended.some(({ code, counts }) => counts === undefined || code !== 0);
const failed = total('failures') || (isBroken ? 1 : 0);
const skipped = total('pending') > 0 ? `, ${total('pending')} skipped` : '';
process.stdout.write(`${total('passes')} passed, ${failed} failed${skipped}\n`);
process.exit(failed > 0 ? 1 : 0);
