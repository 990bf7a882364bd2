/** `tidegate run` with a collector: the traces of all that it has read. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { egressValue, serve, statefulFunction, types } from '@tidegate/functions-sdk';
import { Collector } from '../cluster/collector.js';
import { inFolder, tidegate } from './child.js';

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
});

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
