import assert from 'node:assert/strict';
import fc from 'fast-check';
import { murmur3 } from '../../src/common/murmur3.js';
import { ByteWriter } from '../../src/record/codec/byte-writer.js';
import {
  fromKey,
  keyBytes,
  keyFromBytes,
  keyGroupOf,
  subtaskOf,
  toKey,
  writeKey,
  type Key,
} from '../../src/record/key.js';

const hex = (value: unknown): string => Buffer.from(keyBytes(toKey(value)!)).toString('hex');

describe('keys', () => {
  const BYTES: readonly [value: unknown, bytes: string][] = [
    [true, '0101'],
    [false, '0100'],
    [1, '020000000000000001'],
    [-1, '02ffffffffffffffff'],
    [2n ** 53n, '020020000000000000'],
    [2 ** 53, '020020000000000000'],
    [2n ** 63n - 1n, '027fffffffffffffff'],
    [0.5, '033fe0000000000000'],
    ['', '04'],
    ['é', '04c3a9'],
    [['a', 1], '05000000020461' + '00000009020000000000000001'],
    [[], '05'],
  ];
  for (const [value, bytes] of BYTES) {
    it(`have the canonical bytes ${bytes} for ${String(JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v)))}`, () => {
      assert.equal(hex(value), bytes);
    });
  }

  it('are the same for -0 and 0, and for an integral double and an int', () => {
    assert.equal(toKey(-0), toKey(0));
    assert.equal(hex(-0), hex(0));
    assert.equal(hex(3.0), hex(3));
    assert.equal(toKey(2 ** 60), toKey(2n ** 60n));
    assert.equal(toKey(7n), toKey(7));
  });

  it('differ between a text, a number and a bool that look alike', () => {
    assert.equal(new Set([hex('1'), hex(1), hex(true), hex(['1']), hex([1])]).size, 5);
  });

  it('differ between lists whose parts join to the same text', () => {
    assert.notEqual(toKey(['a', 'bc']), toKey(['ab', 'c']));
  });

  for (const value of [null, undefined, Number.NaN, {}, new Uint8Array(1), ['a', null], [['a', undefined]]]) {
    it(`are refused for ${String(JSON.stringify(value))} (${typeof value})`, () => {
      assert.equal(toKey(value), undefined);
    });
  }

  it('F77: take __proto__, constructor and toString as plain texts', () => {
    const counts = new Map<Key, number>();
    for (const name of ['__proto__', 'constructor', 'toString', '__proto__']) {
      const key = toKey(name)!;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    assert.deepEqual(
      [...counts],
      [
        ['__proto__', 2],
        ['constructor', 1],
        ['toString', 1],
      ],
    );
  });

  const scalar = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.bigInt(2n ** 53n, 2n ** 63n - 1n),
  );
  const value = fc.oneof(scalar, fc.array(fc.oneof(scalar, fc.array(scalar))));

  /** An integer within 64 bits in its one form, as JSON text. */
  const oneForm = (v: unknown): unknown => {
    const isInteger =
      typeof v === 'bigint' || (Number.isInteger(v) && (v as number) >= -(2 ** 63) && (v as number) < 2 ** 63);
    if (!isInteger) return v;
    return Number.isSafeInteger(Number(v)) ? Number(v) + 0 : `${BigInt(v as number)}n`;
  };

  it('give back the value they stand for', () => {
    fc.assert(
      fc.property(value, (original) => {
        const normal = JSON.stringify(original, (_, v: unknown) => oneForm(v));
        const back = JSON.stringify(fromKey(toKey(original)!), (_, v: unknown) =>
          typeof v === 'bigint' ? `${v}n` : v,
        );
        assert.equal(back, normal);
      }),
    );
  });

  it('are equal exactly when their bytes are', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const same = Object.is(toKey(a), toKey(b));
        assert.equal(hex(a) === hex(b), same);
      }),
    );
  });

  it('spread over key groups, each owned by exactly one subtask', () => {
    const groups = new Set<number>();
    for (let i = 0; i < 5000; i++) groups.add(keyGroupOf(`card-${i}`, 128));
    assert.equal(groups.size, 128);
    for (const parallelism of [1, 2, 3, 4, 128]) {
      const owners = Array.from({ length: 128 }, (_, group) => subtaskOf(group, 128, parallelism));
      assert.deepEqual(
        owners,
        [...owners].sort((a, b) => a - b),
      );
      assert.equal(new Set(owners).size, parallelism);
    }
  });

  it('come back from their canonical bytes', () => {
    const part = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double({ noNaN: true }),
      fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
      fc.boolean(),
    );
    fc.assert(
      fc.property(fc.oneof(part, fc.array(fc.oneof(part, fc.array(part)))), (value) => {
        const key = toKey(value)!;
        assert.deepStrictEqual(keyFromBytes(keyBytes(key)), key);
      }),
    );
    for (const text of ['\u0004x', '\u0005x', '\u0004', ''])
      assert.equal(keyFromBytes(keyBytes(toKey(text)!)), toKey(text));
  });

  it('are written, and hashed, as their canonical bytes', () => {
    const anyKey = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.string(),
      fc.integer(),
      fc.double({ noNaN: true }),
      fc.boolean(),
      fc.array(fc.string()),
    );
    const out = new ByteWriter();
    fc.assert(
      fc.property(anyKey, (value) => {
        const key = toKey(value)!;
        out.reset();
        out.uint8(7);
        writeKey(key, out);
        assert.deepEqual(Buffer.from(out.view()), Buffer.from([7, ...keyBytes(key)]));
        for (const groups of [1, 2, 100, 128, 32_767, 32_768])
          assert.equal(keyGroupOf(key, groups), murmur3(keyBytes(key)) % groups);
      }),
    );
  });
});
