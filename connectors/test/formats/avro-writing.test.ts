/** Records on their way out as Avro: bytes by the specification's rules, what does not fit, and that what is written is read again. */
import assert from 'node:assert/strict';
import { UnwritableRecordError } from '../../src/api/index.js';
import { AvroSchema } from '../../src/formats/avro/avro-schema.js';
import { WrittenAvroSchema } from '../../src/formats/avro/written-avro-schema.js';
import { avro } from '../../src/formats/index.js';
import { createEncoder, createFormat } from '../support/formats.js';

const record = (...fields: readonly object[]): string => JSON.stringify({ type: 'record', name: 'a.R', fields });
const schemaOf = (field: object): string => record({ name: 'f', ...field });
const write = (field: object, value: unknown): Buffer =>
  WrittenAvroSchema.parse(schemaOf(field)).encode(value === undefined ? {} : { f: value });
const again = (field: object, value: unknown): unknown =>
  (AvroSchema.parse(schemaOf(field)).decode(write(field, value)) as { readonly f: unknown }).f;

const A = { type: 'record', name: 'A', fields: [{ name: 'a', type: 'int' }] };
const B = { type: 'record', name: 'B', fields: [{ name: 'b', type: 'int' }] };
const decimal = { type: 'bytes', logicalType: 'decimal', precision: 6, scale: 2 };
const timestamp = (unit: string): object => ({ type: { type: 'long', logicalType: `timestamp-${unit}` } });

