import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, type Child } from '../applications/child.js';
import { parseExposition, sumOf, type Exposition } from '../cli/telemetry/prometheus-text.js';
import { instrumentOf, type InstrumentName } from '../../src/metrics/instruments.js';
import { ask } from '../rest/rest-client.js';
import { Cluster, eventually, killed } from './cluster.js';
import { Collector, type CollectedSpan } from './collector.js';
import { pairs } from './pairs.js';

const APPLICATION = pairs('pairs', '{ file: { path: out/pairs.jsonl } }');

async function scraped(process: Child): Promise<Exposition> {
  const [, url] = /metrics at (\S+)/.exec(process.err) ?? assert.fail(process.err);
  const answer = await fetch(url!);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/);
  return parseExposition(await answer.text());
}

const METRICS = ['--metrics', '127.0.0.1:0'] as const;

describe('the telemetry of a cluster', function () {
  this.timeout(180_000);

  it('has what each worker counts at its endpoint, and what the job is at the coordinator’s, in its API and status', () =>
    inFolder(async (folder) => {
      const cluster = await Cluster.in(folder);
      const coordinator = await cluster.coordinator(METRICS);
      const workers = [await cluster.worker(1, METRICS), await cluster.worker(1, METRICS)] as const;
      writeFileSync(join(folder, 'application.yaml'), APPLICATION);
      assert.equal((await cluster.ask('submit', '--parallelism', '2')).err, '');
      const labels = { job: 'pairs' };
      const all = async (name: string): Promise<number> => {
        const sums = await Promise.all(workers.map(async (worker) => sumOf(await scraped(worker), name, labels) ?? 0));
        return sums.reduce((sum, one) => sum + one, 0);
      };
      await eventually(async () => (await all('tidegate_rule_alerts_total')) > 20);
      for (const worker of workers) {
        const counted = ['network_bytes_sent', 'network_bytes_received', 'task_records_in'];
        await eventually(async () => {
          const metrics = await scraped(worker);
          return counted.every((name) => sumOf(metrics, `tidegate_${name}_total`, labels)! > 0);
        });
        const metrics = await scraped(worker);
        assert.ok(sumOf(metrics, 'process_memory_usage')! > 1e6);
        // Jobs are the coordinator's: a sum over all processes counts nothing twice.
        assert.equal(sumOf(metrics, 'tidegate_checkpoint_completed_total'), undefined);
      }

      await eventually(
        async () => sumOf(await scraped(coordinator), 'tidegate_checkpoint_completed_total', labels)! > 0,
      );
      const job = await scraped(coordinator);
      const expected = {
        tidegate_slots_total: 2,
        tidegate_slots_free: 0,
        tidegate_workers: 2,
        tidegate_slots_missing: 0,
      };
      for (const [name, value] of Object.entries(expected)) assert.equal(sumOf(job, name), value, name);
      assert.equal(sumOf(job, 'tidegate_job_state', { ...labels, state: 'running' }), 1);
      assert.ok(sumOf(job, 'tidegate_checkpoint_last_full_size', labels)! > 0);
      assert.ok(sumOf(job, 'tidegate_checkpoint_duration_count', labels)! > 0);
      assert.equal(sumOf(job, 'tidegate_rule_alerts_total'), undefined);

      await eventually(async () => (await cluster.client.metrics('pairs')).alerts > 20);
      await eventually(async () => (await cluster.client.metrics('pairs')).eventsPerSecond > 0);
      await eventually(async () => (await cluster.client.metrics('pairs')).written > 0);
      const totals = await cluster.client.metrics('pairs');
      assert.deepEqual(
        totals.rules.map(({ rule, alerts }) => [rule, alerts === totals.alerts]),
        [['pair', true]],
      );
      assert.equal(totals.tasks.length, 3);
      for (const { name, unit } of totals.metrics) assert.equal(unit, instrumentOf(name as InstrumentName).unit);
      const status = await cluster.ask('status', 'pairs');
      assert.match(status.out, /\n[\d,]+ events \([\d,]+\/s\), [\d,]+ alerts, 0 late, 0 dead letters\n/);
      assert.match(status.out, /\n {2}ingresses\.ticks: 2 running; busy \d+ %, back-pressured \d+ %\n/);
      assert.equal((await ask(cluster.ports[0].api, '/v1/jobs/nobody/metrics')).status, 404);

      // What the last of it was is known when the job has ended.
      assert.equal((await cluster.ask('stop', 'pairs')).exitCode, 0);
      assert.equal((await cluster.ask('result', 'pairs', '--wait')).exitCode, 0);
      await eventually(async () => {
        const { events, alerts, tasks } = await cluster.client.metrics('pairs');
        // Of a running job the workers tell at different times.
        return tasks.find(({ task }) => task === 'ingresses.ticks')?.recordsIn === events && events >= alerts;
      });
    }));

  it('goes to a collector, of each process under its own name', () =>
    inFolder(async (folder) => {
      const collector = await Collector.start();
      const cluster = await Cluster.in(folder, collector.env);
      await cluster.coordinator();
      await cluster.worker(1);
      writeFileSync(join(folder, 'application.yaml'), APPLICATION);
      assert.equal((await cluster.ask('submit')).err, '');
      const has = (service: string, name: InstrumentName): boolean =>
        collector.metrics.some((metric) => {
          const values = metric.points.filter(({ value, attributes }) => value > 0 && attributes['job'] === 'pairs');
          return metric.service === service && metric.name === name && values.length > 0;
        });
      await eventually(() => has('tidegate-worker', 'tidegate.rule.alerts'));
      await eventually(() => has('tidegate-coordinator', 'tidegate.checkpoint.duration'));
      for (const { name, unit } of collector.metrics)
        assert.equal(unit, instrumentOf(name as InstrumentName).unit, name);
      collector.close();
    }));

  it('has a trace of each checkpoint, with the commits on the workers in it, and one of each recovery', () =>
    inFolder(async (folder) => {
      const collector = await Collector.start();
      const cluster = await Cluster.in(folder, collector.env);
      await cluster.coordinator();
      const workers = [await cluster.worker(1), await cluster.worker(1)];
      writeFileSync(join(folder, 'application.yaml'), APPLICATION);
      assert.equal((await cluster.ask('submit')).err, '');
      const named = (name: string): readonly CollectedSpan[] => collector.spans.filter((span) => span.name === name);
      const withCommit = (): CollectedSpan | undefined =>
        named('checkpoint').find(({ spanId }) => named('commit').some(({ parentSpanId }) => parentSpanId === spanId));
      await eventually(() => withCommit() !== undefined);
      const whole = withCommit()!;
      const parts = collector.spans.filter(({ traceId }) => traceId === whole.traceId);
      const tasks = ['ingresses.ticks', 'egresses.out'];
      const taken = parts
        .filter(({ name }) => name === 'task')
        .map(({ attributes }) => String(attributes['tidegate.task']));
      for (const task of tasks)
        assert.ok(
          taken.some((attempt) => attempt.includes(task)),
          `${task}: ${taken.join(' ')}`,
        );
      assert.equal(parts.filter(({ name }) => name === 'upload').length, taken.length);
      assert.equal(parts.filter(({ name }) => name === 'complete').length, 1);
      const services = new Set(parts.map(({ service }) => service));
      assert.deepEqual([...services].sort(), ['tidegate-coordinator', 'tidegate-worker']);
      for (const { parentSpanId } of parts)
        assert.ok(parentSpanId === undefined || parts.some(({ spanId }) => spanId === parentSpanId));

      await killed(workers.find(({ err }) => err.includes('for pairs'))!);
      await eventually(() => named('recovery').length > 0);
      const [recovery] = named('recovery');
      assert.equal(recovery?.attributes['tidegate.failure.code'], 'TG431');
      const phases = collector.spans.filter(({ parentSpanId }) => parentSpanId === recovery?.spanId);
      assert.deepEqual(phases.map(({ name }) => name).sort(), ['cancel', 'deploy', 'detect', 'restore', 'wait']);
      collector.close();
    }));

  it('has a log of each job, with level and attempt, and JSON lines where they are wanted', () =>
    inFolder(async (folder) => {
      const cluster = await Cluster.in(folder);
      const json = ['--log-format', 'json'];
      const coordinator = await cluster.coordinator(json);
      const workers = [await cluster.worker(1, json), await cluster.worker(1, json)];
      writeFileSync(join(folder, 'application.yaml'), APPLICATION);
      assert.equal((await cluster.ask('submit')).err, '');
      assert.match((await cluster.ask('logs', 'nobody')).err, /^error\[TG451\]: there is no job "nobody"\n$/);
      const following = cluster.ask('logs', 'pairs', '--follow');
      await eventually(() => workers.some(({ err }) => err.includes('for pairs')));
      await eventually(async () => (await cluster.client.job('pairs')).run?.latestCheckpoint !== undefined);
      await killed(workers.find(({ err }) => err.includes('for pairs'))!);
      const entries = () => cluster.client.logs('pairs', 0);
      await eventually(async () => (await entries()).some(({ message }) => /goes on from checkpoint/.test(message)));
      const failure = (await entries()).find(({ level }) => level === 'error');
      assert.match(failure?.message ?? '', /^error\[TG431\]: .*it is restarted$/);
      assert.match(failure?.attempt ?? '', /^\d+\.1$/);
      const numbers = (await entries()).map(({ number }) => number);
      assert.deepEqual(
        numbers,
        numbers.map((_, index) => index + 1),
      );
      assert.deepEqual((await cluster.client.logs('pairs', numbers.at(-1)!)).length, 0);

      assert.equal((await cluster.ask('cancel', 'pairs')).exitCode, 0);
      const followed = await following;
      assert.equal(followed.exitCode, 0);
      assert.match(followed.out, /\n\S+Z error coordinator \(attempt \d+\.1\): error\[TG431\].*\n/);
      assert.match(followed.out, /pairs is cancelled\n$/);
      for (const line of coordinator.err.trimEnd().split('\n')) {
        const { time, process, level, message } = JSON.parse(line) as Readonly<Record<string, unknown>>;
        assert.ok(!Number.isNaN(Date.parse(String(time))), line);
        assert.deepEqual([process, typeof level, typeof message], ['coordinator', 'string', 'string']);
      }
    }));
});
