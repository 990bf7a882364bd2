import assert from 'node:assert/strict';
import { VirtualClock } from '../../src/common/virtual-clock.js';
import type { Alignment, CheckpointBarrier } from '../../src/job/checkpoint-barrier.js';
import { InputGate, type GateEvent } from '../../src/network/input-gate.js';
import { LocalChannel } from '../../src/network/local-channel.js';
import { StreamRecord } from '../../src/record/stream-record.js';

const SPLIT = { ingress: 'in', id: 'a' };
const record = (n: number): StreamRecord => new StreamRecord({ n }, n, 'in', SPLIT, n, undefined, undefined);
const numbers = (records: readonly unknown[]): number[] => records.map((r) => (r as StreamRecord).timestamp);

function push(channel: LocalChannel, ...ids: number[]): void {
  channel.push({ kind: 'frame', records: ids.map(record), keys: undefined });
}

function barrier(checkpoint: number, alignment: Alignment, timestamp = 0): CheckpointBarrier {
  return { checkpoint, timestamp, type: 'checkpoint', alignment, then: 'continue' };
}

const ALIGNED: Alignment = { mode: 'aligned' };
const UNALIGNED: Alignment = { mode: 'unaligned' };

function gateOf(count: number): { gate: InputGate; channels: LocalChannel[]; clock: VirtualClock } {
  const clock = new VirtualClock();
  const channels = Array.from({ length: count }, () => new LocalChannel());
  const gate = new InputGate(
    channels.map((channel, input) => ({ channel, input })),
    clock,
  );
  return { gate, channels, clock };
}

function describeEvent(event: GateEvent): string {
  switch (event.kind) {
    case 'frame':
      return `records ${numbers(event.frame.records).join(' ')}`;
    case 'watermark':
      return `watermark ${event.watermark}`;
    case 'barrier':
      return `barrier ${event.barrier.checkpoint}${event.overtakes ? ' overtakes' : ''} after ${event.alignmentMs} ms`;
    case 'captured':
      return `captured ${event.checkpoint}: ${event.inFlight
        .map(
          ({ channel, frames }) => `${channel}: ${frames.map(({ records }) => numbers(records).join(' ')).join(' ')}`,
        )
        .join(', ')}`;
    case 'barrier-aborted':
      return `aborted ${event.checkpoint}`;
    default:
      return event.kind;
  }
}

function drain(gate: InputGate): string[] {
  const seen: string[] = [];
  for (let event = gate.poll(); event !== undefined; event = gate.poll()) seen.push(describeEvent(event));
  return seen;
}

