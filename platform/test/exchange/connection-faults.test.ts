/** What may befall the network between two slots: the tasks at both ends fail and say why, or nothing happens at all. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import type { CheckpointBarrier } from '../../src/job/checkpoint-barrier.js';
import { writePacket } from '../../src/network/credit/packet.js';
import type { DataLink } from '../../src/taskmanager/remote/data-transport.js';
import type { Exchange } from '../../src/wire/hello.js';
import { ExchangePair, Side } from './exchange-pair.js';
import { CAPACITY, CHANNEL, NUMBERS } from './slot-side.js';
import type { Way } from './tcp-proxy.js';
import { after, inTurn, NOTHING, Stalled } from './ways.js';

const OVERTAKING: CheckpointBarrier = {
  checkpoint: 1,
  timestamp: 0,
  type: 'checkpoint',
  alignment: { mode: 'unaligned' },
  then: 'continue',
};

describe('a connection between slots', function () {
  this.timeout(60_000);
  let pair: ExchangePair;

  afterEach(() => pair.close());

  const assertPrefix = (): void => assert.deepEqual(pair.got, pair.sent.slice(0, pair.got.length));

  async function assertBothFail(because: RegExp): Promise<void> {
    const { a, b } = await pair.failures();
    pair.poll();
    assertPrefix();
    assert.match(a, /^the data connection with slot 0 of b \(127\.0\.0\.1:\d+\) is lost: /);
    assert.match(b, /^the data connection with slot 0 of a \(127\.0\.0\.1:\d+\) is lost: /);
    assert.match(`${a}\n${b}`, because);
    for (const { failures } of [pair.a, pair.b]) {
      assert.deepEqual(
        failures.map(({ code, retriable }) => [code, retriable]),
        [['TG433', true]],
        'each task fails once',
      );
    }
  }

  it('brings small and large records over, in order', async () => {
    pair = await ExchangePair.open();
    await pair.exchange(500);
    await pair.exchange(520, 100_000);
    assert.deepEqual(pair.got, pair.sent);
    assert.equal(pair.hasFailed, false);
  });

  it('F20: fails the tasks at both ends when it is cut, and names the other side', async () => {
    pair = await ExchangePair.open();
    await pair.exchange(100);
    pair.proxy.cut();
    await assertBothFail(/ECONNRESET|was cut/);
  });

  it('F20: fails the tasks at both ends when the other side cannot be reached', async () => {
    pair = await ExchangePair.open();
    pair.b.exchange.close();
    pair.begin(2);
    await pair.until(() => pair.a.failures.length > 0);
    assert.match(pair.a.failures[0]!.message, /slot 0 of b .* is lost/);
  });

  for (const way of ['there', 'back'] as const)
    it(`F21: fails the tasks at both ends when nothing passes ${way} any more`, async () => {
      pair = await ExchangePair.open({ silenceMs: 600 });
      await pair.exchange(100);
      pair.part({ [way]: NOTHING });
      await assertBothFail(/nothing was heard of the other side for 600 ms/);
    });

  // What is lost TCP sends again: it is late, and all that comes behind it.
  it('F22, F23: is slower over a network that delays and loses, and no more than that', async () => {
    pair = await ExchangePair.open({ silenceMs: 2000 });
    let pieces = 0;
    const delayed = (): Way => inTurn(() => (++pieces % 16 === 0 ? 200 : (pieces * 37) % 60));
    pair.proxy.ways = { there: delayed(), back: delayed() };
    await pair.exchange(300, 2000);
    assert.deepEqual(pair.got, pair.sent);
    assert.equal(pair.hasFailed, false);
  });

  it('F24: gives no part of an element out when it is cut, after however many bytes', async () => {
    for (let bytes = 200; bytes < 900; bytes += 29) {
      pair = await ExchangePair.open();
      pair.proxy.ways = { there: after(bytes, () => pair.proxy.cut()) };
      await pair.exchange(100, 40);
      await pair.failures();
      pair.poll();
      assertPrefix();
      assert.ok(pair.got.length < 20, `after ${bytes} bytes`);
      await pair.close();
    }
    pair = await ExchangePair.open();
  });

  it('F25: fails when bytes that have passed pass again', async () => {
    pair = await ExchangePair.open();
    await pair.exchange(10);
    pair.proxy.ways = {
      there: (bytes, pass) => {
        pass(bytes);
        pass(bytes);
      },
    };
    await pair.exchange(1000);
    await assertBothFail(/came in place of/);
  });

  it('F26: fails when a byte is another one, and gives nothing out of what follows', async () => {
    pair = await ExchangePair.open();
    await pair.exchange(10);
    pair.proxy.ways = {
      there: after(2000, (bytes, pass) => {
        const harmed = Buffer.from(bytes);
        harmed[harmed.length >> 1]! ^= 4;
        pass(harmed);
      }),
    };
    await pair.exchange(100_000, 100);
    await assertBothFail(/checksum|bytes begins|came in place of/);
  });

  it('F27: fails when the other machine is gone without a word', async () => {
    pair = await ExchangePair.open({ silenceMs: 600 });
    await pair.exchange(10);
    pair.part({ there: NOTHING, back: NOTHING });
    await assertBothFail(/nothing was heard/);
  });

  it('F27: fails when the connection is dead in silence, though the other side is awake and takes new ones', async () => {
    pair = await ExchangePair.open({ silenceMs: 600 });
    await pair.exchange(10);
    pair.proxy.forget();
    await assertBothFail(/nothing was heard/);
  });

  // What the thread of a slot would have said comes later; its system takes connections meanwhile.
  it('F63: outlives a silence of the other side for as long as that is only busy', async () => {
    pair = await ExchangePair.open({ silenceMs: 1000 });
    await pair.exchange(10);
    const busy = new Stalled();
    pair.proxy.ways = { back: busy.way };
    // Each time the limit is over it is looked for once more.
    await pair.until(() => pair.proxy.connections > 3);
    assert.equal(pair.hasFailed, false);
    pair.proxy.ways = {};
    busy.up();
    await pair.exchange(200);
    assert.deepEqual(pair.got, pair.sent);
    assert.equal(pair.hasFailed, false);
    assert.deepEqual(pair.b.logged, [], 'nobody complains of who looked');
  });

  it('F28: holds no more than its channel may while the other side is slow, and goes on when it is not', async () => {
    pair = await ExchangePair.open();
    await pair.exchange(10);
    // Nobody polls: in time all that there is credit for has come over, and nothing else is on its way.
    for (let quiet = 0; quiet < 200; quiet++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (pair.push(10_000)) quiet = 0;
    }
    const held = (pair.sent.length - 10) * 10_000;
    assert.ok(held > CAPACITY / 4 && held <= CAPACITY, `${held} bytes are held`);
    assert.equal(pair.a.transport.unsent, 0);
    await pair.exchange(pair.sent.length + 100, 10_000);
    assert.deepEqual(pair.got, pair.sent);
    assert.equal(pair.hasFailed, false);
  });

  it('F28: lets a barrier overtake over a slow network, whose queue stays as short as it is', async () => {
    pair = await ExchangePair.open();
    await pair.exchange(10);
    // 2 MB/s.
    pair.proxy.ways = { there: inTurn((bytes) => bytes.length / 2000) };
    let most = 0;
    await pair.until(() => {
      while (pair.push(10_000));
      most = Math.max(most, pair.a.transport.unsent);
      pair.poll();
      return pair.got.length > 200;
    });
    assert.ok(most <= CAPACITY * 2, `${most} bytes wait for the socket`);
    pair.output.announce(OVERTAKING);
    await pair.until(() => pair.input.announced()?.arrived === true);
    pair.poll();
    assert.deepEqual(pair.got, pair.sent);
  });

  it('F92: closes on what is no connection of the cluster, says so, and goes on', async () => {
    pair = await ExchangePair.open();
    await pair.exchange(10);
    const [host, port] = pair.b.address.split(':') as [string, string];
    for (const garbage of [
      'GET /v1/jobs HTTP/1.1\r\nHost: x\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc',
      '\0'.repeat(64),
    ]) {
      const socket = connect(Number(port), host);
      socket.on('error', () => undefined);
      socket.resume().end(garbage);
      await once(socket, 'close');
    }
    await pair.exchange(100);
    assert.deepEqual(pair.got, pair.sent);
    assert.equal(pair.b.logged.length, 3);
    for (const message of pair.b.logged) assert.match(message, /^a data connection came to nothing: /);
  });

  it('F7: is refused to an attempt that is over, which is told', async () => {
    pair = await ExchangePair.open({ attempt: 2 });
    await pair.exchange(10);
    pair.a.output(1, pair.peers);
    await pair.until(() => pair.a.failures.length > 0);
    assert.match(pair.a.failures[0]!.message, /the other side says: attempt 1 is over here, 2 runs/);
    pair.a.failures.length = 0;
    await pair.exchange(100);
    assert.deepEqual(pair.got, pair.sent);
  });

  it('belongs to one attempt: that of the next brings nothing of the one before', async () => {
    pair = await ExchangePair.open();
    for (let n = 0; n < 8; n++) pair.push(50_000);
    pair.a.release('producer', 1);
    pair.b.release('consumer', 1);
    pair.sent.length = 0;
    pair.begin(2);
    await pair.exchange(100);
    assert.deepEqual(pair.got, pair.sent);
    assert.equal(pair.hasFailed, false);
    assert.equal(pair.proxy.connections, 2);
  });

  const exchange = { job: 'app', attempt: 1, plan: NUMBERS.plan, from: 0, to: 1 };

  /** Somebody with the cluster's hello, in the place of slot 0. */
  async function stranger(said: Partial<Exchange> = {}): Promise<{ link: DataLink; closed: Promise<string> }> {
    const { transport } = new Side('x', 20_000);
    let close: (reason: string) => void;
    const closed = new Promise<string>((resolve) => (close = resolve));
    const link = await new Promise<DataLink>((resolve) => {
      const dialled: DataLink = transport.dial(
        pair.b.address,
        { ...exchange, ...said },
        {
          peerAddress: undefined,
          opened: () => resolve(dialled),
          received: () => undefined,
          closed: (reason) => close(reason),
        },
      );
    });
    return { link, closed };
  }

  const refusals: [what: string, said: Partial<Exchange>, because: RegExp][] = [
    ['of another job', { job: 'other' }, /this slot is of job "app", and not of "other"/],
    ['with other channels', { plan: 1 }, /the job has other channels here/],
    ['of a subtask that there is not', { to: 7 }, /subtask 0 makes no connection with subtask 7/],
    ['in the wrong direction', { from: 1, to: 0 }, /subtask 1 makes no connection with subtask 0/],
    ['that there is already', {}, /there is, or was, another connection of the same attempt/],
  ];
  for (const [what, said, because] of refusals)
    it(`F93: is refused, and told why, when it is one ${what}`, async () => {
      pair = await ExchangePair.open();
      await pair.exchange(10);
      assert.match(await (await stranger(said)).closed, because);
      await pair.exchange(100);
      assert.deepEqual(pair.got, pair.sent);
    });

  const data = (sequence: number, payload: Uint8Array = Buffer.of(3)): Uint8Array =>
    writePacket({ kind: 'data', sequence, isLast: true, isForced: false, isStarved: false, payload }, 2);
  const lies: [what: string, packets: readonly Uint8Array[], channel: number, because: RegExp][] = [
    ['sends more than it has credit for', [data(0), data(1), data(2)], CHANNEL, /came with credit up to 2/],
    ['sends on a channel that there is not', [data(0)], 99, /there is no channel 99/],
    [
      'gives credit as a producer',
      [writePacket({ kind: 'credit', limit: 5 }, 2)],
      CHANNEL,
      /credit came from the producer/,
    ],
    [
      'speaks of an attempt to come',
      [writePacket({ kind: 'credit', limit: 5 }, 3)],
      CHANNEL,
      /attempt 3 came to attempt 2/,
    ],
    ['sends what is no packet', [Buffer.of(9, 2, 1)], CHANNEL, /no packet begins with 9/],
  ];
  for (const [what, packets, channel, because] of lies)
    it(`F93: fails its task when the other side ${what}, and no other`, async () => {
      pair = await ExchangePair.open();
      await pair.exchange(10);
      pair.b.release('consumer', 1);
      pair.b.input(2, pair.peers);
      const { link, closed } = await stranger({ attempt: 2 });
      for (const packet of packets) link.send(packet, channel);
      assert.match(await closed, because);
      assert.match(pair.b.failures[0]!.message, because);
      assert.equal(pair.b.failures.length, 1);
    });

  it('F93: survives whatever is sent in frames that are whole', async () => {
    pair = await ExchangePair.open();
    let attempt = 1;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 80 }), fc.nat(CHANNEL + 1)), { minLength: 1 }),
        async (frames) => {
          pair.b.release('consumer', attempt++);
          pair.b.failures.length = 0;
          const input = pair.b.input(attempt, pair.peers);
          const { link, closed } = await stranger({ attempt });
          for (const [bytes, channel] of frames) link.send(bytes, channel);
          link.close('that is all');
          await pair.until(() => pair.b.failures.length > 0);
          assert.equal(input.poll(), undefined);
          void closed;
        },
      ),
      { numRuns: 40 },
    );
  });
});
