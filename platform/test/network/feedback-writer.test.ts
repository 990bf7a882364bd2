import assert from 'node:assert/strict';
import type { CheckpointBarrier } from '../../src/job/checkpoint-barrier.js';
import { FeedbackWriter } from '../../src/network/feedback-writer.js';
import { LocalChannel } from '../../src/network/local-channel.js';
import { StreamRecord } from '../../src/record/stream-record.js';

const record = new StreamRecord({}, 1, 'in', { ingress: 'in', id: 'a' }, 1, undefined, undefined);
const BARRIER: CheckpointBarrier = {
  ...{ checkpoint: 1, timestamp: 0, type: 'checkpoint', alignment: { mode: 'aligned' }, then: 'continue' },
};

function writerOf(channel: LocalChannel): FeedbackWriter {
  return new FeedbackWriter([channel], { kind: 'forward', subtask: 0 });
}

describe('the writer of a feedback edge', () => {
  it('goes on without credit, and loses nothing', () => {
    const channel = new LocalChannel();
    const writer = writerOf(channel);
    for (let i = 0; i < 100; i++) {
      assert.ok(writer.hasCredit());
      writer.emit(record);
      assert.ok(writer.flush());
    }
    assert.equal(channel.hasCredit(), false);
    assert.equal(channel.length, 100);
  });

  it('sends records round, and no time, no idleness and no end', () => {
    const channel = new LocalChannel();
    const writer = writerOf(channel);
    writer.emit(record);
    writer.control({ kind: 'watermark', watermark: 1 });
    writer.control({ kind: 'idle' });
    writer.control({ kind: 'end' });
    assert.equal(channel.poll()?.kind, 'frame');
    assert.equal(channel.poll(), undefined);
  });

  it('announces every barrier, behind the records before it', () => {
    const channel = new LocalChannel();
    const writer = writerOf(channel);
    writer.emit(record);
    writer.barrier(BARRIER);
    assert.deepEqual(channel.announced(), { barrier: BARRIER, arrived: true });
    assert.deepEqual(
      channel.beforeAnnounced().map(({ kind }) => kind),
      ['frame'],
    );
  });
});
