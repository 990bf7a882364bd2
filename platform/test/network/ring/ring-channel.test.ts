import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { RingMemory } from '../../../src/network/ring/ring-memory.js';
import { frameOf, labelOf, NumberedExchange } from '../numbered-exchange.js';
import { RingPair } from './ring-pair.js';

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

class RingExchange extends NumberedExchange<RingPair> {
  act(action: Action): void {
    switch (action.act) {
      case 'step':
        return this.step(action.bytes);
      case 'announce':
        return this.announce();
      case 'flush':
        return void this.ends.flush();
      case 'look':
        return void this.look();
      case 'poll':
        for (let i = 0; i < action.count; i++) this.poll();
    }
  }
}

describe('a ring', () => {
  it('brings every element over once and in order, over its end and in parts, and none stays behind', function () {
    this.timeout(30_000);
    fc.assert(
      fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
        const exchange = new RingExchange(new RingPair(256));
        for (const action of actions) exchange.act(action);
        assert.deepEqual(exchange.got, exchange.sent.slice(0, exchange.got.length));
        let quiet = 0;
        for (; quiet < 50; quiet++) {
          exchange.ends.flush();
          if (exchange.poll()) quiet = 0;
        }
        assert.deepEqual(exchange.got, exchange.sent);
        assert.equal(exchange.ends.hasCredit(), true);
      }),
      { numRuns: 300 },
    );
  });

  it('lets all that a barrier overtakes come to the consumer while nothing is polled', () => {
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 20 }), (sizes) => {
        const exchange = new RingExchange(new RingPair(256));
        exchange.act({ act: 'step', bytes: sizes });
        exchange.act({ act: 'announce' });
        let turns = 0;
        for (; !exchange.look() && turns < 1000; turns++) {
          const rung = exchange.ends.producerRung;
          exchange.ends.flush();
          exchange.look();
          if (exchange.ends.producerRung === rung) break;
        }
        assert.equal(exchange.look(), true, 'the producer is rung as long as there is more to come');
        assert.equal(exchange.ends.announced()?.arrived, true);
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
