/** What every kind of channel promises, at both of its ends. */
import assert from 'node:assert/strict';
import type { CheckpointBarrier } from '../../src/job/checkpoint-barrier.js';
import type { InputChannel, OutputChannel } from '../../src/network/channel.js';
import { LocalChannel } from '../../src/network/local-channel.js';
import { StreamRecord } from '../../src/record/stream-record.js';
import { RemotePair } from '../exchange/remote-pair.js';
import { CreditWire } from './credit/credit-wire.js';
import { DelayedChannel } from './delayed-channel.js';
import { RingPair } from './ring/ring-pair.js';

interface Ends extends InputChannel, OutputChannel {
  /** Brings over what is under way. */
  settle(): void;
}

const KINDS: Readonly<Record<string, () => Ends>> = {
  'a local channel': () => Object.assign(new LocalChannel(), { settle: () => undefined }),
  'a credit channel': () => {
    const wire = new CreditWire();
    return Object.assign(wire, {
      settle: () => {
        while (!wire.isQuiet) wire.deliver(Infinity);
      },
    });
  },
  'a channel between two processes': () => {
    const pair = new RemotePair();
    return Object.assign(pair, {
      settle: () => {
        while (!pair.isQuiet) pair.deliver(Infinity);
      },
    });
  },
  'a ring': () => {
    const ring = new RingPair(1024);
    return Object.assign(ring, { settle: () => ring.output.flush() });
  },
  'the tests’ delayed channel': () => {
    const channel = new DelayedChannel();
    return Object.assign(channel, { settle: () => channel.deliver(Infinity) });
  },
};

const SPLIT = { ingress: 'in', id: 'a' };
const unaligned = (checkpoint: number): CheckpointBarrier => ({
  checkpoint,
  timestamp: 0,
  type: 'checkpoint',
  alignment: { mode: 'unaligned' },
  then: 'continue',
});

for (const [kind, make] of Object.entries(KINDS)) {
  describe(`the contract of channels, by ${kind}`, () => {
    it('gives elements of all kinds in the order in which they came', () => {
      const channel = make();
      const record = new StreamRecord({ n: 1 }, 1, 'in', SPLIT, 1, undefined, undefined);
      const elements = [
        { kind: 'frame', records: [record], keys: [7] },
        { kind: 'watermark', watermark: 5 },
        { kind: 'idle' },
        { kind: 'active' },
        { kind: 'barrier', barrier: unaligned(1) },
        { kind: 'end' },
      ] as const;
      for (const element of elements) channel.push(element);
      const got: unknown[] = [];
      for (let i = 0; i < elements.length; i++) {
        channel.settle();
        got.push(channel.poll());
      }
      assert.deepEqual(got, elements);
      assert.equal(channel.poll(), undefined);
    });

    it('is full when it gives no credit, and less so when all was taken', () => {
      const channel = make();
      const record = new StreamRecord({ text: 'x'.repeat(100) }, 1, 'in', SPLIT, 1, undefined, undefined);
      assert.ok(channel.usage() < 1);
      for (let pushed = 0; pushed < 1000 && channel.hasCredit(); pushed++)
        channel.push({ kind: 'frame', records: [record, record, record], keys: undefined });
      assert.equal(channel.usage() === 1, !channel.hasCredit());
      do channel.settle();
      while (channel.poll() !== undefined);
      channel.settle();
      assert.ok(channel.usage() < 1, `${channel.usage()} of it is in use`);
    });

    it('shows an announced barrier and what lies before it until its place is passed', () => {
      const channel = make();
      channel.push({ kind: 'watermark', watermark: 1 });
      channel.push({ kind: 'watermark', watermark: 2 });
      channel.announce(unaligned(1));
      channel.push({ kind: 'end' });
      channel.settle();
      assert.deepEqual(channel.announced(), { barrier: unaligned(1), arrived: true });
      assert.equal(channel.beforeAnnounced().length, 2);
      channel.poll();
      assert.deepEqual(channel.beforeAnnounced(), [{ kind: 'watermark', watermark: 2 }]);
      channel.poll();
      assert.deepEqual(channel.beforeAnnounced(), []);
      assert.equal(channel.announced()?.barrier.checkpoint, 1);
      assert.deepEqual(channel.poll(), { kind: 'barrier', barrier: unaligned(1) });
      assert.equal(channel.announced(), undefined);
    });

    it('shows the youngest of two announced barriers, with the older one before it', () => {
      const channel = make();
      channel.announce(unaligned(1));
      channel.push({ kind: 'idle' });
      channel.announce(unaligned(2));
      channel.settle();
      assert.equal(channel.announced()?.barrier.checkpoint, 2);
      assert.deepEqual(
        channel.beforeAnnounced().map((element) => element.kind),
        ['barrier', 'idle'],
      );
    });

    it('announces no barrier that only stands in band', () => {
      const channel = make();
      channel.push({ kind: 'barrier', barrier: unaligned(1) });
      channel.settle();
      assert.equal(channel.announced(), undefined);
    });
  });
}

for (const kind of ['a local channel', 'a credit channel', 'a channel between two processes', 'a ring'] as const) {
  describe(`the credit of ${kind}`, () => {
    it('ends while nobody polls, comes back as elements are polled, and is not got by an overtaking barrier', () => {
      const channel = KINDS[kind]!();
      let pushed = 0;
      for (; channel.hasCredit() && pushed < 10_000; pushed++) {
        channel.push({ kind: 'idle' });
        channel.settle();
      }
      assert.ok(pushed > 0 && pushed < 10_000);
      channel.announce(unaligned(1));
      channel.settle();
      channel.poll();
      channel.settle();
      assert.equal(channel.hasCredit(), false);
      while (channel.poll() !== undefined) channel.settle();
      channel.settle();
      assert.equal(channel.hasCredit(), true);
    });
  });
}
