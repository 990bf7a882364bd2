import assert from 'node:assert/strict';
import { VirtualClock } from '../../src/common/virtual-clock.js';
import { DeadLetter } from '../../src/record/dead-letter.js';
import { StreamRecord } from '../../src/record/stream-record.js';
import { RecordTraces } from '../../src/task/record-traces.js';
import { SpanClock } from '../../src/tracing/span-clock.js';
import type { TraceContext } from '../../src/tracing/trace-context.js';
import { SpanLog } from '../tracing/span-log.js';

const SPLIT = { ingress: 'in', id: 'a' };
const event = (n: number): StreamRecord => new StreamRecord({ n }, n, 'in', SPLIT, n, undefined, undefined);

/** @param events by stage */
function alert(...stages: readonly (readonly StreamRecord[])[]): StreamRecord {
  const envelope = {
    ...{ id: 'x', rule: 'pair', severity: 'low', tags: [], key: 1, time: 0, isSelected: false },
    ...{ message: undefined, timedOutAt: undefined, suppressBy: undefined },
    stages: stages.map((events, i) => ({ name: `s${i}`, events })),
  };
  return new StreamRecord({}, 0, 'pair', SPLIT, 'x', undefined, envelope);
}

class World {
  readonly clock = new VirtualClock(1000);
  readonly log = new SpanLog();
  readonly traces = new RecordTraces(
    { job: 'j', task: 'rules.pair', subtask: 1, rule: undefined, kind: undefined },
    this.log,
    new SpanClock(this.clock),
  );

  /** A record that came in a trace of its own, and was processed. @returns its span here */
  passed(record: StreamRecord): TraceContext {
    const context = this.traces.begin(record, this.log.ids.newTrace());
    this.traces.end();
    return context;
  }
}

describe('the traces of a task’s records', () => {
  it('have a span of each that is followed, from its beginning to its end here', () => {
    const { traces, log, clock } = new World();
    const from = log.ids.newTrace();
    clock.advanceTo(1005);
    traces.begin(event(1), from);
    clock.advanceTo(1008);
    traces.end();
    assert.deepEqual(
      log.spans.map(({ context, ...span }) => ({ ...span, traceId: context.traceId })),
      [
        {
          ...{ name: 'rules.pair', parent: from.spanId, traceId: from.traceId, startMs: 1005, endMs: 1008 },
          attributes: { 'tidegate.job': 'j', 'tidegate.task': 'rules.pair', 'tidegate.subtask': 1 },
        },
      ],
    );
  });

  it('go on with the record itself, also when it leaves later', () => {
    const { traces, passed } = bound();
    const one = event(1);
    const here = passed(one);
    assert.deepEqual(traces.emitted(one), here);
    assert.equal(traces.emitted(event(1)), undefined);
  });

  it('go on, in a span of its own, with an alert that is made of a record', () => {
    const { traces, passed, log, clock } = bound();
    const one = event(1);
    const here = passed(one);
    clock.advanceTo(1010);
    traces.step();
    clock.advanceTo(1012);
    const made = alert([event(0)], [one]);
    const context = traces.emitted(made);
    const { name, parent, startMs, endMs, attributes, links } = log.spans.at(-1)!;
    assert.deepEqual([name, parent, startMs, endMs, links], ['alert', here.spanId, 1010, 1012, undefined]);
    assert.deepEqual([attributes['tidegate.rule'], attributes['tidegate.alert']], ['pair', 'x']);
    assert.equal(context?.traceId, here.traceId);
    // To each of its receivers it goes in the same one.
    assert.equal(traces.emitted(made), context);
    assert.equal(log.spans.filter((span) => span.name === 'alert').length, 1);
  });

  it('go on with an alert of several in that of the last, with links to those of the others', () => {
    const { traces, passed, log } = bound();
    const [one, two, three] = [event(1), event(2), event(3)];
    const [a, b, c] = [passed(one), passed(two), passed(three)];
    assert.equal(traces.emitted(alert([one], [two, event(9)], [three]))?.traceId, c.traceId);
    assert.deepEqual(log.spans.at(-1)?.links, [a, b]);
  });

  it('go on with an alert whose completing event nobody follows in that of the last that somebody does', () => {
    const { traces, passed, log } = bound();
    const one = event(1);
    const here = passed(one);
    const context = traces.emitted(alert([one], [event(2)]));
    assert.deepEqual([context?.traceId, log.spans.at(-1)?.links], [here.traceId, undefined]);
  });

  it('go on with an alert over an alert that has not left the task', () => {
    const { traces, passed, log } = bound();
    const one = event(1);
    const here = passed(one);
    traces.emitted(alert([alert([one])]));
    const alerts = log.spans.filter(({ name }) => name === 'alert');
    assert.deepEqual(
      alerts.map(({ parent }) => parent),
      [here.spanId, alerts[0]?.context.spanId],
    );
  });

  it('end with alerts of records that nobody follows', () => {
    const { traces, passed, log } = bound();
    passed(event(1));
    const before = log.spans.length;
    assert.equal(traces.emitted(alert([event(1)], [event(2)])), undefined);
    assert.equal(log.spans.length, before);
  });

  it('go on with whatever else is given out while a record is processed, and not after it', () => {
    const { traces, log } = bound();
    const letter = new DeadLetter('rules.pair', 'a', 1, 'no key', undefined);
    const here = traces.begin(event(1), log.ids.newTrace());
    assert.deepEqual(traces.emitted(letter), here);
    assert.deepEqual(traces.emitted(event(2)), here);
    traces.end();
    assert.equal(traces.emitted(letter), undefined);
  });

  it('begin with a record that an ingress has read, once, however it leaves', () => {
    const { traces, log } = bound();
    const one = event(1);
    assert.equal(traces.enter(one), true);
    traces.end();
    assert.equal(traces.enter(one), false);
    assert.equal(log.spans.length, 1);
    assert.equal(log.spans[0]?.parent, undefined);
  });

  it('begin below the span that has come with a record', () => {
    const { traces, log } = bound();
    const headers = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };
    assert.equal(traces.enter(new StreamRecord({}, 0, 'in', SPLIT, 0, headers, undefined)), true);
    traces.end();
    const [span] = log.spans;
    assert.deepEqual([span?.context.traceId, span?.parent], ['a'.repeat(32), 'b'.repeat(16)]);
  });
});

function bound() {
  const world = new World();
  const { traces, log, clock } = world;
  return { traces, log, clock, passed: (record: StreamRecord) => world.passed(record) };
}
