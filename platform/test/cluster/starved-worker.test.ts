/** Rows of the fault matrix in which a worker has too little of its machine. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder } from '../applications/child.js';
import { Cluster, eventually } from './cluster.js';
import { CountingJob } from './counting-job.js';

/** Has threads of a process take memory until there is none, once a file is there. @param which of them, as an expression */
const hog = (which: string, signal: string, take: string): string => `
const { isMainThread, workerData } = require('node:worker_threads');
const { existsSync } = require('node:fs');
if (${which}) {
  const held = [];
  setInterval(() => {
    if (existsSync(${JSON.stringify(signal)})) for (;;) held.push(${take});
  }, 20).unref();
}
`;

/** @returns what runs a command in a control group of this test, which is removed behind it */
function inGroup(test: Mocha.Context, kind: 'cpu' | 'memory', limits: Readonly<Record<string, string>>) {
  const group = `/sys/fs/cgroup/${kind}/tidegate-cluster-test-${process.pid}`;
  const limit = (name: string, value: string): void => writeFileSync(join(group, name), value);
  try {
    mkdirSync(group, { recursive: true });
    for (const [name, value] of Object.entries(limits)) limit(name, value);
  } catch {
    process.stderr.write(`skipped: a control group of ${kind} is not possible on this machine\n`);
    return test.skip();
  }
  return {
    below: ['sh', '-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"', group],
    limit,
    remove: (): void => {
      if (existsSync(group)) rmdirSync(group);
    },
  };
}

describe('a worker that is starved', function () {
  this.timeout(180_000);

  it('F64: of memory in a slot loses that slot and says why; the job goes on in it', () =>
    inFolder(async (folder) => {
      const cluster = await Cluster.in(folder);
      const coordinator = await cluster.coordinator();
      const [preload, signal] = [join(folder, 'hog.cjs'), join(folder, 'hog')];
      // The slot's next thread is spared.
      const which = `workerData?.graph !== undefined && !existsSync(${JSON.stringify(signal)})`;
      writeFileSync(preload, hog(which, signal, 'new Array(100_000).fill(held.length)'));
      await cluster.worker(1, [], { NODE_OPTIONS: `--require ${preload} --max-old-space-size=100` });
      const job = await CountingJob.submit(cluster, 1);
      await job.goesOn();
      writeFileSync(signal, '');
      await job.when(({ run }) => (run?.restarts ?? 0) > 0);
      await job.goesOn();
      assert.match(
        coordinator.err,
        /counting: error\[TG431\]: the thread of slot 0 is lost: .*memory.*; it is restarted/,
      );
      assert.equal((await cluster.client.workers()).length, 1);
      await job.endsExact();
    }));

  it('F64: of memory, so that the system ends it, is replaced, and its job goes on', function () {
    const group = inGroup(this, 'memory', { 'memory.limit_in_bytes': '500M' });
    return inFolder(async (folder) => {
      const cluster = await Cluster.in(folder);
      const coordinator = await cluster.coordinator();
      const [preload, signal] = [join(folder, 'hog.cjs'), join(folder, 'hog')];
      writeFileSync(preload, hog('isMainThread', signal, 'Buffer.alloc(16 << 20, 1)'));
      const starved = await cluster.worker(1, [], { NODE_OPTIONS: `--require ${preload}` }, group.below);
      const job = await CountingJob.submit(cluster, 1);
      await job.goesOn();
      writeFileSync(signal, '');
      assert.equal((await starved.finished).signal, 'SIGKILL', starved.err);
      await eventually(() => /worker \S+ is lost: /.test(coordinator.err));
      await cluster.worker(1);
      await job.goesOn();
      await job.endsExact();
    }).finally(group.remove);
  });

  it('F65: of processor time, with a tenth of one, is slow, and nothing is begun anew', function () {
    const group = inGroup(this, 'cpu', { 'cpu.cfs_period_us': '100000' });
    return inFolder(async (folder) => {
      const cluster = await Cluster.in(folder);
      const coordinator = await cluster.coordinator();
      await cluster.worker(1, [], {}, group.below);
      await cluster.worker(1);
      const job = await CountingJob.submit(cluster, 2);
      await job.goesOn();
      group.limit('cpu.cfs_quota_us', '10000');
      for (let i = 0; i < 3; i++) await job.goesOn();
      assert.equal((await job.goesOn()).run?.restarts, 0);
      assert.doesNotMatch(coordinator.err, /is lost/);
      group.limit('cpu.cfs_quota_us', '-1');
      await job.endsExact();
    }).finally(group.remove);
  });
});
