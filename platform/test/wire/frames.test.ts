import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FrameReader } from '../../src/wire/frame-reader.js';
import { FrameWriter, HEADER, HEADER_BYTES } from '../../src/wire/frame-writer.js';
import { WireError } from '../../src/wire/wire-error.js';

const PAYLOAD_MAX = 64;
const payloads = fc.array(fc.uint8Array({ maxLength: PAYLOAD_MAX }), { minLength: 1, maxLength: 8 });

function streamOf(frames: readonly Uint8Array[]): Buffer {
  const writer = new FrameWriter();
  return Buffer.concat(frames.flatMap((payload, channel) => [writer.header(payload, channel), payload]));
}

function readAll(chunks: readonly Buffer[], max = PAYLOAD_MAX): { given: Buffer[]; error: unknown } {
  const reader = new FrameReader(max);
  const given: Buffer[] = [];
  try {
    for (const chunk of chunks)
      reader.read(chunk, (payload, channel) => {
        assert.equal(channel, given.length, 'a frame of another channel');
        given.push(Buffer.from(payload));
      });
    reader.end();
    return { given, error: undefined };
  } catch (error) {
    return { given, error };
  }
}

/** Cuts at these places, in whatever order they are. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

describe('frames on a stream', () => {
  it('come as they were sent, in whatever pieces the stream comes', () => {
    fc.assert(
      fc.property(payloads, fc.array(fc.nat(), { maxLength: 12 }), (frames, places) => {
        const { given, error } = readAll(cut(streamOf(frames), places));
        assert.equal(error, undefined);
        assert.deepEqual(
          given.map((payload) => [...payload]),
          frames.map((payload) => [...payload]),
        );
      }),
    );
  });

  it('that were changed in one bit are refused, and so is what comes behind them (F26)', () => {
    fc.assert(
      fc.property(
        payloads,
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        fc.array(fc.nat(), { maxLength: 4 }),
        (frames, place, bit, places) => {
          const stream = streamOf(frames);
          const at = place % stream.length;
          stream[at]! ^= 1 << bit;
          const { given, error } = readAll(cut(stream, places));
          assert.ok(error instanceof WireError, String(error));
          let end = 0;
          const whole = frames.filter((payload) => (end += HEADER_BYTES + payload.length) <= at);
          assert.deepEqual(
            given.map((payload) => [...payload]),
            whole.map((payload) => [...payload]),
          );
        },
      ),
    );
  });

  it('whose length was changed are refused where zeros follow, which a checksum begun with nothing would not see (F26)', () => {
    const stream = streamOf([new Uint8Array(0), new Uint8Array(8), new Uint8Array(5)]);
    for (let bit = 0; bit < 3; bit++) {
      const changed = Buffer.from(stream);
      changed[HEADER.length + 3]! ^= 1 << bit;
      const { given, error } = readAll([changed]);
      assert.equal((error as WireError).problem, 'checksum');
      assert.deepEqual(given, []);
    }
  });

  it('that are cut off at any byte are never taken for shorter ones (F24)', () => {
    const frames = [Buffer.from('one'), Buffer.alloc(0), Buffer.from('three')];
    const stream = streamOf(frames);
    const ends = new Set([0, HEADER_BYTES + 3, 2 * HEADER_BYTES + 3, 3 * HEADER_BYTES + 8]);
    for (let length = 0; length <= stream.length; length++) {
      const { given, error } = readAll([stream.subarray(0, length)]);
      assert.equal(error === undefined, ends.has(length), `after ${length} bytes`);
      assert.deepEqual(given.map(String), frames.map(String).slice(0, given.length));
    }
  });

  it('that come a second time are refused (F25)', () => {
    fc.assert(
      fc.property(payloads, fc.nat(), (frames, which) => {
        const index = which % frames.length;
        const upTo = streamOf(frames.slice(0, index + 1));
        const before = streamOf(frames.slice(0, index));
        const { given, error } = readAll([upTo, upTo.subarray(before.length)]);
        assert.equal(given.length, index + 1);
        assert.equal((error as WireError).problem, 'sequence');
      }),
    );
  });

  it('of more bytes than are allowed are refused by their headers alone', () => {
    const header = new FrameWriter().header(Buffer.alloc(PAYLOAD_MAX + 1), 0);
    const { error } = readAll([header]);
    assert.match(String(error), /a frame of 65 bytes begins; 64 are the most/);
  });

  for (const garbage of [
    'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    '\0'.repeat(40),
  ])
    it(`are not found in ${JSON.stringify(garbage.slice(0, 16))} (F92)`, () => {
      const { given, error } = readAll([Buffer.from(garbage, 'latin1')]);
      assert.ok(error instanceof WireError);
      assert.deepEqual(given, []);
    });
});
