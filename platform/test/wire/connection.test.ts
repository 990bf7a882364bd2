import assert from 'node:assert/strict';
import fc from 'fast-check';
import { VirtualClock } from '../../src/common/virtual-clock.js';
import { Connection, type ConnectionOptions } from '../../src/wire/connection.js';
import { FrameWriter, HEADER, HEADER_BYTES } from '../../src/wire/frame-writer.js';
import { PROTOCOL, type Hello } from '../../src/wire/hello.js';
import type { WireError } from '../../src/wire/wire-error.js';

const KEEP_ALIVE_MS = 100;
const SILENCE_MS = 350;

function hello(fields: Partial<Hello> = {}): Hello {
  return { protocol: PROTOCOL, version: '1.2.3', cluster: 'test', role: 'worker', name: 'w1', ...fields };
}

/** Its timers may come late, as those of a process that was stopped or at one long step. */
class StandingClock extends VirtualClock {
  #lateMs = 0;

  override monotonic(): number {
    return super.monotonic() + this.#lateMs;
  }

  standStill(ms: number): void {
    this.#lateMs += ms;
    this.advanceTo(this.now() + KEEP_ALIVE_MS);
  }
}

/** One side, with a record of what it was told; what it writes lies in `sent`. */
class Side {
  readonly sent: Buffer[] = [];
  readonly received: string[] = [];
  peer: Hello | undefined;
  closed: { readonly error: WireError | undefined } | undefined;
  /** How often its host was asked whether the other side is there. */
  doubts = 0;
  readonly connection: Connection;

  constructor(clock: VirtualClock, own: Hello, options: Partial<ConnectionOptions> = {}, isAsked = false) {
    this.connection = new Connection(
      {
        ...{ own, roles: ['worker', 'coordinator'], payloadBytesMax: 1000 },
        ...{ keepAliveMs: KEEP_ALIVE_MS, silenceMs: SILENCE_MS },
        ...options,
      },
      clock,
      {
        write: (header, payload) => this.sent.push(header, Buffer.from(payload)),
        opened: (peer) => (this.peer = peer),
        received: (payload) => this.received.push(payload.toString('latin1')),
        ...(isAsked ? { doubted: () => void this.doubts++ } : {}),
        closed: (error) => {
          assert.equal(this.closed, undefined, 'it is told once');
          this.closed = { error };
        },
      },
      undefined,
    );
    this.connection.start();
  }
}

function carry(from: Side, to: Side): void {
  for (const bytes of from.sent.splice(0)) to.connection.read(bytes);
}

function pair(
  own = hello(),
  peer = hello({ name: 'c1', role: 'coordinator' }),
  clock = new VirtualClock(),
  isAsked = false,
): { clock: VirtualClock; a: Side; b: Side } {
  const a = new Side(clock, own, {}, isAsked);
  const b = new Side(clock, peer);
  carry(a, b);
  carry(b, a);
  return { clock, a, b };
}

