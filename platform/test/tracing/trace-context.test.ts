import assert from 'node:assert/strict';
import { checkpointTrace } from '../../src/tracing/checkpoint-trace.js';
import { drawOf, parseTraceparent, TraceIds, traceparentOf } from '../../src/tracing/trace-context.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('a traceparent', () => {
  it('is the trace and the span that is the parent of what comes next', () => {
    const context = parseTraceparent(`00-${TRACE}-${SPAN}-01`);
    assert.deepEqual(context, { traceId: TRACE, spanId: SPAN, isSampled: true });
    assert.equal(traceparentOf(context!), `00-${TRACE}-${SPAN}-01`);
  });

  it('may be of a later version, with more behind it, and with other flags', () => {
    const context = parseTraceparent(`cc-${TRACE}-${SPAN}-03-what-will-be`);
    assert.deepEqual(context, { traceId: TRACE, spanId: SPAN, isSampled: true });
  });

  it('may be of a trace that nobody is to follow', () => {
    const context = parseTraceparent(`00-${TRACE}-${SPAN}-02`);
    assert.deepEqual(context, { traceId: TRACE, spanId: SPAN, isSampled: false });
  });

  const none: readonly (readonly [what: string, text: string])[] = [
    ['has no trace', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['has no span', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['is of the version that is none', `ff-${TRACE}-${SPAN}-01`],
    ['has more than its version', `00-${TRACE}-${SPAN}-01-more`],
    ['has capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['is cut off', `00-${TRACE}-${SPAN}`],
    ['is empty', ''],
  ];
  for (const [what, text] of none) it(`is none when it ${what}`, () => assert.equal(parseTraceparent(text), undefined));
});

describe('identifiers of traces', () => {
  it('are as long as they must be, and never zero', () => {
    let thrown = 0;
    const ids = new TraceIds({ next: () => (thrown++ < 6 ? 0 : 0.5) });
    const words = ['00000000', '00000000', '80000000', '80000000'];
    assert.deepEqual(ids.newTrace(), { traceId: words.join(''), spanId: '8000000080000000' });
  });

  it('of a trace that was drawn say to all who look at it what was drawn', () => {
    const ids = new TraceIds({ next: () => 0.5 });
    for (const draw of [0, 0.25, 0.999, 1 - 2 ** -52]) {
      const { traceId, spanId } = ids.drawnTrace(draw);
      assert.match(`${traceId} ${spanId}`, /^[0-9a-f]{32} [0-9a-f]{16}$/);
      assert.equal(drawOf({ traceId, spanId }), Math.floor(draw * 2 ** 52) / 2 ** 52);
    }
  });

  it('of a checkpoint are the same for all that take part in it, and those of no other', () => {
    const of = (job: string, checkpoint: number, timestamp: number) => checkpointTrace(job, { checkpoint, timestamp });
    assert.deepEqual(of('j', 7, 1000), of('j', 7, 1000));
    assert.ok(parseTraceparent(traceparentOf(of('j', 7, 1000))) !== undefined);
    const others = [of('j', 7, 1001), of('j', 8, 1000), of('k', 7, 1000), of('j', 7, 1000)];
    assert.equal(new Set(others.map(({ traceId }) => traceId)).size, 4);
  });
});
