/** Pattern rules whose states are dropped from memory and read from a disk again and again. */
import assert from 'node:assert/strict';
import { planOf } from '../../plan/compatibility/edit.js';
import { RocksFixture } from '../../state/rocksdb/fixture.js';
import { PatternSubtasks } from './pattern-subtasks.js';

const GRAPH = planOf(`name: sample
ingresses:
  payments:
    file: { path: payments.jsonl }
    schema: { card: string, amount: int, at: timestamp }
    time: { field: at }
rules:
  testing:
    from: payments
    key: card
    to: alerts
    pattern:
      within: 20s
      skip: pastLastEvent
      steps:
        - begin: small
          where: amount < 3
          times: 2..
        - followedBy: large
          where: amount > 7
      onTimeout: { reached: small, to: alerts }
  absent:
    from: payments
    key: card
    to: alerts
    pattern:
      within: 9s
      steps:
        - begin: first
          where: amount > 6
        - notFollowedBy: second
          where: amount > 4
egresses:
  alerts: { file: { path: out.jsonl } }
`);

const CARDS = 700;
const EVENTS = 5000;
const START = 1_700_000_000_000;

function feed(subtasks: PatternSubtasks, drain: () => void): void {
  let random = 1;
  const draw = (below: number): number => {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    return (random >>> 8) % below;
  };
  for (let index = 0; index < EVENTS; index++) {
    subtasks.process({ card: `card-${draw(CARDS)}`, amount: draw(10), at: START + index * 10 }, index);
    if (index % 900 !== 0) continue;
    subtasks.watermark(START + index * 10 - 1);
    drain();
  }
  subtasks.watermark(Infinity);
}

describe('pattern rules on a disk', function () {
  this.timeout(60_000);

  it('give what they give in memory, with memory for a few keys', async () => {
    const fixture = new RocksFixture();
    try {
      const store = await fixture.open();
      const onDisk = new PatternSubtasks(GRAPH, 1, undefined, undefined, store);
      const onHeap = new PatternSubtasks(GRAPH, 1);
      feed(onDisk, () => store.drain());
      feed(onHeap, () => undefined);
      assert.deepEqual(onDisk.alerts, onHeap.alerts);
      assert.ok([...onHeap.alerts.values()].flat().length > 400, 'there are many alerts');
      await store.close();
    } finally {
      fixture.cleanUp();
    }
  });
});
