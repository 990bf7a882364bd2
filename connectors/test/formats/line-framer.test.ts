import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LineFramer } from '../../src/formats/line-framer.js';
import { BatchBuilder } from '../../src/reading/batch-builder.js';

const MAX_RECORD_BYTES = 12;

/** Lines by the plainest means: what the framer must agree with. */
function plainLines(bytes: Buffer): [offset: number, text: string][] {
  const found: [number, string][] = [];
  let offset = 0;
  for (const line of splitAtLineFeeds(bytes)) {
    const hasMark = offset === 0 && line.subarray(0, 3).equals(Buffer.from('\ufeff'));
    const start = hasMark ? 3 : 0;
    const content = line.subarray(start, line.at(-1) === 13 && line.length > start ? -1 : undefined);
    const text = content.toString();
    if (!Buffer.from(text).equals(content)) found.push([offset + start, 'not valid UTF-8']);
    else if (content.length > MAX_RECORD_BYTES) found.push([offset + start, `longer than ${MAX_RECORD_BYTES} bytes`]);
    else if (/[^ \r\n]/.test(text)) found.push([offset + start, text]);
    offset += line.length + 1;
  }
  return found;
}

function* splitAtLineFeeds(bytes: Buffer): Generator<Buffer> {
  let start = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    yield bytes.subarray(start, end);
    start = end + 1;
  }
  yield bytes.subarray(start);
}

describe('the line framer', () => {
  const piece = fc.constantFrom('\n', '\r\n', '\r', ' ', 'a', '{"b":1}', 'é', '🌊', '\ufeff', '0123456789');
  for (const detached of [false, true]) {
    it(`agrees with plain splitting on any text in any chunks, ${detached ? 'detached' : 'attached'} lines`, () => {
      fc.assert(
        fc.property(fc.array(piece), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (pieces, cuts) => {
          const bytes = Buffer.from(pieces.join(''));
          const framer = new LineFramer(0, { maxRecordBytes: MAX_RECORD_BYTES, detached });
          const batch = new BatchBuilder('split');
          for (let at = 0, cut = 0; at < bytes.length; cut++) {
            const length = cuts[cut % cuts.length] ?? 1;
            // The framer may not keep the caller's bytes.
            const chunk = Buffer.from(bytes.subarray(at, at + length));
            framer.push(chunk, batch);
            chunk.fill(0);
            at += length;
          }
          framer.end(batch);
          assert.equal(framer.position, bytes.length);
          const taken = batch.take(0, framer.position);
          const found = (taken?.payloads ?? []).map((payload, index) => [
            taken?.offsets[index],
            taken?.bad?.get(index) ?? payload,
          ]);
          assert.deepEqual(found, plainLines(bytes));
        }),
        { seed: 20_261_121, numRuns: 2000 },
      );
    });
  }

  it('F73: keeps no more than its limit of an endless line', () => {
    const framer = new LineFramer(0, { maxRecordBytes: 1024 * 1024, detached: false });
    const batch = new BatchBuilder('split');
    const chunk = Buffer.alloc(512 * 1024, 'x');
    const before = process.memoryUsage().arrayBuffers;
    for (let chunks = 0; chunks < 400; chunks++) {
      framer.push(chunk, batch);
      assert.ok(process.memoryUsage().arrayBuffers - before < 16 * 1024 * 1024);
    }
    framer.end(batch);
    assert.equal(batch.take(0, 0)?.bad?.get(0), 'longer than 1048576 bytes');
  });
});
