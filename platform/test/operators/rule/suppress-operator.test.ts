import assert from 'node:assert/strict';
import { UNTYPED } from '../../../src/expression/type.js';
import type { RuleDescriptor } from '../../../src/job/stream-graph.js';
import { MetricRegistry } from '../../../src/metrics/registry.js';
import { ChannelStateCodec } from '../../../src/network/channel-state.js';
import type { Payload } from '../../../src/network/element.js';
import { BufferedRecords } from '../../../src/operators/buffered-records.js';
import { SuppressOperator } from '../../../src/operators/rule/suppress-operator.js';
import { StreamRecord } from '../../../src/record/stream-record.js';
import { plainValueCodec } from '../../../src/state/codecs/plain-value-codec.js';
import type { KeyedStore } from '../../../src/state/keyed-store.js';
import { OperatorStateStore } from '../../../src/state/operator-state/operator-state-store.js';
import { openHeapStore } from '../../state/stores.js';

const RULE: RuleDescriptor = {
  name: 'r',
  severity: 'low',
  tags: [],
  body: 'event',
  select: [],
  fields: UNTYPED,
  message: [],
  suppress: { for: 100, by: [] },
  onError: 'skip',
  fingerprint: 'r',
};

function alert(id: string, time: number, key: string): StreamRecord {
  return new StreamRecord({}, time, 'r', { ingress: 'r', id: 'r' }, id, undefined, {
    id,
    rule: 'r',
    severity: 'low',
    tags: [],
    key,
    time,
    message: undefined,
    stages: [],
    timedOutAt: undefined,
    isSelected: true,
    suppressBy: key,
  });
}

const bufferedIn = (states: OperatorStateStore): BufferedRecords =>
  new BufferedRecords(states, {
    owner: 'rules.r',
    name: 'waiting',
    codec: new ChannelStateCodec({}),
    keyGroups: { first: 0, last: 127 },
    maxParallelism: 128,
  });

function operatorOn(store: KeyedStore, ids: string[], states = new OperatorStateStore()): SuppressOperator {
  const output = { collect: (record: Payload) => void ids.push(String((record as StreamRecord).offset)) };
  return new SuppressOperator(RULE, output, store, bufferedIn(states), new MetricRegistry());
}

/** Ids that come through when the alerts arrive in this order, with a watermark behind all. */
function through(alerts: readonly StreamRecord[]): { ids: string[]; suppressed: number; kept: number } {
  const ids: string[] = [];
  const metrics = new MetricRegistry();
  const store = openHeapStore();
  const operator = new SuppressOperator(
    RULE,
    { collect: (record) => void ids.push(String((record as StreamRecord).offset)) },
    store,
    bufferedIn(new OperatorStateStore()),
    metrics,
  );
  for (const one of alerts) operator.process(0, one);
  assert.deepEqual(ids, [], 'nothing is decided before the watermark');
  operator.watermark(10_000);
  return {
    ids,
    suppressed: metrics.counter('rules.r', 'suppressed').value,
    kept: [...store.value({ owner: 'rules.r', name: 'suppress', codec: plainValueCodec<number>() }).keys()].length,
  };
}

describe('suppression', () => {
  it('drops alerts within the span after one that was let through, and not those that follow a dropped one', () => {
    assert.deepEqual(through([alert('a', 0, 'k'), alert('b', 60, 'k'), alert('c', 99, 'k'), alert('d', 100, 'k')]), {
      ids: ['a', 'd'],
      suppressed: 2,
      kept: 0,
    });
  });

  it('goes on after a restore as if it had not been: alerts that wait, and spans that have begun', () => {
    const store = openHeapStore();
    const ids: string[] = [];
    const states = new OperatorStateStore();
    const before = operatorOn(store, ids, states);
    for (const one of [alert('a', 0, 'k'), alert('b', 60, 'k'), alert('c', 120, 'l')]) before.process(0, one);
    before.watermark(50);
    before.prepareSnapshot();
    const after = operatorOn(store, ids, new OperatorStateStore(states.snapshot()));
    after.process(0, alert('d', 99, 'k'));
    after.process(0, alert('e', 101, 'k'));
    after.watermark(10_000);
    assert.deepEqual(ids, ['a', 'e', 'c']);
    assert.deepEqual(
      [...store.value({ owner: 'rules.r', name: 'suppress', codec: plainValueCodec<number>() }).keys()],
      [],
    );
  });

  it('keeps keys apart', () => {
    assert.deepEqual(through([alert('a', 0, 'k'), alert('b', 1, 'l')]).ids, ['a', 'b']);
  });

  it('decides by time and id, whatever the order of arrival', () => {
    const alerts = [alert('b', 0, 'k'), alert('a', 0, 'k'), alert('c', 150, 'k'), alert('d', 100, 'k')];
    assert.deepEqual(through(alerts).ids, ['a', 'd']);
    assert.deepEqual(through([...alerts].reverse()).ids, ['a', 'd']);
  });
});
