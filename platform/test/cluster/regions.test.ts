import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { JobDetails } from '../../src/rest/cluster-service.js';
import { inFolder, jsonLines } from '../applications/child.js';
import { TcpProxy } from '../exchange/tcp-proxy.js';
import { throughProxy } from '../nemesis/through-proxy.js';
import { Cluster, eventually } from './cluster.js';

const NUMBERS = `generator: { rate: 300, fields: { n: { sequence: {} }, ts: { timestamp: { step: 1s } } } }
    schema: { n: int, ts: timestamp }
    time: { field: ts }`;

/** What comes in by `joined` crosses from slot to slot, and what comes in by `apart` never does. */
const TWO_PIPELINES = `name: two
settings: { parallelism: 2, checkpoint: { interval: 100ms } }
ingresses:
  joined:
    ${NUMBERS}
  apart:
    ${NUMBERS}
rules:
  keyed:
    from: joined
    key: n % 7
    pattern: { within: 1h, steps: [{ begin: a, where: n >= 0 }] }
    select: { n: a.n }
    to: one
  plain:
    from: apart
    where: n >= 0
    select: { n: n }
    to: several
egresses:
  one: { file: { path: out/one.jsonl } }
  several: { file: { path: out/several/ }, parallelism: 2 }
`;

/** Attempts by task. */
type Attempts = Readonly<Record<string, string | undefined>>;

const attemptsOf = ({ run }: JobDetails): Attempts =>
  Object.fromEntries((run?.tasks ?? []).map(({ task, attempt }) => [task, attempt]));

const numbersIn = (...files: readonly string[]): readonly unknown[] =>
  files
    .flatMap(jsonLines)
    .map(({ n }) => n as number)
    .sort((a, b) => a - b);

describe('a region of a job', function () {
  this.timeout(180_000);

  it('F20: begins anew alone when its connections between workers break; what uses none runs on', () =>
    inFolder(async (folder) => {
      const line = await TcpProxy.open();
      try {
        const cluster = await Cluster.in(folder);
        const coordinator = await cluster.coordinator();
        const env = throughProxy(folder, 'proxy.cjs', line.port);
        await cluster.worker(1, [], env);
        await cluster.worker(1, [], env);
        const { client } = cluster;
        await client.submit({ files: [{ file: 'two.yaml', text: TWO_PIPELINES }], baseDir: folder });
        let job!: JobDetails;
        const goesOn = async (restarts: number): Promise<void> => {
          let from: number | undefined;
          await eventually(async () => {
            job = await client.job('two');
            assert.equal(job.endedAt, undefined, job.reason);
            const { run } = job;
            if (
              run?.restarts !== restarts ||
              !run.tasks.every(({ states }) => states['running'] !== undefined && Object.keys(states).length === 1)
            )
              return false;
            from ??= run.latestCheckpoint ?? 0;
            return (run.latestCheckpoint ?? 0) > from;
          });
        };
        await goesOn(0);
        const before = attemptsOf(job);
        assert.ok(line.connections > 0, 'they are connected through it');
        line.cut();
        await goesOn(1);
        const after = attemptsOf(job);
        const renewed = Object.keys(before).filter((task) => before[task] !== after[task]);
        const kept = Object.keys(before).filter((task) => before[task] === after[task]);
        assert.match(renewed.join(' '), /joined/);
        assert.match(renewed.join(' '), /one/);
        assert.match(kept.join(' '), /apart/);
        assert.match(kept.join(' '), /several/);
        assert.equal(renewed.length + kept.length, Object.keys(before).length);
        assert.match(coordinator.err, /error\[TG433\]: the data connection with slot \d of \S+ .* is lost/);
        assert.doesNotMatch(coordinator.err, /worker \S+ is lost/);

        // Again and again: what is left alone does not mind.
        line.cut();
        await goesOn(2);
        assert.deepEqual(
          kept.map((task) => attemptsOf(job)[task]),
          kept.map((task) => before[task]),
        );
        await client.stop('two', false);
        await eventually(async () => (await client.job('two')).endedAt !== undefined);
        const several = join(folder, 'out', 'several');
        for (const numbers of [
          numbersIn(join(folder, 'out', 'one.jsonl')),
          numbersIn(...readdirSync(several).map((file) => join(several, file))),
        ]) {
          assert.ok(numbers.length > 100);
          assert.deepEqual(numbers, Array.from(numbers.keys()), 'every number is there, and once');
        }
      } finally {
        await line.close();
      }
    }));
});
