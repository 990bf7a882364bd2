/** `tidegate run` with a collector: the traces of all that it has read. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { egressValue, serve, statefulFunction, types } from '@tidegate/functions-sdk';
import { freePort } from '@tidegate/connectors/services/free-port';
import { eventually } from '../cluster/cluster.js';
import { Collector } from '../cluster/collector.js';
import { ask } from '../rest/rest-client.js';
import { Child, inFolder, tidegate, until } from './child.js';

const EVENTS = 24;

const application = (parallelism: number): string => `name: followed
settings: { parallelism: ${parallelism}, stateDir: state-${parallelism} }
ingresses:
  in:
    file: { path: in.jsonl }
    schema: { n: int, k: int, ts: timestamp }
    time: { field: ts }
rules:
  pair:
    from: in
    key: k
    pattern: { within: 1h, skip: pastLastEvent, steps: [{ begin: a }, { followedBy: b }] }
    to: out
egresses:
  out: { file: { path: out-${parallelism}.jsonl } }
`;

const Event = types.json<{ readonly n: number }>('test/Event');
const tracesOfClerk: (string | undefined)[] = [];
const clerk = statefulFunction('test/clerk').on(Event, (context, { n }) => {
  tracesOfClerk.push(context.traceparent);
  context.send({ type: 'test/teller', id: `teller ${n}` }, Event, { n });
});
const teller = statefulFunction('test/teller').on(Event, (context, { n }) =>
  context.emit(egressValue('test/out', Event, { n })),
);

const functionsApplication = (url: string): string => `name: followed
settings: { parallelism: 2 }
ingresses:
  in: { file: { path: in.jsonl }, schema: { n: int, k: int, ts: timestamp } }
functions:
  test/clerk: { http: { url: "${url}", maxBatch: 1 } }
  test/teller: { http: { url: "${url}", maxBatch: 1 } }
routes:
  told: { from: in, to: { function: test/clerk, id: k, type: test/Event } }
egresses:
  out: { file: { path: out.jsonl }, typename: test/out }
`;

describe('the traces of records of tidegate run', function () {
  this.timeout(120_000);

  for (const parallelism of [1, 2])
    it(`go from the ingress to the egress of each record, at parallelism ${parallelism}`, () =>
      inFolder(async (folder) => {
        const collector = await followed(folder, application(parallelism));
        const named = (name: string) => collector.spans.filter((span) => span.name === name);
        const roots = named('ingresses.in');
        assert.equal(new Set(roots.map(({ traceId }) => traceId)).size, EVENTS);
        assert.deepEqual(new Set(roots.map(({ parentSpanId }) => parentSpanId)), new Set([undefined]));
        const written = readFileSync(join(folder, `out-${parallelism}.jsonl`), 'utf8')
          .trimEnd()
          .split('\n');
        const ids = written.map((line) => (JSON.parse(line) as { readonly id: string }).id);
        assert.equal(ids.length, EVENTS / 2);
        const leaving = named('egresses.out');
        assert.deepEqual(
          leaving
            .map((span) => collector.upwards(span).find(({ name }) => name === 'alert')?.attributes['tidegate.alert'])
            .sort(),
          ids.sort(),
        );
        for (const span of leaving) assert.equal(collector.upwards(span).at(-1)?.name, 'ingresses.in');
        const contexts = new Set(collector.spans.map(({ spanId }) => spanId));
        for (const { links } of named('alert'))
          assert.ok(links.length === 1 && links.every((link) => contexts.has(link)));
        collector.close();
      }));

  it('go through the invocations of functions, which are told where they are, and those that functions send to', () =>
    inFolder(async (folder) => {
      const server = await serve([clerk, teller], { port: 0, stopOn: [] });
      const collector = await followed(folder, functionsApplication(server.url));
      const leaving = collector.spans.filter(({ name }) => name === 'egresses.out');
      assert.equal(leaving.length, EVENTS);
      for (const span of leaving) {
        const names = collector.upwards(span).map(({ name, attributes }) => attributes['tidegate.function'] ?? name);
        const told = names.filter((name) => name !== 'functions' && name !== 'routes');
        assert.deepEqual(told, ['egresses.out', 'test/teller', 'test/clerk', 'ingresses.in']);
      }
      const calls = collector.spans.filter(({ attributes }) => attributes['tidegate.function'] === 'test/clerk');
      const contexts = calls.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`);
      assert.deepEqual([...tracesOfClerk].sort(), contexts.sort());
      collector.close();
      await server.close();
    }));

  it('go on from who calls a function or sends a record over HTTP, where the caller is followed, and not otherwise', () =>
    inFolder(async (folder) => {
      const server = await serve([clerk, teller], { port: 0, stopOn: [] });
      const collector = await Collector.start();
      const port = await freePort();
      writeFileSync(join(folder, 'application.yaml'), requestsApplication(server.url, port));
      const run = new Child(['run', '--quiet'], { cwd: folder, input: '', env: collector.env });
      const listening = /requests at http:\/\/127\.0\.0\.1:(\d+)\//;
      await until(() => listening.test(run.err) && run.err.includes('listens on'), run);
      const requests = Number(listening.exec(run.err)![1]);
      const headers = (trace: string, flags: string) => ({
        traceparent: `00-${trace.repeat(32)}-${'7'.repeat(16)}-${flags}`,
      });
      for (const [n, sent] of [headers('a', '01'), headers('b', '00'), {}].entries())
        for (const [to, path] of [
          [requests, `/v1/functions/test/clerk/k${n}?wait=false`],
          [port, '/'],
        ] as const)
          assert.ok((await ask(to, path, { method: 'POST', body: { n, k: n }, headers: sent })).status < 300);
      const leaving = () => collector.spans.filter(({ name }) => name === 'egresses.out');
      await eventually(() => Promise.resolve(leaving().length === 2));
      run.process.kill('SIGINT');
      await run.finished;
      const ways = leaving().map((span) =>
        collector.upwards(span).map(({ name, attributes }) => attributes['tidegate.function'] ?? name),
      );
      for (const way of ways)
        assert.deepEqual(way.slice(0, 1).concat(way.filter((name) => String(name).startsWith('test/'))), [
          'egresses.out',
          'test/teller',
          'test/clerk',
        ]);
      assert.deepEqual(ways.map((way) => way.at(-1)).sort(), ['functions', 'ingresses.in']);
      for (const span of leaving())
        assert.deepEqual(
          [span.traceId, collector.upwards(span).at(-1)!.parentSpanId],
          ['a'.repeat(32), '7'.repeat(16)],
        );
      collector.close();
      await server.close();
    }));
});

const requestsApplication = (url: string, port: number): string => `name: asked
settings: { parallelism: 2, checkpoint: { interval: 200ms } }
ingresses:
  in: { http: { port: ${port}, path: / }, schema: { n: int, k: int } }
functions:
  test/clerk: { http: { url: "${url}", maxBatch: 1 } }
  test/teller: { http: { url: "${url}", maxBatch: 1 } }
routes:
  told: { from: in, to: { function: test/clerk, id: k, type: test/Event } }
requests:
  port: 0
  functions: { test/clerk: test/Event }
egresses:
  out: { file: { path: out.jsonl }, typename: test/out }
`;

/** Its collector, when it has ended. */
async function followed(folder: string, text: string): Promise<Collector> {
  const collector = await Collector.start();
  const lines = Array.from({ length: EVENTS }, (_, n) => JSON.stringify({ n, k: n % 4, ts: 1_700_000_000_000 + n }));
  writeFileSync(join(folder, 'in.jsonl'), `${lines.join('\n')}\n`);
  writeFileSync(join(folder, 'application.yaml'), text);
  const env = { ...collector.env, OTEL_TRACES_SAMPLER: 'always_on' };
  const { exitCode, err } = await tidegate(['run', '--quiet'], { cwd: folder, env });
  assert.equal(exitCode, 0, err);
  return collector;
}
