import assert from 'node:assert/strict';
import type { CheckpointBarrier } from '../../src/job/checkpoint-barrier.js';
import { LocalChannel } from '../../src/network/local-channel.js';

const unaligned = (checkpoint: number): CheckpointBarrier => ({
  checkpoint,
  timestamp: 0,
  type: 'checkpoint',
  alignment: { mode: 'unaligned' },
  then: 'continue',
});

describe('a local channel', () => {
  it('shows an announced barrier and what lies before it until its place is reached', () => {
    const channel = new LocalChannel();
    channel.push({ kind: 'watermark', watermark: 1 });
    channel.push({ kind: 'watermark', watermark: 2 });
    channel.announce(unaligned(1));
    channel.push({ kind: 'end' });
    assert.deepEqual(channel.announced(), { barrier: unaligned(1), arrived: true });
    assert.equal(channel.beforeAnnounced().length, 2);
    channel.poll();
    assert.deepEqual(channel.beforeAnnounced(), [{ kind: 'watermark', watermark: 2 }]);
    channel.poll();
    assert.deepEqual(channel.beforeAnnounced(), []);
    assert.equal(channel.announced()?.barrier.checkpoint, 1);
    assert.deepEqual(channel.poll(), { kind: 'barrier', barrier: unaligned(1) });
    assert.equal(channel.announced(), undefined);
    assert.deepEqual(channel.beforeAnnounced(), []);
  });

  it('shows the youngest of two announced barriers, with the older one before it', () => {
    const channel = new LocalChannel();
    channel.announce(unaligned(1));
    channel.push({ kind: 'idle' });
    channel.announce(unaligned(2));
    assert.equal(channel.announced()?.barrier.checkpoint, 2);
    assert.deepEqual(
      channel.beforeAnnounced().map(({ kind }) => kind),
      ['barrier', 'idle'],
    );
  });
});