describe('a connection between processes', () => {
  it('opens when both have said who they are, and carries payloads both ways, in whatever pieces', () => {
    const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 20 }), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(texts, texts, fc.integer({ min: 1, max: 40 }), (ofA, ofB, size) => {
        const { a, b } = pair();
        assert.equal(a.peer?.name, 'c1');
        assert.equal(b.peer?.name, 'w1');
        for (const text of ofA) a.connection.send(Buffer.from(text));
        for (const text of ofB) b.connection.send(Buffer.from(text));
        for (const [from, to] of [
          [a, b],
          [b, a],
        ] as const) {
          const stream = Buffer.concat(from.sent.splice(0));
          for (let at = 0; at < stream.length; at += size) to.connection.read(stream.subarray(at, at + size));
        }
        assert.deepEqual(b.received, ofA);
        assert.deepEqual(a.received, ofB);
      }),
    );
  });

  const strangers: [string, Partial<Hello>, RegExp][] = [
    ['another cluster', { cluster: 'prod' }, /worker w2 is of cluster "prod", and this is "test"|is of cluster "test"/],
    [
      'another protocol',
      { protocol: 7, version: '9.0.0' },
      /speaks protocol \d \(version [\d.]+\).*run the same version/,
    ],
    ['a role that has no business here', { role: 'slot' }, /slot w2 is none of: worker, coordinator/],
  ];
  for (const [what, fields, message] of strangers)
    it(`is refused to ${what}, by a side that says why (F91, F96)`, () => {
      const { a, b } = pair(hello(), hello({ name: 'w2', ...fields }));
      assert.equal(a.connection.state, 'closed');
      assert.equal(a.peer, undefined);
      assert.equal(a.closed?.error?.problem, 'refused');
      assert.match(a.closed?.error?.message ?? '', message);
      if (fields.role === undefined) assert.match(b.closed?.error?.message ?? '', message);
      a.connection.send(Buffer.from('x'));
      assert.deepEqual(b.received, []);
    });

  it('takes no more than a short hello of somebody unknown (F93)', () => {
    const clock = new VirtualClock();
    const side = new Side(clock, hello());
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32BE(8192, HEADER.length);
    side.connection.read(header);
    assert.match(side.closed?.error?.message ?? '', /a frame of 8192 bytes begins; 4096 are the most/);
  });

  for (const [what, payload] of [
    ['no JSON', 'tidegate {'],
    ['no object', 'tidegate null'],
    ['no name', 'tidegate {"protocol":1,"version":"","cluster":"test","role":"worker"}'],
    ['another service', '{"protocol":1}'],
  ] as const)
    it(`closes when the hello is ${what} (F92)`, () => {
      const clock = new VirtualClock();
      const side = new Side(clock, hello());
      const bytes = Buffer.from(payload);
      side.connection.read(Buffer.concat([new FrameWriter().header(bytes, 0), bytes]));
      assert.equal(side.closed?.error?.problem, 'malformed');
    });

  it('stays open while the other side is only quiet, and closes when it is silent (F27)', () => {
    const { clock, a, b } = pair();
    for (let time = 50; time <= 2000; time += 50) {
      clock.advanceTo(time);
      carry(a, b);
      carry(b, a);
    }
    assert.equal(a.connection.state, 'open');
    assert.deepEqual(a.received, []);
    clock.advanceTo(2000 + SILENCE_MS + KEEP_ALIVE_MS);
    assert.match(a.closed?.error?.message ?? '', /nothing was heard of the other side for 350 ms/);
    assert.equal(b.connection.state, 'closed');
  });

  it('does not take its own standing still for the silence of the other side (F8, F63)', () => {
    const clock = new StandingClock();
    const { a, b } = pair(hello(), hello({ name: 'w2' }), clock);
    clock.standStill(10 * SILENCE_MS);
    assert.equal(a.connection.state, 'open');
    carry(b, a);
    clock.advanceTo(clock.now() + SILENCE_MS + 2 * KEEP_ALIVE_MS);
    assert.equal(a.closed?.error?.problem, 'silent', 'what is silent after that is');
  });

  it('does not give up a silent side while its host vouches for it, and asks again when it goes on being silent (F63)', () => {
    const clock = new VirtualClock();
    const { a } = pair(hello(), hello({ name: 'w2' }), clock, true);
    for (let asked = 1; asked <= 3; asked++) {
      clock.advanceTo(clock.now() + SILENCE_MS + KEEP_ALIVE_MS);
      assert.equal(a.doubts, asked);
      // However long the host takes, it is asked once.
      clock.advanceTo(clock.now() + 5 * SILENCE_MS);
      assert.deepEqual([a.doubts, a.connection.state], [asked, 'open']);
      a.connection.vouch('busy');
    }
    clock.advanceTo(clock.now() + SILENCE_MS + KEEP_ALIVE_MS);
    a.connection.vouch('gone');
    assert.equal(a.closed?.error?.problem, 'silent');
  });

  it('gives up a side that is awake elsewhere and still says nothing here, and not one that then speaks (F27)', () => {
    const clock = new VirtualClock();
    const { a, b } = pair(hello(), hello({ name: 'w2' }), clock, true);
    const doubt = (): void => {
      clock.advanceTo(clock.now() + SILENCE_MS + KEEP_ALIVE_MS);
      a.connection.vouch('awake');
      assert.equal(a.connection.state, 'open');
    };
    doubt();
    carry(b, a);
    clock.advanceTo(clock.now() + SILENCE_MS - KEEP_ALIVE_MS);
    assert.equal(a.connection.state, 'open');
    doubt();
    clock.advanceTo(clock.now() + 2 * KEEP_ALIVE_MS);
    assert.equal(a.closed?.error?.problem, 'silent');
  });

  it('takes no answer of its host for one that has spoken meanwhile (F63)', () => {
    const clock = new VirtualClock();
    const { a, b } = pair(hello(), hello({ name: 'w2' }), clock, true);
    clock.advanceTo(clock.now() + SILENCE_MS + KEEP_ALIVE_MS);
    assert.equal(a.doubts, 1);
    carry(b, a);
    a.connection.vouch('gone');
    assert.equal(a.connection.state, 'open');
  });

  it('closes when nobody says hello', () => {
    const clock = new VirtualClock();
    const side = new Side(clock, hello());
    clock.advanceTo(SILENCE_MS + KEEP_ALIVE_MS);
    assert.equal(side.closed?.error?.problem, 'silent');
  });

  it('that ends in order has no error, and in the middle of a frame has one (F24)', () => {
    const inOrder = pair();
    inOrder.a.connection.end();
    assert.deepEqual(inOrder.a.closed, { error: undefined });
    const { a, b } = pair();
    b.connection.send(Buffer.from('payload'));
    a.connection.read(Buffer.concat(b.sent).subarray(0, 15));
    a.connection.end();
    assert.equal(a.closed?.error?.problem, 'malformed');
    assert.deepEqual(a.received, []);
  });

  it('gives nothing more out when it was closed in the middle of what came', () => {
    const { a, b } = pair();
    for (const text of ['first', 'second']) b.connection.send(Buffer.from(text));
    const stream = Buffer.concat(b.sent);
    a.received.push = (...texts: string[]) => {
      a.connection.close();
      return Array.prototype.push.apply(a.received, texts);
    };
    a.connection.read(stream);
    assert.deepEqual([...a.received], ['first']);
    assert.deepEqual(a.closed, { error: undefined });
  });
});
