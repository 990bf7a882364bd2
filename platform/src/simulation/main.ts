/** `npm run simulate`: its own composition root, as its budget is real time. */
import { USAGE, parseCommandLine } from './run/command-line.js';
import { MUTANTS } from './mutants/catalogue.js';
import { drawWorld, runWorld } from './run/run-world.js';
import { reportFailure } from './run/report-failure.js';
import { Summary } from './run/summary.js';
import type { Work } from './threads/work.js';
import { runInThreads } from './threads/world-threads.js';

/** Of a failing seed. */
const LAST_EVENTS = 60;
const ALL_EVENTS = 1_000_000;
/** Of many failing seeds only so many are told in full. */
const FAILURES_TOLD = 3;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function runSeeds(first: number, last: number, budgetMs: number, jobs: number): Promise<boolean> {
  const summary = new Summary();
  const start = performance.now();
  const isInTime = (): boolean => performance.now() - start < budgetMs;
  await runInThreads(seedsOf(first, last, isInTime), jobs, (outcome) => {
    if (outcome.kind === 'seed') summary.add(outcome);
  });
  const seconds = (performance.now() - start) / 1000;
  await tellFailures(summary);
  for (const { table, visited, legal } of summary.coverage.summary())
    print(`${table}: ${visited} of ${legal} transitions`);
  for (const transition of summary.coverage.unvisited()) print(`never taken: ${transition}`);
  print(
    `${summary.seeds} seeds in ${seconds.toFixed(1)} s, ${Math.round((summary.seeds / seconds) * 60)} a minute, ` +
      `${summary.mean('events')} events and ${summary.mean('virtualMs')} virtual ms each`,
  );
  print(JSON.stringify(summary.toJson()));
  return summary.failed.length === 0;
}

function* seedsOf(first: number, last: number, isInTime: () => boolean): Generator<Work> {
  for (let seed = first; seed <= last && isInTime(); seed++) yield { kind: 'seed', seed };
}

async function tellFailures({ failed }: Summary): Promise<void> {
  const inOrder = [...failed].sort((a, b) => a.seed - b.seed);
  for (const { seed } of inOrder.slice(0, FAILURES_TOLD)) {
    for (const line of await reportFailure(drawWorld(seed), { traceLines: LAST_EVENTS })) print(line);
  }
  for (const { seed, violation } of inOrder.slice(FAILURES_TOLD))
    print(`seed ${seed} fails: ${violation!.property}: ${violation!.message.split('\n')[0]}`);
}

async function runSeed(seed: number, trace: boolean, planted: string | undefined): Promise<boolean> {
  const mutant = MUTANTS.find(({ name }) => name === planted);
  if (planted !== undefined && mutant === undefined) {
    process.stderr.write(`there is no mutant ${planted}: ${MUTANTS.map(({ name }) => name).join(', ')}\n`);
    return false;
  }
  mutant?.plant();
  const drawn = drawWorld(seed);
  const report = await runWorld(drawn, { traceLines: trace ? ALL_EVENTS : 1 });
  if (trace) for (const line of report.trace.lines()) print(line);
  if (report.violation !== undefined) {
    for (const line of await reportFailure(drawn, { traceLines: LAST_EVENTS })) print(line);
  }
  const { violation, statistics } = report;
  print(JSON.stringify({ seed, failed: violation === undefined ? 0 : 1, ...statistics, digest: report.trace.digest }));
  return violation === undefined;
}

async function runMutants(jobs: number): Promise<boolean> {
  let found = 0;
  const works = MUTANTS.map(({ name }): Work => ({ kind: 'hunt', mutant: name }));
  await runInThreads(works, jobs, (outcome) => {
    if (outcome.kind !== 'hunt') return;
    const { seedsMax, description } = MUTANTS.find(({ name }) => name === outcome.mutant)!;
    if (outcome.violation !== undefined) found++;
    const { property, message } = outcome.violation ?? { property: 'NOT FOUND', message: description };
    print(`${outcome.mutant}: ${outcome.seeds} of at most ${seedsMax} seeds: ${property}: ${message.split('\n')[0]}`);
  });
  print(JSON.stringify({ mutants: MUTANTS.length, found }));
  return found === MUTANTS.length;
}

async function main(words: readonly string[]): Promise<boolean> {
  const command = parseCommandLine(words);
  switch (command?.kind) {
    case 'seeds':
      return runSeeds(command.first, command.last, command.budgetMs ?? Number.POSITIVE_INFINITY, command.jobs);
    case 'seed':
      return runSeed(command.seed, command.trace, command.mutant);
    case 'mutants':
      return runMutants(command.jobs);
    default:
      process.stderr.write(`${USAGE}\n`);
      return false;
  }
}

process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
