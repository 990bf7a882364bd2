import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { CheckpointBarrier } from '../../../src/job/checkpoint-barrier.js';
import { RingMemory } from '../../../src/network/ring/ring-memory.js';
import type { StreamElement } from '../../../src/network/element.js';
import { StreamRecord } from '../../../src/record/stream-record.js';
import { RingPair } from './ring-pair.js';

const SPLIT = { ingress: 'in', id: 'a' };

function frameOf(id: number, bytes: number): StreamElement {
  const record = new StreamRecord({ text: 'x'.repeat(bytes) }, id, 'in', SPLIT, id, undefined, undefined);
  return { kind: 'frame', records: [record], keys: undefined };
}

const barrierOf = (checkpoint: number): CheckpointBarrier => ({
  checkpoint,
  timestamp: 0,
  type: 'checkpoint',
  alignment: { mode: 'unaligned' },
  then: 'continue',
});

function labelOf(element: StreamElement): string {
  if (element.kind === 'frame') return element.records.map((record) => (record as StreamRecord).timestamp).join(' ');
  return element.kind === 'barrier' ? `barrier ${element.barrier.checkpoint}` : element.kind;
}

type Action =
  | { readonly act: 'step'; readonly bytes: readonly number[] }
  | { readonly act: 'announce' | 'flush' | 'look' }
  | { readonly act: 'poll'; readonly count: number };

const size = fc.oneof({ weight: 5, arbitrary: fc.nat(60) }, fc.constantFrom(200, 255, 256, 257, 1000, 5000));
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ act: fc.constant('step' as const), bytes: fc.array(size, { minLength: 1, maxLength: 4 }) }),
  },
  { weight: 3, arbitrary: fc.record({ act: fc.constantFrom('announce' as const, 'flush' as const, 'look' as const) }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('poll' as const), count: fc.integer({ min: 1, max: 6 }) }) },
);

class Exchange {
  readonly ring = new RingPair(256);
  readonly sent: string[] = [];
  readonly got: string[] = [];
  #ids = 0;
  #checkpoints = 0;

  act(action: Action): void {
    const { ring } = this;
    switch (action.act) {
      case 'step':
        if (!ring.hasCredit()) return;
        for (const bytes of action.bytes) {
          this.sent.push(String(this.#ids));
          ring.push(frameOf(this.#ids++, bytes));
        }
        return;
      case 'announce':
        this.sent.push(`barrier ${++this.#checkpoints}`);
        return ring.announce(barrierOf(this.#checkpoints));
      case 'flush':
        ring.flush();
        return;
      case 'look':
        return void this.look();
      case 'poll':
        for (let i = 0; i < action.count; i++) this.poll();
    }
  }

  poll(): boolean {
    const element = this.ring.poll();
    if (element !== undefined) this.got.push(labelOf(element));
    return element !== undefined;
  }

  /** @returns whether all that was overtaken is there */
  look(): boolean {
    const announced = this.ring.announced();
    if (announced?.arrived !== true) return announced === undefined;
    const place = this.sent.indexOf(`barrier ${announced.barrier.checkpoint}`);
    assert.deepEqual(this.ring.beforeAnnounced().map(labelOf), this.sent.slice(this.got.length, place));
    return true;
  }
}

describe('a ring', () => {
  it('brings every element over once and in order, over its end and in parts, and none stays behind', function () {
    this.timeout(30_000);
    fc.assert(
      fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
        const exchange = new Exchange();
        for (const action of actions) exchange.act(action);
        assert.deepEqual(exchange.got, exchange.sent.slice(0, exchange.got.length));
        let quiet = 0;
        for (; quiet < 50; quiet++) {
          exchange.ring.flush();
          if (exchange.poll()) quiet = 0;
        }
        assert.deepEqual(exchange.got, exchange.sent);
        assert.equal(exchange.ring.hasCredit(), true);
      }),
      { numRuns: 300 },
    );
  });

  it('lets all that a barrier overtakes come to the consumer while nothing is polled', () => {
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 20 }), (sizes) => {
        const exchange = new Exchange();
        exchange.act({ act: 'step', bytes: sizes });
        exchange.act({ act: 'announce' });
        let turns = 0;
        for (; !exchange.look() && turns < 1000; turns++) {
          const rung = exchange.ring.producerRung;
          exchange.ring.flush();
          exchange.look();
          if (exchange.ring.producerRung === rung) break;
        }
        assert.equal(exchange.look(), true, 'the producer is rung as long as there is more to come');
        assert.equal(exchange.ring.announced()?.arrived, true);
      }),
    );
  });

  it('rings a consumer that waits once, and not one that is busy', () => {
    const ring = new RingPair(4096);
    ring.push(frameOf(1, 10));
    ring.flush();
    assert.equal(ring.consumerRung, 0);
    ring.poll();
    assert.equal(ring.poll(), undefined);
    ring.push(frameOf(2, 10));
    ring.push(frameOf(3, 10));
    ring.flush();
    ring.push(frameOf(4, 10));
    ring.flush();
    assert.equal(ring.consumerRung, 1);
  });

  it('rings a producer that waits for credit when much of it is back, once', () => {
    const ring = new RingPair(4096);
    let pushed = 0;
    for (; ring.hasCredit(); pushed++) ring.push(frameOf(pushed, 10));
    assert.equal(ring.producerRung, 0);
    ring.poll();
    assert.equal(ring.producerRung, 0);
    while (ring.poll() !== undefined);
    assert.equal(ring.producerRung, 1);
    assert.equal(ring.hasCredit(), true);
  });

  it('shows nothing before a flush, unless a quarter of it is filled', () => {
    const ring = new RingPair(2 ** 18);
    ring.push(frameOf(1, 10));
    assert.equal(ring.poll(), undefined);
    ring.push(frameOf(2, 50_000));
    assert.equal(ring.poll(), undefined);
    ring.push(frameOf(3, 20_000));
    assert.equal(labelOf(ring.poll()!), '1');
  });

  it('belongs to one attempt', () => {
    const buffer = RingMemory.allocate(4);
    assert.throws(() => new RingMemory(buffer, 5), /one attempt/);
  });
});