describe('a record that is written as Avro', () => {
  it('has the bytes of the specification’s example', () => {
    const schema = WrittenAvroSchema.parse(record({ name: 'a', type: 'long' }, { name: 'b', type: 'string' }));
    assert.equal(schema.encode({ a: 27, b: 'foo' }).toString('hex'), '3606666f6f');
  });

  const bytes: readonly (readonly [string, object, unknown, string])[] = [
    ['a negative long', { type: 'long' }, -64, '7f'],
    ['the largest long that a double holds', { type: 'long' }, 2 ** 53 - 1, 'feffffffffffff1f'],
    ['a long beyond that', { type: 'long' }, 2n ** 53n + 1n, '8280808080808020'],
    ['the smallest long', { type: 'long' }, -(2n ** 63n), 'ffffffffffffffffff01'],
    ['a time, in what its type counts', timestamp('micros'), '1970-01-01T00:00:00.001Z', 'd00f'],
    ['a list in one block', { type: { type: 'array', items: 'long' } }, [3, 27], '04063600'],
    ['the branch of a union', { type: ['null', 'string'] }, 'a', '020261'],
    ['null of a union where there is nothing', { type: ['null', 'string'] }, undefined, '00'],
    ['a decimal', { type: decimal }, -1.23, '0285'],
  ];
  for (const [what, field, value, hex] of bytes)
    it(`has of ${what} the bytes that the specification says`, () =>
      assert.equal(write(field, value).toString('hex'), hex));

  const read: readonly (readonly [string, object, unknown, unknown?])[] = [
    ['a boolean', { type: 'boolean' }, true],
    ['an int', { type: 'int' }, -(2 ** 31)],
    ['a float', { type: 'float' }, 1.5],
    ['not a number', { type: 'double' }, NaN],
    ['an infinity', { type: 'double' }, -Infinity],
    ['a whole number where a double is wanted', { type: 'double' }, 7n, 7],
    ['bytes', { type: 'bytes' }, Buffer.from([0, 255])],
    ['a fixed', { type: { type: 'fixed', name: 'F', size: 2 } }, Buffer.from([1, 2])],
    ['an enum', { type: { type: 'enum', name: 'E', symbols: ['A', 'B'] } }, 'B'],
    ['a map, with a key __proto__', { type: { type: 'map', values: 'int' } }, JSON.parse('{"a":1,"__proto__":2}')],
    ['an empty list', { type: { type: 'array', items: 'int' } }, []],
    ['a text longer than the first buffer', { type: 'string' }, 'é'.repeat(10_000)],
    ['the first branch that takes a number', { type: ['string', 'long', 'double'] }, 1.5],
    ['the record of a union that has the fields', { type: [A, B] }, { b: 3 }],
    ['what a field is by default', { type: 'int', default: 5 }, undefined, 5],
    ['a record that a field is by default', { type: A, default: { a: 6 } }, undefined, { a: 6 }],
    ['a time as the number that it is', timestamp('millis'), 1_700_000_000_000],
    ['a time in nanoseconds', timestamp('nanos'), '2023-11-14T22:13:20.5Z', 1_700_000_000_500_000_000n],
    ['a decimal, rounded', { type: decimal }, 0.1 + 0.2, 0.3],
    ['a large decimal', { type: { ...decimal, precision: 24 } }, 2n ** 70n, 2 ** 70],
    ['a decimal that a field is by default', { type: decimal, default: '\u0004\u00d2' }, undefined, 12.34],
    ['a decimal of a fixed', { type: { ...decimal, type: 'fixed', name: 'D', size: 4 } }, -12.5],
  ];
  for (const [what, field, value, expected = value] of read)
    it(`gives ${what} again`, () => assert.deepEqual(again(field, value), expected));

  it('gives a type again that holds itself, and leaves out what the schema does not have', () => {
    const text = record({ name: 'n', type: 'int' }, { name: 'next', type: ['null', 'a.R'], default: null });
    const value = { n: 1, next: { n: 2, more: true }, other: 'x' };
    const found = AvroSchema.parse(text).decode(WrittenAvroSchema.parse(text).encode(value));
    assert.deepEqual(found, { n: 1, next: { n: 2, next: null } });
  });

  const price = { type: { type: 'record', name: 'Price', fields: [{ name: 'amount', type: 'int' }] } };
  for (const [what, field, value, reason] of [
    ['is absent', { type: 'int' }, undefined, 'f is absent, and the schema wants an int of 32 bits'],
    ['is null', { type: 'string' }, null, 'f is null, and the schema wants a string'],
    ['is a fraction', price, { amount: 1.5 }, 'f.amount is a fraction, and the schema wants an int of 32 bits'],
    ['is too large', { type: 'int' }, 2 ** 31, 'f is a whole number, and the schema wants an int of 32 bits'],
    [
      'is too large for 64 bits',
      { type: 'long' },
      2n ** 63n,
      'f is a whole number, and the schema wants a long of 64 bits',
    ],
    ['is a text', timestamp('millis'), 'today', 'f is a text, and the schema wants a time, or a long of 64 bits'],
    [
      'is none of the symbols',
      { type: { type: 'enum', name: 'E', symbols: ['A'] } },
      'B',
      'f is a text, and the schema wants one of A',
    ],
    [
      'is in no branch',
      { type: ['null', 'int', 'string'] },
      true,
      'f is a boolean, and the schema wants one of null, int, string',
    ],
    [
      'is not what the only branch wants',
      { type: ['null', 'int'] },
      'x',
      'f is a text, and the schema wants an int of 32 bits',
    ],
    [
      'is in a list',
      { type: { type: 'array', items: 'int' } },
      [1, 'x'],
      'f.1 is a text, and the schema wants an int of 32 bits',
    ],
    ['is bytes', price, Buffer.of(1), 'f is bytes, and the schema wants a record a.Price'],
    [
      'has another size',
      { type: { type: 'fixed', name: 'F', size: 2 } },
      Buffer.of(1),
      'f is bytes, and the schema wants 2 bytes',
    ],
    [
      'is beyond its bytes',
      { type: { ...decimal, type: 'fixed', name: 'D', size: 1 } },
      2,
      'f is a whole number, and the schema wants a decimal of 6 digits in 1 bytes',
    ],
    [
      'has too many digits',
      { type: decimal },
      10_000,
      'f is a whole number, and the schema wants a decimal of 6 digits',
    ],
    ['is not a number', { type: decimal }, NaN, 'f is a fraction, and the schema wants a decimal of 6 digits'],
  ] as const)
    it(`is unwritable where a field ${what}, which is named`, () => {
      assert.throws(
        () => write(field, value),
        (error: unknown) => error instanceof UnwritableRecordError && error.reason === reason,
      );
    });

  it('is looked at once, however many branches may hold it', () => {
    const fields = [
      { name: 'next', type: ['null', 'X', 'Y'] },
      { name: 'v', type: ['null', 'int'] },
    ];
    const [x, y] = ['X', 'Y'].map((name) => ({ type: 'record', name, fields }));
    const text = record({
      name: 'f',
      type: ['null', { ...x, fields: [{ name: 'next', type: ['null', 'X', y] }, fields[1]] }],
    });
    let value: object = { v: 'bad' };
    for (let depth = 0; depth < 60; depth++) value = { next: value };
    assert.throws(() => WrittenAvroSchema.parse(text).encode({ f: value }), UnwritableRecordError);
  });
});

describe('the format avro, with its schema in the application', () => {
  const schema = { type: 'record', name: 'R', fields: [{ name: 'f', type: 'int' }] };
  for (const [what, given] of [
    ['as a map', schema],
    ['as text', JSON.stringify(schema)],
  ] as const)
    it(`writes and reads by it ${what}`, () => {
      const payload = createEncoder(avro, { schema: given }).encode({ f: -3, g: 1 });
      assert.deepEqual(createFormat(avro, { schema: given }).decode(Buffer.from(payload)), { f: -3 });
    });

  it('says what is wrong with it', () => {
    assert.throws(() => createEncoder(avro, { schema: { type: 'recrod' } }), /^ConnectorError: format avro: schema: /);
    assert.throws(() => createEncoder(avro), /format avro: give a schema, or a registry/);
  });
});
