/** Records that are followed from an ingress on one worker to an egress on another. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, type Child } from '../applications/child.js';
import { Cluster, eventually } from './cluster.js';
import { Collector, type CollectedSpan } from './collector.js';
import { pairs } from './pairs.js';

/** One subtask reads; two match, by key; two write, each in turn. */
const APPLICATION = pairs('followed', '{ file: out/, parallelism: 2 }');

const SAMPLED = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.05' };

/** Of the alerts that were written. */
function idsIn(folder: string): readonly string[] {
  const parts = readdirSync(join(folder, 'out')).filter((name) => name.startsWith('part-'));
  return parts
    .flatMap((name) =>
      readFileSync(join(folder, 'out', name), 'utf8')
        .split('\n')
        .filter(Boolean),
    )
    .map((line) => (JSON.parse(line) as { readonly id: string }).id);
}

async function ended(process: Child): Promise<void> {
  process.process.kill('SIGTERM');
  await process.finished;
}

describe('the traces of records in a cluster', function () {
  this.timeout(180_000);

  it('go from an ingress on one worker to an egress on another, and are of those alone that are sampled', () =>
    inFolder(async (folder) => {
      const collector = await Collector.start();
      const cluster = await Cluster.in(folder, { ...collector.env, ...SAMPLED });
      await cluster.coordinator();
      const workers = [await cluster.worker(1), await cluster.worker(1)];
      writeFileSync(join(folder, 'application.yaml'), APPLICATION);
      assert.equal((await cluster.ask('submit', '--parallelism', '2')).err, '');
      /** From an egress to the ingress, all of it told, and the two on different workers. */
      const across = (): readonly CollectedSpan[] | undefined =>
        collector.spans
          .filter(({ name }) => name === 'egresses.out')
          .map((egress) => collector.upwards(egress))
          .find(([egress, , , ingress]) => ingress !== undefined && ingress.instance !== egress?.instance);
      await eventually(() => across() !== undefined);
      const path = across()!;
      // Rules of one stream and key share a task, which is not called by any of them.
      const task = String(path[2]?.attributes['tidegate.task']);
      assert.match(task, /^patterns\.ticks\./);
      assert.deepEqual(
        path.map(({ name, kind }) => [name, kind]),
        [
          ['egresses.out', 4],
          ['alert', 1],
          [task, 1],
          ['ingresses.ticks', 5],
        ],
      );
      const [egress, alert, chain, ingress] = path;
      assert.equal(new Set(path.map(({ traceId }) => traceId)).size, 1);
      assert.equal(alert?.instance, chain?.instance);
      assert.equal(ingress?.parentSpanId, undefined);
      assert.equal(egress?.attributes['tidegate.subtask'], 1);
      assert.equal(ingress?.attributes['tidegate.subtask'], 0);
      for (const { attributes, service } of path)
        assert.deepEqual([attributes['tidegate.job'], service], ['followed', 'tidegate-worker']);
      assert.deepEqual(
        [alert, chain].map((span) => span?.attributes['tidegate.rule']),
        ['pair', 'pair'],
      );

      await eventually(() => idsIn(folder).length > 100);
      assert.equal((await cluster.ask('stop', 'followed')).exitCode, 0);
      // What they have not sent they send at their end.
      await Promise.all(workers.map(ended));
      const alerts = collector.spans.filter(({ name }) => name === 'alert');
      const followed = new Set(alerts.map(({ attributes }) => attributes['tidegate.alert']));
      const written = idsIn(folder);
      assert.ok(written.some((id) => followed.has(id)) && written.some((id) => !followed.has(id)));
      const ofRecords = new Set(['egresses.out', 'alert', task, 'ingresses.ticks']);
      for (const span of collector.spans.filter(({ name }) => ofRecords.has(name))) {
        const root = collector.upwards(span).at(-1);
        assert.equal(root?.name, 'ingresses.ticks', `${span.name} has lost its trace`);
      }
      collector.close();
    }));
});
