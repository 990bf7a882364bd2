/**
 * Random interleavings of producers, deliveries, time, aborts and a task at its gate, against what a checkpoint means:
 * exactly the records before its barrier, in state or in flight.
 */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { VirtualClock } from '../../src/common/virtual-clock.js';
import type { Alignment, CheckpointBarrier } from '../../src/job/checkpoint-barrier.js';
import { InputGate } from '../../src/network/input-gate.js';
import { LocalChannel } from '../../src/network/local-channel.js';
import { RecordWriter } from '../../src/network/record-writer.js';
import { StreamRecord } from '../../src/record/stream-record.js';
import { RemotePair } from '../exchange/remote-pair.js';
import { CreditWire } from './credit/credit-wire.js';
import { DelayedChannel } from './delayed-channel.js';

type Action =
  | {
      readonly act: 'emit' | 'barrier' | 'turned-barrier' | 'deliver' | 'skip-barrier';
      readonly producer: number;
      readonly count: number;
    }
  | { readonly act: 'poll'; readonly times: number; readonly processed: number }
  | { readonly act: 'advance'; readonly ms: number }
  | { readonly act: 'abort'; readonly checkpoint: number };

const PRODUCERS = 4;
const producer = fc.nat(PRODUCERS - 1);
const count = fc.integer({ min: 1, max: 4 });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ act: fc.constant('emit' as const), producer, count }) },
  { weight: 5, arbitrary: fc.record({ act: fc.constant('barrier' as const), producer, count }) },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constantFrom('turned-barrier' as const, 'skip-barrier' as const), producer, count }),
  },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('deliver' as const), producer, count }) },
  { weight: 8, arbitrary: fc.record({ act: fc.constant('poll' as const), times: count, processed: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('advance' as const), ms: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constant('abort' as const), checkpoint: fc.integer({ min: 1, max: 6 }) }),
  },
);
const alignment: fc.Arbitrary<Alignment> = fc.constantFrom<Alignment>(
  { mode: 'none' },
  { mode: 'aligned' },
  { mode: 'aligned', timeoutMs: 50 },
  { mode: 'unaligned' },
);

/** The world and what must hold in it. */
class World {
  readonly clock = new VirtualClock();
  readonly channels = [new LocalChannel(), new DelayedChannel(), new CreditWire(), new RemotePair()];
  readonly writers = this.channels.map((channel) => new RecordWriter([channel], { kind: 'forward', subtask: 0 }));
  readonly gate = new InputGate(
    this.channels.map((channel, input) => ({ channel, input })),
    this.clock,
  );
  /** What each producer has sent: ids of records. */
  readonly sent: number[][] = this.channels.map(() => []);
  readonly processed: number[][] = this.channels.map(() => []);
  /** before[checkpoint][producer]: how many records were sent before the barrier. */
  readonly before = new Map<number, number[]>();
  readonly #triggered = new Map<number, number>();
  readonly sentBarriers: number[] = this.channels.map(() => 0);
  readonly snapshots = new Map<number, { readonly processed: number[][]; readonly overtakes: boolean }>();
  readonly complete = new Set<number>();
  readonly aborted = new Set<number>();
  #lastSnapshot = 0;

  constructor(readonly alignments: readonly Alignment[]) {
    for (let i = 0; i < PRODUCERS; i++) {
      const recovered = [i * 1000 + 900, i * 1000 + 901];
      this.gate.recover(i, [{ kind: 'frame', records: recovered.map((id) => recordOf(id)), keys: undefined }]);
      this.sent[i]!.push(...recovered);
    }
  }

  emit(from: number, many: number): void {
    for (let i = 0; i < many; i++) {
      const id = from * 1000 + this.sent[from]!.length;
      this.sent[from]!.push(id);
      this.writers[from]!.emit(recordOf(id));
    }
    if (many % 2 === 0) this.writers[from]!.flush();
  }

  barrier(from: number, turned: boolean): void {
    const checkpoint = ++this.sentBarriers[from]!;
    let alignment = this.alignments[checkpoint - 1];
    if (alignment === undefined) return;
    if (turned && alignment.mode === 'aligned' && alignment.timeoutMs !== undefined) alignment = { mode: 'unaligned' };
    const timestamp = this.#triggered.get(checkpoint) ?? this.clock.now();
    this.#triggered.set(checkpoint, timestamp);
    const barrier: CheckpointBarrier = { checkpoint, timestamp, type: 'checkpoint', alignment, then: 'continue' };
    let before = this.before.get(checkpoint);
    if (before === undefined) this.before.set(checkpoint, (before = []));
    before[from] = this.sent[from]!.length;
    this.writers[from]!.barrier(barrier);
  }

