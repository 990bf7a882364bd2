/** Rows of the fault matrix on the processes of a cluster, one fault each; all of them together are in test/nemesis. */
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobDetails } from '../../src/rest/cluster-service.js';
import { inFolder, jsonLines, type Child } from '../applications/child.js';
import { TcpProxy } from '../exchange/tcp-proxy.js';
import { Stalled } from '../exchange/ways.js';
import { cardTesting, Cluster, eventually, killed } from './cluster.js';
import { CountingJob } from './counting-job.js';
import { ticking } from './ticking.js';

const CHECKPOINT_MS = 100;

const jobOf = ({ client }: Cluster, name: string): Promise<JobDetails> => client.job(name);

describe('a cluster in which', function () {
  this.timeout(180_000);

  it('F9: all workers are killed at once waits, and loses no event and doubles none when some are back', () =>
    inFolder(async (folder) => {
      const cluster = await Cluster.in(folder);
      await cluster.coordinator();
      const workers = [await cluster.worker(1), await cluster.worker(1)];
      const job = await CountingJob.submit(cluster, 2);
      await job.goesOn();
      await Promise.all(workers.map(killed));
      await job.when(({ reason }) => reason === '2 slots are missing, as none is free');
      await Promise.all([cluster.worker(1), cluster.worker(1)]);
      await job.endsExact();
    }));

  it('F10: a worker’s slots die at each start fails the job that it was given, with the cause, and no other', () =>
    inFolder(async (folder) => {
      const example = await cardTesting(folder, 2000, CHECKPOINT_MS);
      const cluster = await Cluster.in(folder);
      await cluster.coordinator();
      await cluster.worker(1);
      writeFileSync(join(folder, 'other.yaml'), ticking({ name: 'endless' }));
      await cluster.ask('submit', 'other.yaml');
      await eventually(async () => (await jobOf(cluster, 'endless')).run?.state === 'running');
      const preload = join(folder, 'die.cjs');
      writeFileSync(preload, `if (require('node:worker_threads').workerData?.graph) process.exit(3);\n`);
      await cluster.worker(2, [], { NODE_OPTIONS: `--require ${preload}` });
      const { exitCode, err } = await cluster.ask('submit', example.path, '--parallelism', '2', '--wait');
      assert.equal(exitCode, 1);
      assert.match(err, /TG431.*the thread of slot \d is lost: it ended with code 3/);
      const { state, run } = await jobOf(cluster, 'endless');
      assert.deepEqual([state, run?.restarts], ['running', 0]);
    }));

  it('F17: the folder of leases and checkpoints cannot be reached runs its job on, under the leader that it has', () =>
    inFolder(async (folder) => {
      // By a link, which changes at once: what is neither here nor there would be made anew.
      const [there, nothing] = [join(folder, 'there'), join(folder, 'nothing')];
      const mount = (target: string): void => {
        symlinkSync(target, join(folder, 'next'));
        renameSync(join(folder, 'next'), join(folder, 'state'));
      };
      mkdirSync(there);
      writeFileSync(nothing, 'no folder');
      mount(there);
      const cluster = await Cluster.in(folder);
      const lease = ['--lease', '3s'];
      const leader = await cluster.coordinator(lease);
      const standby = await cluster.standby(lease);
      await cluster.worker(2);
      const job = await CountingJob.submit(cluster, 2, { checkpoint: ', tolerableFailures: 1000' });
      await job.goesOn();
      mount(nothing);
      await eventually(() => leader.err.includes('may lead no more'));
      // Longer than the lease lasts, in which nothing happens that could be waited for.
      await new Promise((resolve) => setTimeout(resolve, 6000));
      const { run } = await jobOf(cluster, 'counting');
      assert.deepEqual([run?.state, run?.restarts], ['running', 0]);
      assert.doesNotMatch(standby.err, /leads, in term/);
      mount(there);
      await job.endsExact();
    }));

  it('F19: a worker is parted from the coordinator alone ends what it ran, and another has it, once', () =>
    inFolder(async (folder) => {
      const cluster = await Cluster.in(folder);
      const timeout = ['--heartbeat-timeout', '2s'];
      const coordinator = await cluster.coordinator(timeout);
      const line = await TcpProxy.open();
      try {
        const place = line.to(`127.0.0.1:${cluster.ports[0].workers}`);
        const parted: Child = cluster.start([
          ...['worker', '--coordinator', place, '--slots', '2', '--data-dir', folder],
          ...timeout,
        ]);
        await eventually(() => parted.err.includes('offers'));
        const job = await CountingJob.submit(cluster, 2);
        await job.goesOn();
        const [there, back] = [new Stalled(), new Stalled()];
        line.ways = { there: there.way, back: back.way };
        line.takesNone = true;
        // Of the worker, or of a task of its: whichever is missed first, unless the worker has missed the coordinator before.
        await eventually(() =>
          /is lost: (nothing was heard of .* for 2000 ms|it has closed its connection)/.test(coordinator.err),
        );
        await eventually(() => parted.err.includes('no coordinator at'));
        await cluster.worker(2, timeout);
        await eventually(() => coordinator.err.includes('goes on from checkpoint'));
        line.takesNone = false;
        line.ways = {};
        await eventually(async () => (await cluster.client.workers()).length === 2);
        await job.endsExact();
      } finally {
        await line.close();
      }
    }));

  it('F63: a record takes longer than a worker may be silent goes on: its slot’s peers wait', () =>
    inFolder(async (folder) => {
      const cluster = await Cluster.in(folder);
      const timeout = ['--heartbeat-timeout', '1s'];
      const coordinator = await cluster.coordinator(timeout);
      await cluster.worker(1, timeout);
      await cluster.worker(1, timeout);
      writeFileSync(join(folder, 'slow.yaml'), SLOW);
      const events = Array.from({ length: EVENTS }, (_, n) => `{"n":${n},"ts":${1_700_000_000_000 + n}}\n`);
      writeFileSync(join(folder, 'in.jsonl'), events.join(''));
      const { exitCode, err, out } = await cluster.ask('submit', 'slow.yaml', '--parallelism', '2', '--wait');
      assert.equal(exitCode, 0, err);
      assert.doesNotMatch(out + coordinator.err, /restart/);
      assert.equal(jsonLines(join(folder, 'out.jsonl')).length, EVENTS);
    }));
});

const EVENTS = 100;

/** Most records take some 100 ms each, and a frame of them is one step. */
const SLOW = `name: slow
settings: { checkpoint: { interval: 1h } }
ingresses:
  in:
    file: in.jsonl
    schema: { n: int, ts: timestamp }
    time: { field: ts }
rules:
  keyed:
    from: in
    key: n % 20
    pattern: { within: 1h, steps: [{ begin: a, where: "n < 20 || size(lists.range(700).map(x, lists.range(700).map(y, x * y + n))) > 0" }] }
    select: { n: a.n }
    to: out
egresses: { out: { file: out.jsonl } }
`;
