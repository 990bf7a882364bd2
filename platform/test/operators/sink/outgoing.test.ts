import assert from 'node:assert/strict';
import { UNTYPED, type RecordType } from '../../../src/expression/type.js';
import { toOutgoing, type RecordTypes } from '../../../src/operators/sink/outgoing.js';
import { DeadLetter } from '../../../src/record/dead-letter.js';
import { StreamRecord, type AlertEnvelope, type MatchedStage } from '../../../src/record/stream-record.js';

const PAYMENTS: RecordType = {
  kind: 'record',
  open: true,
  fields: {
    id: { type: { kind: 'string' } },
    at: { type: { kind: 'timestamp' } },
    device: { type: { kind: 'record', open: true, fields: { os: { type: { kind: 'string' } } } } },
  },
};
const TYPES: RecordTypes = new Map([['payments', PAYMENTS]]);

const event = new StreamRecord(
  { id: 'p1', at: 1000, device: { os: 'ios', build: 7 }, extra: true },
  1000,
  'payments',
  { ingress: 'payments', id: 'f' },
  0,
  undefined,
  undefined,
);

function alert(
  value: Record<string, unknown>,
  stages: readonly MatchedStage[],
  more: Partial<AlertEnvelope>,
): StreamRecord {
  return new StreamRecord(value, 1000, 'r', { ingress: 'r', id: 'r' }, 'abc', undefined, {
    id: 'abc',
    rule: 'r',
    severity: 'low',
    tags: [],
    key: undefined,
    time: 1000,
    message: undefined,
    stages,
    timedOutAt: undefined,
    isSelected: true,
    suppressBy: undefined,
    ...more,
  });
}

describe('what leaves through an egress', () => {
  it('is, for an alert, the envelope, what the rule selected, and the events by stage with the fields of their schema', () => {
    const out = toOutgoing(
      alert({ amount: 5 }, [{ name: 'probe', events: [event] }], { key: 'c1', tags: ['fraud'] }),
      TYPES,
    );
    assert.deepEqual(out, {
      id: 'abc',
      rule: 'r',
      severity: 'low',
      tags: ['fraud'],
      key: 'c1',
      time: '1970-01-01T00:00:01Z',
      amount: 5,
      stages: { probe: [{ id: 'p1', at: '1970-01-01T00:00:01Z', device: { os: 'ios' } }] },
    });
  });

  it('keeps the alert’s own id where the event of a filter without a select has one too', () => {
    const out = toOutgoing(alert({ id: 'p1' }, [{ name: 'event', events: [event] }], { isSelected: false }), TYPES);
    assert.equal(out['id'], 'abc');
    assert.deepEqual(out['event'], { id: 'p1', at: '1970-01-01T00:00:01Z', device: { os: 'ios' } });
  });

  it('is, for an event, all that it has, with times as text', () => {
    assert.deepEqual(toOutgoing(event, TYPES), {
      id: 'p1',
      at: '1970-01-01T00:00:01Z',
      device: { os: 'ios', build: 7 },
      extra: true,
    });
  });

  it('is, without a schema, all that an event has', () => {
    const out = toOutgoing(alert({}, [{ name: 'probe', events: [event] }], {}), new Map([['payments', UNTYPED]]));
    assert.deepEqual(out['stages'], { probe: [event.value] });
  });

  it('is, for a dead letter, who gave up on what, where and why', () => {
    assert.deepEqual(toOutgoing(new DeadLetter('ingresses.a', 'f', 3, 'why', 'raw'), TYPES), {
      where: 'ingresses.a',
      split: 'f',
      offset: 3,
      reason: 'why',
      raw: 'raw',
    });
  });
});
