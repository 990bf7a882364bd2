/** Egresses that hold records back until a checkpoint completes, in two plans. */
import assert from 'node:assert/strict';
import type { SinkNode, StreamGraph } from '../../../src/job/stream-graph.js';
import { comparePlans } from '../../../src/plan/compatibility/index.js';
import { linesOf, planOf, SAVED } from './edit.js';

const PLAN = planOf(SAVED);

function withSink(change: Partial<SinkNode>): StreamGraph {
  return { ...PLAN, sinks: PLAN.sinks.map((sink) => ({ ...sink, delivery: 'exactly-once', ...change })) };
}

describe('An egress with exactly-once delivery', () => {
  const saved = withSink({});

  it('writes out what its last checkpoint holds', () => {
    const { changes, restore } = comparePlans(saved, withSink({}));
    assert.deepEqual([changes, restore.nodes.get('egresses.alerts')], [[], 'egresses.alerts']);
  });

  it('does so under another name', () => {
    const renamed = withSink({ id: 'egresses.hits', name: 'hits', renamedFrom: 'alerts' });
    const compatibility = comparePlans(saved, renamed);
    assert.deepEqual(linesOf(compatibility), ['egresses.hits kept: goes on as what was "alerts"']);
    assert.equal(compatibility.restore.nodes.get('egresses.alerts'), 'egresses.hits');
  });

  const lost: readonly (readonly [what: string, change: Partial<SinkNode>, line: RegExp])[] = [
    ['to another place', { connector: { type: 'file', options: { path: 'b.jsonl' } } }, /it writes to another place$/],
    ['to another system', { connector: { type: 'http', options: {} } }, /it writes to another place$/],
    ['with a weaker promise', { delivery: 'at-least-once' }, /its delivery is at-least-once$/],
  ];
  for (const [what, change, line] of lost) {
    it(`says what is dropped when it writes ${what}`, () => {
      const compatibility = comparePlans(saved, withSink(change));
      assert.equal(linesOf(compatibility).length, 1);
      assert.match(linesOf(compatibility)[0] ?? '', line);
      assert.match(compatibility.changes[0]?.help ?? '', /savepoint/);
      assert.equal(compatibility.restore.nodes.has('egresses.alerts'), false);
    });
  }

  it('is missed when it is gone', () => {
    assert.deepEqual(linesOf(comparePlans(saved, withSink({ id: 'egresses.x', name: 'x' }))), [
      'egresses.alerts gone: is not written any more: what it held back until its checkpoint completes is dropped',
    ]);
  });
});

describe('An egress with another delivery', () => {
  it('holds nothing back, so that nothing is said of it', () => {
    const saved = withSink({ delivery: 'at-least-once' });
    for (const now of [withSink({}), withSink({ id: 'egresses.x', name: 'x' })])
      assert.deepEqual(linesOf(comparePlans(saved, now)), []);
  });
});
