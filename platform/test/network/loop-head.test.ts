import assert from 'node:assert/strict';
import { VirtualClock } from '../../src/common/virtual-clock.js';
import type { Alignment, CheckpointBarrier } from '../../src/job/checkpoint-barrier.js';
import { InputGate, type GateEvent } from '../../src/network/input-gate.js';
import { LocalChannel } from '../../src/network/local-channel.js';
import { StreamRecord } from '../../src/record/stream-record.js';
import { MAX_WATERMARK } from '../../src/time/watermark.js';

const record = (n: number): StreamRecord =>
  new StreamRecord({}, n, 'in', { ingress: 'in', id: 'a' }, n, undefined, undefined);
const frame = (...ids: number[]) => ({ kind: 'frame', records: ids.map(record), keys: undefined }) as const;
const numbers = (records: readonly unknown[]): string =>
  records.map((one) => (one as StreamRecord).timestamp).join(' ');

const ALIGNED: Alignment = { mode: 'aligned' };

function barrier(
  checkpoint: number,
  alignment: Alignment,
  then: CheckpointBarrier['then'] = 'continue',
): CheckpointBarrier {
  return { checkpoint, timestamp: 0, type: 'checkpoint', alignment, then };
}

/** A gate with two forward channels and one that closes a loop. */
function head() {
  const [a, b, loop] = [new LocalChannel(), new LocalChannel(), new LocalChannel()] as const;
  const gate = new InputGate(
    [
      { channel: a, input: 0 },
      { channel: b, input: 0 },
      { channel: loop, input: 1, feedback: true },
    ],
    new VirtualClock(),
  );
  return { gate, a, b, loop };
}

function describeEvent(event: GateEvent): string {
  switch (event.kind) {
    case 'frame':
      return `records ${numbers(event.frame.records)}`;
    case 'watermark':
      return `watermark ${event.watermark}`;
    case 'barrier':
      return `barrier ${event.barrier.checkpoint}${event.endsTime ? ', time ends' : ''}`;
    case 'captured':
      return `captured: ${event.inFlight
        .map(({ channel, frames }) => `${channel}: ${frames.map(({ records }) => numbers(records)).join(' ')}`)
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

describe('the gate of a loop’s head', () => {
  const alignments: [Alignment, taken: string[]][] = [
    [{ mode: 'none' }, ['records 1', 'records 2']],
    [ALIGNED, ['records 1', 'records 2']],
  ];
  for (const [alignment, taken] of alignments) {
    it(`${alignment.mode}: takes its snapshot with the forward barriers, and captures what comes round until its own comes back`, () => {
      const { gate, a, b, loop } = head();
      a.push(frame(1));
      a.push({ kind: 'barrier', barrier: barrier(1, alignment) });
      loop.push(frame(2));
      assert.deepEqual(drain(gate).sort(), taken);
      b.push({ kind: 'barrier', barrier: barrier(1, alignment) });
      assert.deepEqual(drain(gate), ['barrier 1']);
      loop.push(frame(3));
      assert.deepEqual(drain(gate), ['records 3']);
      loop.push(frame(4));
      loop.announce(barrier(1, alignment));
      loop.push(frame(5));
      assert.deepEqual(drain(gate), ['captured: 2: 3 4', 'records 4', 'records 5']);
    });
  }

  it('unaligned: captures what was overtaken in every channel', () => {
    const { gate, a, b, loop } = head();
    const unaligned = barrier(1, { mode: 'unaligned' });
    loop.push(frame(1));
    a.push(frame(2));
    a.announce(unaligned);
    b.announce(unaligned);
    loop.push(frame(3));
    assert.equal(describeEvent(gate.poll()!), 'barrier 1');
    loop.announce(unaligned);
    loop.push(frame(4));
    assert.deepEqual(drain(gate), ['captured: 0: 2, 2: 1 3', 'records 1', 'records 3', 'records 4', 'records 2']);
  });

  it('captures all that waits when it has no credit to process any of it', () => {
    const { gate, a, b, loop } = head();
    for (const channel of [a, b]) channel.push({ kind: 'barrier', barrier: barrier(1, ALIGNED) });
    assert.deepEqual(drain(gate), ['barrier 1']);
    loop.push(frame(1));
    loop.announce(barrier(1, ALIGNED));
    assert.equal(describeEvent(gate.pollCheckpoint()!), 'captured: 2: 1');
  });

  it('lets what comes behind a barrier wait that came round before its own snapshot', () => {
    const { gate, a, b, loop } = head();
    loop.push(frame(1));
    loop.announce(barrier(1, ALIGNED));
    loop.push(frame(2));
    a.push(frame(3));
    assert.deepEqual(drain(gate), ['records 1', 'records 3']);
    for (const channel of [a, b]) channel.push({ kind: 'barrier', barrier: barrier(1, ALIGNED) });
    assert.deepEqual(drain(gate), ['barrier 1', 'records 2'], 'nothing was in flight: the snapshot is whole');
  });

  it('captures nothing more of a checkpoint that was given up', () => {
    const { gate, a, b, loop } = head();
    for (const channel of [a, b]) channel.push({ kind: 'barrier', barrier: barrier(1, ALIGNED) });
    assert.deepEqual(drain(gate), ['barrier 1']);
    gate.abort(1);
    loop.push(frame(1));
    loop.announce(barrier(1, ALIGNED));
    assert.deepEqual(drain(gate), ['records 1']);
    for (const channel of [a, b]) channel.push({ kind: 'barrier', barrier: barrier(2, ALIGNED) });
    loop.announce(barrier(2, ALIGNED));
    assert.deepEqual(drain(gate), ['barrier 2']);
  });

  it('has the time and the end of its forward channels, whatever goes round', () => {
    const { gate, a, b, loop } = head();
    a.push({ kind: 'watermark', watermark: 5 });
    b.push({ kind: 'idle' });
    assert.deepEqual(drain(gate), ['watermark 5']);
    a.push({ kind: 'idle' });
    assert.deepEqual(drain(gate), ['idle']);
    for (const channel of [a, b]) channel.push({ kind: 'end' });
    loop.push(frame(1));
    assert.deepEqual(drain(gate), ['records 1', 'end']);
  });

  it('keeps the end of time back until a barrier brings it, which may come again', () => {
    const { gate, a, b, loop } = head();
    for (const channel of [a, b]) channel.push({ kind: 'watermark', watermark: MAX_WATERMARK });
    loop.push(frame(1));
    assert.deepEqual(drain(gate), ['records 1']);
    const rounds: [checkpoint: number, then: CheckpointBarrier['then'], told: string][] = [
      [1, 'continue', 'barrier 1'],
      [2, 'drain', 'barrier 2, time ends'],
      [3, 'drain', 'barrier 3'],
    ];
    for (const [checkpoint, then, told] of rounds) {
      for (const channel of [a, b]) channel.push({ kind: 'barrier', barrier: barrier(checkpoint, ALIGNED, then) });
      loop.announce(barrier(checkpoint, ALIGNED, then));
      assert.deepEqual(drain(gate), [told]);
    }
  });
});
