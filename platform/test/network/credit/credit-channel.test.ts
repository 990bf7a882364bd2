import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ChannelError, type ChannelProblem } from '../../../src/network/channel-error.js';
import { CreditPool } from '../../../src/network/credit/credit-pool.js';
import { FRAME_BYTES, writePacket } from '../../../src/network/credit/packet.js';
import type { StreamElement } from '../../../src/network/element.js';
import { barrierOf, frameOf, labelOf, NumberedExchange, recordOf } from '../numbered-exchange.js';
import { ATTEMPT, CreditWire } from './credit-wire.js';

type Action =
  | { readonly act: 'step'; readonly bytes: readonly number[] }
  | { readonly act: 'announce' }
  | { readonly act: 'data' | 'announcements' | 'credit' | 'poll'; readonly count: number };

const size = fc.oneof(
  { weight: 5, arbitrary: fc.nat(50) },
  fc.constantFrom(FRAME_BYTES, 3 * FRAME_BYTES, 9 * FRAME_BYTES),
);
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ act: fc.constant('step' as const), bytes: fc.array(size, { minLength: 1, maxLength: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('announce' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      act: fc.constantFrom('data' as const, 'announcements' as const, 'credit' as const, 'poll' as const),
      count: fc.integer({ min: 1, max: 6 }),
    }),
  },
);

class CreditExchange extends NumberedExchange<CreditWire> {
  act(action: Action): void {
    const { ends } = this;
    switch (action.act) {
      case 'step':
        return this.step(action.bytes);
      case 'announce':
        return this.announce();
      case 'poll':
        for (let i = 0; i < action.count; i++) this.poll();
        return;
      case 'credit':
        for (const packet of ends.credit.splice(0, action.count)) ends.output.receive(packet);
        return;
      default:
        for (const packet of ends[action.act].splice(0, action.count)) ends.input.receive(packet);
    }
    this.look();
  }

  settle(): void {
    do {
      this.ends.deliver(Infinity);
      this.look();
      for (let i = 0; i < 100; i++) this.poll();
    } while (!this.ends.isQuiet);
  }
}

function problemOf(act: () => void): ChannelProblem | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof ChannelError) return error.problem;
    throw error;
  }
}