  /** @param most how many records of a frame the task processes before it has no credit */
  poll(most: number): boolean {
    const event = most === 0 ? this.gate.pollCheckpoint() : this.gate.poll();
    switch (event?.kind) {
      case undefined:
        return false;
      case 'frame': {
        const { records } = event.frame;
        for (const record of records.slice(0, most))
          this.processed[event.channel]!.push((record as StreamRecord).timestamp);
        this.gate.giveBack(event, Math.min(most, records.length));
        break;
      }
      case 'barrier': {
        const { checkpoint } = event.barrier;
        assert.ok(checkpoint > this.#lastSnapshot, 'checkpoints rise');
        assert.ok(!this.aborted.has(checkpoint), 'an aborted checkpoint is not taken');
        this.#lastSnapshot = checkpoint;
        const processed = this.processed.map((ids) => [...ids]);
        this.snapshots.set(checkpoint, { processed, overtakes: event.overtakes });
        if (!event.overtakes) this.#checkBarrier(checkpoint, processed);
        break;
      }
      case 'captured': {
        const snapshot = this.snapshots.get(event.checkpoint)!;
        assert.ok(snapshot.overtakes && !this.aborted.has(event.checkpoint));
        const whole = snapshot.processed.map((ids, channel) => [
          ...ids,
          ...(event.inFlight.find((part) => part.channel === channel)?.frames ?? []).flatMap(({ records }) =>
            records.map((record) => (record as StreamRecord).timestamp),
          ),
        ]);
        assert.deepEqual(whole, this.#recordsBefore(event.checkpoint), 'state and in-flight records');
        this.complete.add(event.checkpoint);
        break;
      }
      case 'barrier-aborted':
        assert.ok(!this.complete.has(event.checkpoint));
        this.aborted.add(event.checkpoint);
    }
    return true;
  }

  #checkBarrier(checkpoint: number, processed: readonly number[][]): void {
    const before = this.#recordsBefore(checkpoint);
    if (this.alignments[checkpoint - 1]!.mode === 'none') {
      before.forEach((ids, channel) => assert.deepEqual(processed[channel]!.slice(0, ids.length), ids));
    } else {
      assert.deepEqual(processed, before, 'state of an aligned snapshot');
    }
    this.complete.add(checkpoint);
  }

  #recordsBefore(checkpoint: number): number[][] {
    return this.sent.map((ids, channel) => ids.slice(0, this.before.get(checkpoint)![channel]));
  }

  act(action: Action): void {
    switch (action.act) {
      case 'emit':
        return this.emit(action.producer, action.count);
      case 'barrier':
        return this.barrier(action.producer, false);
      case 'turned-barrier':
        return this.barrier(action.producer, true);
      case 'skip-barrier':
        this.sentBarriers[action.producer]!++;
        return;
      case 'deliver': {
        const channel = this.channels[action.producer]!;
        if (!(channel instanceof LocalChannel)) channel.deliver(action.count);
        return;
      }
      case 'poll':
        for (let i = 0; i < action.times; i++) this.poll(action.processed);
        return;
      case 'advance':
        return this.clock.advanceTo(this.clock.now() + action.ms);
      case 'abort':
        this.aborted.add(action.checkpoint);
        this.gate.abort(action.checkpoint);
    }
  }

  /** Everything is sent, delivered and processed, with one more barrier from everybody. */
  settle(last: number): void {
    this.sentBarriers.forEach((_, from) => {
      this.sentBarriers[from] = last - 1;
      this.barrier(from, false);
      this.emit(from, 2);
    });
    do {
      for (const channel of this.channels) if (!(channel instanceof LocalChannel)) channel.deliver(Infinity);
    } while (this.poll(Infinity) || this.channels.some((channel) => 'isQuiet' in channel && !channel.isQuiet));
  }
}

const recordOf = (id: number): StreamRecord =>
  new StreamRecord({}, id, 'in', { ingress: 'in', id: 'a' }, id, undefined, undefined);

describe('alignment, over random interleavings', () => {
  it('puts exactly the records before the barrier into a checkpoint, loses none, doubles none and keeps their order', function () {
    this.timeout(30_000);
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 80 }),
        fc.array(alignment, { minLength: 6, maxLength: 6 }),
        (actions, alignments) => {
          const world = new World([...alignments, { mode: 'aligned' }]);
          for (const action of actions) world.act(action);
          const last = alignments.length + 1;
          world.settle(last);
          assert.deepEqual(world.processed, world.sent, 'every record is processed once, in order');
          assert.ok(world.complete.has(last), 'a barrier that comes from all channels completes');
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('does so in worlds in which all kinds of checkpoints complete', function () {
    this.timeout(30_000);
    const seen = new Set<string>();
    const worlds = fc.sample(
      fc.tuple(
        fc.array(action, { minLength: 90, maxLength: 120 }),
        fc.array(alignment, { minLength: 6, maxLength: 6 }),
      ),
      { numRuns: 300, seed: 1 },
    );
    for (const [actions, alignments] of worlds) {
      const world = new World(alignments);
      for (const action of actions) world.act(action);
      for (const checkpoint of world.complete) {
        const { mode, ...more } = alignments[checkpoint - 1]!;
        const timely = 'timeoutMs' in more ? ' with timeout' : '';
        seen.add(`${mode}${timely}${world.snapshots.get(checkpoint)!.overtakes ? ', overtaking' : ''}`);
      }
    }
    assert.deepEqual([...seen].sort(), [
      'aligned',
      'aligned with timeout',
      'aligned with timeout, overtaking',
      'none',
      'unaligned, overtaking',
    ]);
  });
});