describe('an input gate', () => {
  it('takes from all channels in turn, aligns watermarks and ends with the last channel', () => {
    const { gate, channels } = gateOf(2);
    const [a, b] = channels as [LocalChannel, LocalChannel];
    push(a, 1);
    a.push({ kind: 'watermark', watermark: 10 });
    a.push({ kind: 'end' });
    push(b, 2);
    b.push({ kind: 'watermark', watermark: 5 });
    b.push({ kind: 'watermark', watermark: 20 });
    b.push({ kind: 'end' });
    assert.deepEqual(drain(gate), ['records 1', 'records 2', 'watermark 5', 'watermark 10', 'end']);
  });

  it('F40: passes idleness and its end on, each once', () => {
    const { gate, channels } = gateOf(2);
    const [a, b] = channels as [LocalChannel, LocalChannel];
    a.push({ kind: 'watermark', watermark: 10 });
    a.push({ kind: 'idle' });
    b.push({ kind: 'idle' });
    b.push({ kind: 'active' });
    b.push({ kind: 'idle' });
    assert.deepEqual(drain(gate), ['watermark 10', 'idle', 'active', 'idle']);
  });

  it('aligned: lets a channel wait behind its barrier until the others have come to theirs', () => {
    const { gate, channels, clock } = gateOf(2);
    const [a, b] = channels as [LocalChannel, LocalChannel];
    a.push({ kind: 'barrier', barrier: barrier(1, ALIGNED) });
    push(a, 2);
    push(b, 1);
    assert.deepEqual(drain(gate), ['records 1']);
    clock.advanceTo(7);
    b.push({ kind: 'barrier', barrier: barrier(1, ALIGNED) });
    assert.deepEqual(drain(gate), ['barrier 1 after 7 ms', 'records 2']);
  });

  it('none: does not wait, and tells the last barrier', () => {
    const { gate, channels } = gateOf(2);
    const [a, b] = channels as [LocalChannel, LocalChannel];
    a.push({ kind: 'barrier', barrier: barrier(1, { mode: 'none' }) });
    push(a, 2);
    assert.deepEqual(drain(gate), ['records 2']);
    b.push({ kind: 'barrier', barrier: barrier(1, { mode: 'none' }) });
    assert.deepEqual(drain(gate), ['barrier 1 after 0 ms']);
  });

  it('unaligned: tells the barrier before what it overtook, and then all that it overtook', () => {
    const { gate, channels } = gateOf(2);
    const [a, b] = channels as [LocalChannel, LocalChannel];
    push(a, 1);
    push(a, 2);
    a.announce(barrier(1, UNALIGNED));
    push(a, 3);
    push(b, 10);
    assert.deepEqual(drain(gate), [
      'barrier 1 overtakes after 0 ms',
      'records 1',
      'records 10',
      'records 2',
      'records 3',
    ]);
    push(b, 11);
    b.announce(barrier(1, UNALIGNED));
    push(b, 12);
    assert.deepEqual(drain(gate), ['captured 1: 0: 1 2, 1: 10 11', 'records 11', 'records 12']);
  });

  it('F62: turns an alignment that takes longer than its timeout, and sends the barrier on as an overtaking one', () => {
    const { gate, channels, clock } = gateOf(2);
    const [a, b] = channels as [LocalChannel, LocalChannel];
    const timely = barrier(1, { mode: 'aligned', timeoutMs: 100 }, 50);
    push(a, 1);
    push(b, 2);
    a.announce(timely);
    b.announce(timely);
    const first = gate.poll()!;
    assert.equal(describeEvent(first), 'records 1');
    assert.equal(gate.deadline, 150);
    clock.advanceTo(149);
    assert.equal(gate.pollCheckpoint(), undefined);
    clock.advanceTo(150);
    const turned = gate.pollCheckpoint();
    assert.ok(turned?.kind === 'barrier');
    assert.deepEqual(turned.barrier.alignment, UNALIGNED);
    assert.deepEqual(drain(gate), ['captured 1: 1: 2', 'records 2']);
    assert.equal(gate.deadline, undefined);
  });

  it('turns an alignment at once when a producer sends the barrier on as an overtaking one', () => {
    const { gate, channels } = gateOf(2);
    const [a, b] = channels as [LocalChannel, LocalChannel];
    a.announce(barrier(1, { mode: 'aligned', timeoutMs: 100 }));
    assert.deepEqual(drain(gate), []);
    push(b, 1);
    b.announce(barrier(1, UNALIGNED));
    assert.deepEqual(drain(gate), ['barrier 1 overtakes after 0 ms', 'captured 1: 1: 1', 'records 1']);
  });

  it('counts channels that have ended as aligned, before the barrier and while it waits', () => {
    const { gate, channels } = gateOf(3);
    const [a, b, c] = channels as [LocalChannel, LocalChannel, LocalChannel];
    b.push({ kind: 'end' });
    a.push({ kind: 'barrier', barrier: barrier(1, ALIGNED) });
    assert.deepEqual(drain(gate), []);
    c.push({ kind: 'end' });
    assert.deepEqual(drain(gate), ['barrier 1 after 0 ms']);
  });

  it('aborts an older alignment when a younger barrier comes, and ignores the older one from then on', () => {
    const { gate, channels } = gateOf(2);
    const [a, b] = channels as [LocalChannel, LocalChannel];
    a.push({ kind: 'barrier', barrier: barrier(1, ALIGNED) });
    push(a, 1);
    b.push({ kind: 'barrier', barrier: barrier(2, ALIGNED) });
    assert.deepEqual(drain(gate), ['aborted 1', 'records 1']);
    a.push({ kind: 'barrier', barrier: barrier(2, ALIGNED) });
    assert.deepEqual(drain(gate), ['barrier 2 after 0 ms']);
    b.push({ kind: 'barrier', barrier: barrier(1, ALIGNED) });
    push(b, 2);
    assert.deepEqual(drain(gate), ['records 2']);
  });

  it('lets channels go on when the checkpoint is aborted by mail, and never waits for a barrier that came after the mail', () => {
    const { gate, channels } = gateOf(2);
    const [a, b] = channels as [LocalChannel, LocalChannel];
    a.push({ kind: 'barrier', barrier: barrier(1, ALIGNED) });
    push(a, 1);
    assert.deepEqual(drain(gate), []);
    gate.abort(1);
    assert.deepEqual(drain(gate), ['records 1']);
    gate.abort(2);
    a.push({ kind: 'barrier', barrier: barrier(2, ALIGNED) });
    push(a, 2);
    push(b, 3);
    assert.deepEqual(drain(gate).sort(), ['records 2', 'records 3']);
  });

  it('gives restored frames before anything live, and counts them as in flight while they wait', () => {
    const { gate, channels } = gateOf(2);
    const [a, b] = channels as [LocalChannel, LocalChannel];
    gate.recover(1, [
      { kind: 'frame', records: [record(1)], keys: undefined },
      { kind: 'frame', records: [record(2)], keys: undefined },
    ]);
    push(a, 5);
    assert.equal(describeEvent(gate.poll()!), 'records 1');
    a.announce(barrier(1, UNALIGNED));
    b.announce(barrier(1, UNALIGNED));
    assert.deepEqual(drain(gate), [
      'barrier 1 overtakes after 0 ms',
      'captured 1: 0: 5, 1: 2',
      'records 2',
      'records 5',
    ]);
  });

  it('takes the rest of a frame back, with its keys, and counts it as in flight', () => {
    const { gate, channels } = gateOf(1);
    const [a] = channels as [LocalChannel];
    a.push({ kind: 'frame', records: [1, 2, 3].map(record), keys: ['x', 'y', 'z'] });
    push(a, 4);
    const event = gate.poll();
    assert.ok(event?.kind === 'frame');
    gate.giveBack(event, 1);
    a.announce(barrier(1, UNALIGNED));
    assert.equal(gate.pollCheckpoint()?.kind, 'barrier');
    const captured = gate.pollCheckpoint();
    assert.ok(captured?.kind === 'captured');
    assert.deepEqual(captured.inFlight[0]?.frames[0]?.keys, ['y', 'z']);
    assert.deepEqual(drain(gate), ['records 2 3', 'records 4']);
  });
});