describe('a credit channel', () => {
  it('brings every element over once and in order, whatever is delayed, and none stays behind', function () {
    this.timeout(30_000);
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const exchange = new CreditExchange(new CreditWire());
        for (const action of actions) exchange.act(action);
        assert.deepEqual(exchange.got, exchange.sent.slice(0, exchange.got.length));
        exchange.settle();
        assert.deepEqual(exchange.got, exchange.sent);
        assert.equal(exchange.ends.hasCredit(), true, 'all credit comes back');
        exchange.ends.input.close();
        assert.equal(exchange.ends.pool.available, exchange.ends.pool.size);
      }),
      { numRuns: 150 },
    );
  });

  it('lets all that a barrier overtakes come to the consumer without credit, and none that comes behind it', () => {
    const wire = new CreditWire();
    for (let id = 0; id < 20; id++) wire.push(frameOf(id, 10));
    wire.deliver(Infinity);
    assert.equal(wire.announced(), undefined);
    wire.announce(barrierOf(1));
    wire.push(frameOf(99, 10));
    wire.deliver(Infinity);
    assert.equal(wire.announced()?.arrived, true);
    assert.equal(wire.beforeAnnounced().length, 20);
    const labels: string[] = [];
    for (let element = wire.poll(); element !== undefined; element = wire.poll()) labels.push(labelOf(element));
    assert.equal(labels.at(-1), 'barrier 1');
    wire.deliver(Infinity);
    wire.deliver(Infinity);
    assert.equal(labelOf(wire.poll()!), '99');
  });

  it('shows a barrier before what it overtakes has come', () => {
    const wire = new CreditWire();
    wire.push(frameOf(1, 10));
    wire.announce(barrierOf(1));
    for (const packet of wire.announcements) wire.input.receive(packet);
    assert.deepEqual(wire.announced(), { barrier: barrierOf(1), arrived: false });
  });

  it('takes no notice of an announcement that comes when its barrier has been polled', () => {
    const wire = new CreditWire();
    wire.announce(barrierOf(1));
    wire.push(frameOf(1, 10));
    for (const packet of wire.data) wire.input.receive(packet);
    assert.equal(labelOf(wire.poll()!), 'barrier 1');
    for (const packet of wire.announcements) wire.input.receive(packet);
    assert.equal(wire.announced(), undefined);
  });

  it('divides a frame of many large records, and passes one large record over many frames', () => {
    const wire = new CreditWire();
    const records = Array.from({ length: 8 }, (_, id) => recordOf(id, 400_000));
    wire.push({ kind: 'frame', records, keys: records.map((_, id) => id) });
    const got: StreamElement[] = [];
    for (let round = 0; round < 200; round++) {
      wire.deliver(Infinity);
      for (let element = wire.poll(); element !== undefined; element = wire.poll()) got.push(element);
    }
    assert.ok(got.length > 1);
    assert.deepEqual(
      got.flatMap((element) => (element.kind === 'frame' ? element.records : [])),
      records,
    );
    assert.deepEqual(
      got.flatMap((element) => (element.kind === 'frame' ? element.keys : [])),
      [0, 1, 2, 3, 4, 5, 6, 7],
    );
  });

  it('refuses a record that is larger than the channel takes, at the producer', () => {
    const wire = new CreditWire();
    assert.equal(
      problemOf(() => wire.push(frameOf(1, 5_000_000))),
      'too-large',
    );
  });

  it('lends the pool to channels that are starved, and gives waiting channels what another gives back', () => {
    const pool = new CreditPool(2);
    const [busy, late] = [new CreditWire(pool), new CreditWire(pool)];
    for (let id = 0; id < 4; id++) {
      busy.push(frameOf(id, 1));
      busy.deliver(Infinity);
    }
    assert.equal(pool.available, 0);
    for (let id = 0; id < 3; id++) {
      late.push(frameOf(id, 1));
      late.deliver(Infinity);
    }
    assert.equal(late.hasCredit(), false);
    assert.equal(late.data.length, 0);
    for (let i = 0; i < 4; i++) busy.poll();
    late.deliver(Infinity);
    assert.equal(late.data.length, 1);
  });

  type Harm = (packets: Uint8Array[], at: number) => void;
  const harms: [row: string, what: string, problems: readonly ChannelProblem[], harm: Harm][] = [
    ['F25', 'a repeated frame', ['sequence'], (packets, at) => packets.splice(at, 0, packets[at]!)],
    ['F25', 'a missing frame', ['sequence'], (packets, at) => packets.splice(at, 1)],
    [
      'F25',
      'two frames that changed places',
      ['sequence'],
      (packets, at) => packets.splice(at, 2, packets[at + 1]!, packets[at]!),
    ],
    [
      'F24',
      'a frame cut short',
      ['malformed', 'attempt'],
      (packets, at) => (packets[at] = packets[at]!.subarray(0, -7)),
    ],
  ];
  for (const [row, what, problems, harm] of harms) {
    it(`${row}: fails on ${what}, and gives nothing that was not sent`, () => {
      fc.assert(
        fc.property(fc.nat(17), (at) => {
          const wire = new CreditWire();
          for (let id = 0; id < 20; id++) wire.push(frameOf(id, 10));
          wire.announce(barrierOf(1));
          harm(wire.data, at);
          const problem = problemOf(() => wire.deliver(Infinity));
          assert.ok(problem !== undefined && problems.includes(problem), String(problem));
          assert.equal(
            problemOf(() => wire.input.receive(wire.announcements[0] ?? Buffer.of())),
            problem,
            'for good',
          );
          assert.equal(wire.poll(), undefined);
        }),
      );
    });
  }

  it('F24: fails on a frame that is cut at any byte', () => {
    const wire = new CreditWire();
    wire.push(frameOf(1, 10));
    const [packet] = wire.data as [Uint8Array];
    for (let end = 0; end < packet.length; end++) {
      const fresh = new CreditWire();
      assert.ok(problemOf(() => fresh.input.receive(packet.subarray(0, end))) !== undefined);
      assert.equal(fresh.poll(), undefined);
    }
  });

  it('fails on a frame beyond its credit', () => {
    const wire = new CreditWire();
    const payload = Buffer.of(3);
    const send = (sequence: number): boolean =>
      wire.input.receive(
        writePacket({ kind: 'data', sequence, isLast: true, isForced: false, isStarved: false, payload }, ATTEMPT),
      );
    send(0);
    send(1);
    assert.equal(
      problemOf(() => send(2)),
      'credit',
    );
  });

  it('ignores packets of an older attempt, and fails on those of a younger one', () => {
    const wire = new CreditWire();
    const packet = {
      kind: 'data',
      sequence: 0,
      isLast: true,
      isForced: false,
      isStarved: false,
      payload: Buffer.of(3),
    } as const;
    wire.input.receive(writePacket(packet, ATTEMPT - 1));
    assert.equal(wire.poll(), undefined);
    assert.equal(
      problemOf(() => wire.input.receive(writePacket(packet, ATTEMPT + 1))),
      'attempt',
    );
  });

  it('takes credit that comes twice or late for what it is', () => {
    const wire = new CreditWire();
    const grant = (limit: number): boolean => wire.output.receive(writePacket({ kind: 'credit', limit }, ATTEMPT));
    for (let id = 0; id < 6; id++) wire.push(frameOf(id, 1));
    grant(4);
    grant(3);
    grant(4);
    assert.equal(wire.data.length, 4);
  });
});
