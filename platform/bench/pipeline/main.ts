/**
 * `npm run -s bench:pipeline -- heap|rocksdb KEYS PARALLELISM N`: source → key by → counter → discard, a checkpoint each
 * second, through the embedded job. The whole job once as a warm-up, then three times; of each run what lies between 20 %
 * of the events and the end. Prints one JSON line, of the median run. Events, `check` and measure are those of the peer
 * (Apache Flink's local job).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storeOpener } from '../../src/cli/runtime/open-keyed-store.js';
import { systemClock, yieldToEventLoop } from '../../src/cli/runtime/system-clock.js';
import { JobFolder } from '../../src/cli/storage/job-folder.js';
import type { StateBackend } from '../../src/job/graph-settings.js';
import { EmbeddedJob } from '../../src/taskmanager/embedded-job.js';
import { CounterOperators, type Discarded } from './counter-operator.js';
import { EventSource, PLAIN_FORMAT } from './event-source.js';
import { pipelineGraph } from './graph.js';

const REPETITIONS = 3;
const STATE_BYTES = 256 * 1024 * 1024;
const MEASURED_FROM = 0.2;

interface Run {
  readonly eps: number;
  readonly cpuUsPerEvent: number;
  readonly checkpoints: number;
  readonly check: number;
}

async function run(backend: StateBackend, keys: number, parallelism: number, n: number): Promise<Run> {
  const stateDir = mkdtempSync(join(tmpdir(), 'tidegate-pipeline-'));
  const folder = await JobFolder.open(stateDir);
  const discarded: Discarded = { sum: 0 };
  let given = 0;
  let start: { readonly at: number; readonly cpu: NodeJS.CpuUsage; readonly given: number } | undefined;
  const onGiven = (count: number): void => {
    given += count;
    if (start === undefined && given >= n * MEASURED_FROM)
      start = { at: performance.now(), cpu: process.cpuUsage(), given };
  };
  let checkpoints = 0;
  const job = new EmbeddedJob(
    pipelineGraph({ backend, parallelism, stateDir, stateBytes: STATE_BYTES }),
    {
      clock: systemClock,
      yieldToEventLoop,
      tables: new Map(),
      spill: {
        create: () => {
          throw new Error('nothing is sorted');
        },
      },
      operators: new CounterOperators(discarded),
      checkpoints: folder.stateFiles,
      openKeyedStore: storeOpener({
        backend,
        folder: join(stateDir, 'databases'),
        memoryBytes: STATE_BYTES,
        files: folder.stateFiles,
        log: (message) => process.stderr.write(`${message}\n`),
      }),
      createSource: () => ({
        source: new EventSource({ events: n, keys, splits: parallelism, onGiven }),
        format: PLAIN_FORMAT,
      }),
      createSink: () => {
        throw new Error('the counts are discarded');
      },
    },
    {
      storage: folder.storage,
      random: { next: () => 0.5 },
      leader: folder.leader,
      start: { from: 'beginning' },
      mustExist: false,
      allowNonRestoredState: false,
      observe: (notice) => {
        if (notice.kind === 'checkpoint-ended' && notice.statistics.outcome === 'completed') checkpoints++;
      },
    },
  );
  const outcome = await job.run();
  if (outcome.state !== 'finished') throw outcome.state === 'failed' ? outcome.cause : new Error(outcome.state);
  if (start === undefined) throw new Error('too few events');
  const events = n - start.given;
  const { user, system } = process.cpuUsage(start.cpu);
  const seconds = (performance.now() - start.at) / 1000;
  folder.release();
  rmSync(stateDir, { recursive: true });
  return {
    eps: Math.round(events / seconds),
    cpuUsPerEvent: Number(((user + system) / events).toFixed(3)),
    checkpoints,
    check: discarded.sum,
  };
}

const [backend, keys, parallelism, n] = process.argv.slice(2);
if (backend !== 'heap' && backend !== 'rocksdb') throw new Error('bench:pipeline heap|rocksdb KEYS PARALLELISM N');
const parameters = [Number(keys), Number(parallelism), Number(n)] as const;
await run(backend, ...parameters);
const runs: Run[] = [];
for (let i = 0; i < REPETITIONS; i++) runs.push(await run(backend, ...parameters));
const median = runs.sort((a, b) => a.eps - b.eps)[runs.length >> 1]!;
process.stdout.write(
  `${JSON.stringify({
    engine: 'tidegate',
    backend,
    keys: parameters[0],
    parallelism: parameters[1],
    n: parameters[2],
    ...median,
    rssMB: Math.round(process.memoryUsage.rss() / 2 ** 20),
  })}\n`,
);
