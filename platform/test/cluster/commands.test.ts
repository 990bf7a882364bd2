import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, tidegate, until } from '../applications/child.js';
import { Cluster, eventually } from './cluster.js';
import { ticking } from './ticking.js';

const application = (name: string): string => ticking({ name, settings: '{ restart: none }' });

const STATUS = /^ticks waiting.*\ncreated since [-0-9]+T[:0-9]+Z\nparallelism 3, restarts 0, latest checkpoint none\n/;

describe('the commands of a cluster', function () {
  this.timeout(120_000);

  it('submit, show, cancel and forget nothing', () =>
    inFolder(async (folder) => {
      const cluster = await Cluster.in(folder);
      await cluster.coordinator();
      writeFileSync(join(folder, 'application.yaml'), application('ticks'));
      const submitted = await cluster.ask('submit', '--parallelism', '3');
      assert.deepEqual([submitted.exitCode, submitted.out, submitted.err], [0, 'ticks\n', '']);
      const told = 'ticks waiting-for-slots: 3 slots are missing, as none is free\n';
      await eventually(async () => (await cluster.ask('list', 'jobs')).out === told);
      assert.match((await cluster.ask('status', 'ticks')).out, STATUS);
      const details = JSON.parse((await cluster.ask('status', 'ticks', '--json')).out) as { run: { state: string } };
      assert.equal(details.run.state, 'created');
      assert.equal((await cluster.ask('list', 'workers')).out, 'no workers\n');

      const refused: readonly (readonly [words: readonly string[], code: number, err: RegExp])[] = [
        [['result', 'ticks'], 1, /^error\[TG451\]: the job ticks is waiting-for-slots: it has no result\n$/],
        [['savepoint', 'ticks'], 1, /^error\[TG451\]: the job is created, and its tasks do not all run\n$/],
        [['stop', 'nobody'], 1, /^error\[TG451\]: there is no job "nobody"\n$/],
        [['status'], 2, /the name of a job is missing/],
        [['status', 'a', 'b'], 2, /too many arguments/],
        [['submit', 'nowhere.yaml'], 1, /^error\[TG451\]: nowhere\.yaml cannot be read/],
        [['submit', '--parallelism', '0'], 2, /--parallelism is "0"; expected a whole number from 1/],
        [['submit', '--parallelism', '2'], 1, /what is submitted differs from it: cancel or stop it first/],
        [['submit', '--parallelism', '999999'], 1, /expected 1 to \d+ \(settings\.maxParallelism\)/],
      ];
      for (const [words, exitCode, err] of refused) {
        const answer = await cluster.ask(...words);
        assert.equal(answer.exitCode, exitCode, words.join(' '));
        assert.match(answer.err, err);
      }

      assert.equal((await cluster.ask('cancel', 'ticks')).exitCode, 0);
      const ended = await cluster.ask('result', 'ticks', '--wait');
      assert.deepEqual([ended.exitCode, ended.out], [1, 'ticks cancelled\n']);
      assert.equal((await cluster.ask('cancel', 'ticks')).err, 'error[TG451]: the job is cancelled\n');
    }));

  it('say of an application with mistakes what validate says', () =>
    inFolder(async (folder) => {
      const cluster = await Cluster.in(folder);
      await cluster.coordinator();
      writeFileSync(join(folder, 'application.yaml'), application('ticks').replace('n >= 0', 'm >= 0'));
      const validated = await tidegate(['validate', 'application.yaml'], { cwd: folder });
      const submitted = await cluster.ask('submit', 'application.yaml');
      assert.equal(submitted.exitCode, 1);
      assert.match(submitted.err, /unknown identifier "m"/);
      assert.ok(validated.out.startsWith(submitted.err.trimEnd()), `${validated.out}\n---\n${submitted.err}`);
      assert.equal((await cluster.ask('list', 'jobs')).out, 'no jobs\n');
    }));

  it('say who is not there, and what address is not allowed', () =>
    inFolder(async (folder) => {
      const cluster = await Cluster.in(folder);
      const alone = await cluster.ask('list', 'jobs');
      assert.match(alone.err, /^error\[TG450\]: no coordinator answers at 127\.0\.0\.1:\d+: connect ECONNREFUSED/);
      for (const address of ['0.0.0.0:1', '192.168.1.1:1', '[::]:1', 'example.org:1']) {
        for (const option of ['--listen', '--workers']) {
          const words = ['coordinator', option, address, '--advertise', 'here:1'];
          const refused = await tidegate(words, { cwd: folder });
          assert.equal(refused.exitCode, 1);
          assert.match(refused.err, /^error\[TG452\]: .* is not on this machine alone.* it needs --tls-certificate, /);
        }
      }
      const usage = await tidegate(['worker', '--coordinator', 'here'], { cwd: folder });
      assert.equal(usage.exitCode, 2);
    }));

  it('keep workers of another cluster away, and say why on both sides', () =>
    inFolder(async (folder) => {
      const cluster = await Cluster.in(folder);
      const coordinator = await cluster.coordinator(['--cluster', 'blue']);
      const worker = cluster.start(['worker', '--coordinator', `127.0.0.1:${cluster.ports[0].workers}`]);
      await until(() => worker.err.includes('is of cluster "blue", and this is "tidegate"'), worker);
      await until(() => coordinator.err.includes('is of cluster "tidegate", and this is "blue"'), coordinator);
      assert.deepEqual(await cluster.client.workers(), []);
    }));
});
