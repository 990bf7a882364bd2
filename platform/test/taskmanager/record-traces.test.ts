/** Records that are followed through whole jobs: what their traces hold, and what leaves with them. */
import assert from 'node:assert/strict';
import type { OutgoingRecord } from '@tidegate/connectors/api';
import type { Span } from '../../src/tracing/span.js';
import { parseTraceparent } from '../../src/tracing/trace-context.js';
import { ALL, OTHERS, SpanLog } from '../tracing/span-log.js';
import { planned, runOn, type Given, type Ran } from './harness.js';

const APPLICATION = `name: traced
ingresses:
  in: { file: { path: none }, schema: { n: int, k: string, ts: timestamp }, time: { field: ts } }
rules:
  each: { from: in, where: n >= 0, select: { n: n }, to: out }
  pair:
    from: in
    key: k
    pattern: { within: 1s, steps: [{ begin: a, where: n % 2 == 0 }, { followedBy: b, where: n % 2 == 1 }] }
    to: out
  absent:
    from: in
    key: k
    pattern: { within: 100ms, steps: [{ begin: a, where: n == 4 }, { notFollowedBy: b, where: n == 5 }] }
    to: out
  twice:
    from: pair
    pattern: { within: 1h, steps: [{ begin: former }, { followedBy: later }] }
    to: out
egresses:
  out: { file: { path: none } }
`;

const TRACE = 'a'.repeat(32);
const SENDER = 'b'.repeat(16);
const WITH_TRACE = { traceparent: `00-${TRACE}-${SENDER}-01` };

interface Followed {
  readonly log: SpanLog;
  readonly written: readonly OutgoingRecord[];
  readonly ran: Ran;
}

/** @param followed the numbers of the events that come with a trace */
async function follow(
  events: readonly { readonly n: number; readonly k: string; readonly ts: number }[],
  followed: readonly number[],
  { application = APPLICATION, ...given }: Partial<Given> & { readonly application?: string } = {},
): Promise<Followed> {
  const log = new SpanLog(OTHERS);
  const written: OutgoingRecord[] = [];
  const headersOf = (payload: unknown) =>
    followed.includes((payload as { readonly n: number }).n) ? WITH_TRACE : undefined;
  const ran = await runOn(planned(application), {
    ...{ inputs: { in: { a: events } }, tracer: log, headersOf, batch: 1 },
    outgoing: (_egress, record) => written.push(record),
    ...given,
  });
  assert.equal(ran.outcome.state, 'finished');
  return { log, written, ran };
}

const shown = ({ name, attributes }: Span): string =>
  name === 'alert' ? `alert ${String(attributes['tidegate.rule'])}` : name;
const e = (n: number, ts: number, k = 'x') => ({ n, ts, k });

describe('the trace of a record', () => {
  for (const [where, given] of [
    ['in one slot', {}],
    ['over two, as between threads', { parallelism: 2, threads: true }],
  ] as const)
    it(`goes from its ingress to where what is made of it leaves, ${where}`, async () => {
      const { log, written } = await follow([e(0, 0), e(1, 10), e(8, 20), e(9, 30)], [1], given);
      assert.ok(log.spans.every(({ context }) => context.traceId === TRACE));
      const [root, ...others] = log.tree(shown, SENDER);
      assert.deepEqual(others, []);
      const [ingress, ...parts] = root as readonly unknown[];
      assert.equal(ingress, 'ingresses.in');
      const flat = JSON.stringify(parts);
      assert.match(flat, /\["alert each",\["egresses.out"\]\]/);
      assert.match(flat, /\["alert pair",.*\["egresses.out"\]/);
      assert.match(flat, /\["alert twice",\["egresses.out"\]\]/);
      const leaving = log.spans.filter(({ kind }) => kind === 'producer').map(({ context }) => context.spanId);
      const told = written
        .flatMap(({ traceparent }) => traceparent ?? [])
        .map((text) => parseTraceparent(text)?.spanId);
      assert.deepEqual(told.sort(), leaving.sort());
      assert.equal(told.length, 3);
    });

  it('has no part of what is made of others', async () => {
    const { log, written } = await follow([e(0, 0), e(1, 10), e(2, 20, 'y'), e(3, 30, 'y')], [2]);
    const rules = log.spans.flatMap(({ name, attributes }) =>
      name === 'alert' ? String(attributes['tidegate.rule']) : [],
    );
    assert.deepEqual(rules.sort(), ['each', 'pair', 'twice']);
    assert.equal(written.filter(({ traceparent }) => traceparent !== undefined).length, 3);
    assert.ok(written.length > 3);
  });

  it('goes on with an alert that nothing but time has completed', async () => {
    const { log } = await follow([e(4, 0), e(6, 5000, 'y')], [4]);
    const absent = log.spans.find(({ attributes }) => attributes['tidegate.rule'] === 'absent');
    assert.equal(absent?.context.traceId, TRACE);
    assert.ok(log.spans.some(({ parent, name }) => parent === absent?.context.spanId && name === 'egresses.out'));
  });

  it('goes on through what holds an alert back, and with a dead letter', async () => {
    const application = `name: held
ingresses:
  in:
    file: { path: none }
    schema: { n: int, k: string, ts: timestamp }
    time: { field: ts }
    onBadRecord: { to: bad }
rules:
  once: { from: in, key: k, where: n >= 0, suppress: { for: 1s }, to: out }
  keyed:
    from: in
    key: "n == 1 ? null : k"
    pattern: { within: 1s, steps: [{ begin: a }, { followedBy: b }] }
    onError: dead-letter
    to: out
egresses:
  out: { file: { path: none } }
  bad: { file: { path: bad } }
`;
    const { log, ran } = await follow([e(0, 0), e(1, 10, 'y'), e(2, 5000)], [1], { application });
    const leaving = log.spans.map(({ name }) => name).filter((name) => name.startsWith('egresses.'));
    assert.deepEqual(leaving.sort(), ['egresses.bad', 'egresses.out']);
    assert.deepEqual(
      log.spans.flatMap(({ name, attributes }) => (name === 'alert' ? String(attributes['tidegate.rule']) : [])),
      ['once'],
    );
    assert.equal(ran.received['out']!.filter(({ rule }) => rule === 'once').length, 3);
  });

  it('has no one where nobody follows anything, and then nothing leaves with one', async () => {
    const { log, written } = await follow([e(0, 0), e(1, 10)], []);
    assert.deepEqual(log.spans, []);
    assert.ok(written.length > 0);
    for (const record of written) assert.ok(!('traceparent' in record));
  });

  it('begins at the ingress where all are followed, and changes nothing of what is made', async () => {
    const events = [e(0, 0), e(1, 10), e(4, 20, 'y'), e(5, 500, 'y')];
    const plain = await follow(events, []);
    const log = new SpanLog(ALL);
    const all = await follow(events, [], { tracer: log });
    assert.deepEqual(all.ran.received, plain.ran.received);
    const roots = log.spans.filter(({ parent }) => parent === undefined);
    assert.deepEqual(
      roots.map(({ name, kind }) => [name, kind]),
      events.map(() => ['ingresses.in', 'consumer']),
    );
    assert.equal(new Set(roots.map(({ context }) => context.traceId)).size, events.length);
    const pair = log.spans.find(({ name, attributes }) => name === 'alert' && attributes['tidegate.rule'] === 'pair');
    assert.equal(pair?.links?.length, 1);
  });
});
