import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ByteReader, CorruptBytesError } from '../../../src/record/codec/byte-reader.js';
import { ByteWriter } from '../../../src/record/codec/byte-writer.js';
import { plainValueCodec } from '../../../src/state/codecs/plain-value-codec.js';
import { IncompatibleState } from '../../../src/state/state-codec.js';

const codec = plainValueCodec<unknown>();

function written(value: unknown): Uint8Array {
  const out = new ByteWriter();
  codec.encode(value, out);
  return out.finish();
}

function again(value: unknown): unknown {
  const reader = new ByteReader(written(value));
  const read = codec.decode(reader);
  assert.equal(reader.remaining, 0);
  return read;
}

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(undefined, null, true, false, -0, NaN, Infinity, -Infinity, 2 ** 52, 2 ** 53, -(2 ** 60)),
    fc.integer(),
    fc.double(),
    fc.bigInt(),
    fc.string({ unit: 'binary' }),
    fc.uint8Array(),
    fc.array(tie('value')),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'a\u0000b', 'a', 'b')), tie('value'), {
      noNullPrototype: false,
    }),
  ),
})).value;

describe('the plain value codec', () => {
  it('gives every plain value back exactly, with the order of members', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const read = again(value);
        assert.deepStrictEqual(read, value);
        assert.deepEqual(written(read), written(value));
      }),
    );
  });

  it('writes the names of objects that look alike once', () => {
    const row = { customerNumber: 1, merchantName: 'm' };
    const one = written([row]).length;
    assert.ok(written([row, row]).length - one < 8);
  });

  it('keeps apart objects whose names only read alike', () => {
    const value = [{ 'a\u0000b': 1 }, { a: 1, b: 2 }, { 'a\u0000b': 3 }, { a: 4, b: 5 }];
    assert.deepStrictEqual(again(value), value);
  });

  const refused: [what: string, value: unknown, message: RegExp][] = [
    ['a function', () => 1, /a function cannot be state/],
    ['a symbol', Symbol('s'), /a symbol cannot be state/],
    ['an instance of a class', new Map(), /an instance of Map is no plain value/],
    ['a date inside an object', { at: new Date(0) }, /an instance of Date/],
  ];
  for (const [what, value, message] of refused) {
    it(`refuses ${what}`, () => assert.throws(() => written(value), message));
  }

  it('refuses a value without end instead of running out of stack', () => {
    const loop: unknown[] = [];
    loop.push(loop);
    assert.throws(() => written(loop), /nested deeper than 1000 levels/);
  });

  it('reads no truncated value, at whatever byte it ends', () => {
    const bytes = written({ a: [1, -2.5, 'text', 12n, 10n ** 30n, { b: new Uint8Array(3) }], c: null });
    for (let end = 0; end < bytes.length; end++)
      assert.throws(() => codec.decode(new ByteReader(bytes.subarray(0, end))), CorruptBytesError, `${end} bytes`);
  });

  it('says of damaged bytes that they are damaged, or reads a value', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          codec.decode(new ByteReader(bytes));
        } catch (error) {
          assert.ok(error instanceof CorruptBytesError, String(error));
        }
      }),
    );
  });

  it('reads what it wrote after a restore, and nothing else', () => {
    const read = codec.migrate('plain/1', null);
    assert.ok(!(read instanceof IncompatibleState));
    assert.equal(read(new ByteReader(written('x'))), 'x');
    assert.ok(codec.migrate('record/1', null) instanceof IncompatibleState);
  });
});
