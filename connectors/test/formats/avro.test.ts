/** Avro messages. Bytes are those of the specification's examples ("Binary Encoding") or put together by its rules. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BadRecordError } from '../../src/api/index.js';
import { AvroSchema } from '../../src/formats/avro/avro-schema.js';
import { avro } from '../../src/formats/index.js';
import { createFormat } from '../support/formats.js';

const bytes = (hex: string): Buffer => Buffer.from(hex.replace(/\s/g, ''), 'hex');
const record = (...fields: readonly object[]): string => JSON.stringify({ type: 'record', name: 'a.R', fields });
const read = (field: object, hex: string): unknown =>
  (AvroSchema.parse(record({ name: 'f', ...field })).decode(bytes(hex)) as { readonly f: unknown }).f;

describe('a message of Avro', () => {
  it('is read as the specification writes its example', () => {
    const schema = AvroSchema.parse(record({ name: 'a', type: 'long' }, { name: 'b', type: 'string' }));
    assert.deepEqual(schema.decode(bytes('36 06 66 6f 6f')), { a: 27, b: 'foo' });
  });

  const cases: readonly (readonly [string, object, string, unknown])[] = [
    ['a negative long', { type: 'long' }, '7f', -64],
    ['the largest long that a double holds', { type: 'long' }, 'feffffffffffff1f', 2 ** 53 - 1],
    ['a long beyond that', { type: 'long' }, '8280808080808020', 2n ** 53n + 1n],
    ['the smallest long', { type: 'long' }, 'ffffffffffffffffff01', -(2n ** 63n)],
    ['a long with a logical type', { type: { type: 'long', logicalType: 'timestamp-millis' } }, 'd00f', 1000],
    ['an int', { type: 'int' }, '01', -1],
    ['a double', { type: 'double' }, '000000000000f83f', 1.5],
    ['bytes', { type: 'bytes' }, '04 00ff', Buffer.from([0, 255])],
    ['a fixed', { type: { type: 'fixed', name: 'F', size: 2 } }, '0102', Buffer.from([1, 2])],
    ['an enum', { type: { type: 'enum', name: 'E', symbols: ['A', 'B'] } }, '02', 'B'],
    [
      'an array in two blocks, one with its length',
      { type: { type: 'array', items: 'long' } },
      '02 06 01 02 36 00',
      [3, 27],
    ],
    ['null of a union', { type: ['null', 'string'] }, '00', null],
    ['the other branch of a union', { type: ['null', 'string'] }, '02 02 61', 'a'],
    [
      'one of two records of a union',
      {
        type: [
          { type: 'record', name: 'X', fields: [] },
          { type: 'record', name: 'Y', fields: [{ name: 'n', type: 'int' }] },
        ],
      },
      '02 04',
      { n: 2 },
    ],
    ['a map', { type: { type: 'map', values: 'int' } }, '04 02 61 02 02 62 04 00', { a: 1, b: 2 }],
    ['an empty map', { type: { type: 'map', values: 'int' } }, '00', {}],
    [
      'a map of maps',
      { type: { type: 'map', values: { type: 'map', values: 'string' } } },
      '02 02 61 02 02 62 02 63 00 00',
      { a: { b: 'c' } },
    ],
    ['a decimal', { type: { type: 'bytes', logicalType: 'decimal', precision: 6, scale: 2 } }, '04 ff85', -1.23],
    [
      'a decimal of a fixed',
      { type: { type: 'fixed', name: 'D', size: 2, logicalType: 'decimal', precision: 4, scale: 1 } },
      '007b',
      12.3,
    ],
  ];
  for (const [what, field, hex, expected] of cases)
    it(`gives ${what}`, () => assert.deepEqual(read(field, hex), expected));

  it('F77: keeps a key of a map that is called __proto__ as a key', () => {
    const found = read(
      { type: { type: 'map', values: 'int' } },
      `02 12 ${Buffer.from('__proto__').toString('hex')} 0e 00`,
    );
    assert.deepEqual(Object.entries(found as object), [['__proto__', 7]]);
    assert.equal(Object.getPrototypeOf(found), Object.prototype);
  });

  it('has plain objects, also of types that refer to themselves', () => {
    const text = record({ name: 'n', type: 'int' }, { name: 'next', type: ['null', 'a.R'] });
    const found = AvroSchema.parse(text).decode(bytes('02 02 04 00'));
    assert.deepEqual(found, { n: 1, next: { n: 2, next: null } });
    assert.equal(Object.getPrototypeOf((found as { readonly next: object }).next), Object.prototype);
  });

  it('is read by another schema than it was written by', () => {
    const written = record(
      { name: 'old', type: 'int' },
      { name: 'tags', type: { type: 'map', values: 'int' } },
      { name: 'gone', type: 'string' },
    );
    const reader = AvroSchema.parse(
      record(
        { name: 'id', aliases: ['old'], type: 'long' },
        { name: 'tags', type: { type: 'map', values: 'long' } },
        { name: 'labels', type: { type: 'map', values: 'string' }, default: { a: 'b' } },
      ),
    );
    const schema = AvroSchema.parse(written, [], reader);
    assert.deepEqual(schema.decode(bytes('0e 02 02 78 04 00 02 61')), { id: 7, tags: { x: 2 }, labels: { a: 'b' } });
  });

  it('uses names of schemas that it imports', () => {
    const money = JSON.stringify({ type: 'record', name: 'a.Money', fields: [{ name: 'amount', type: 'int' }] });
    const schema = AvroSchema.parse(record({ name: 'm', type: { type: 'map', values: 'Money' } }), [money]);
    assert.deepEqual(schema.decode(bytes('02 02 78 0a 00')), { m: { x: { amount: 5 } } });
  });

  for (const [what, hex] of [
    ['is cut', '36 06 66'],
    ['has bytes behind it', '36 06 66 6f 6f 00'],
    ['has a length beyond its end', '36 feffffff0f'],
    ['is empty', ''],
  ] as const)
    it(`is a bad record where it ${what}`, () => {
      const schema = AvroSchema.parse(record({ name: 'a', type: 'long' }, { name: 'b', type: 'string' }));
      assert.throws(() => schema.decode(bytes(hex)), BadRecordError);
    });

  it('is bounded where an array claims more items than there are bytes', () => {
    const schema = AvroSchema.parse(record({ name: 'f', type: { type: 'array', items: 'null' } }));
    assert.throws(() => schema.decode(bytes('feffffff0f')), BadRecordError);
  });
});

describe('the format avro', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'avro-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('takes its schema from a file beside the application', async () => {
    await writeFile(join(folder, 'r.avsc'), record({ name: 'f', type: 'int' }));
    const format = createFormat(avro, { schema: 'r.avsc' }, undefined, folder);
    assert.deepEqual(format.decode(bytes('02')), { f: 1 });
  });

  for (const [what, text, message] of [
    ['is no JSON', '{', /r\.avsc: .*JSON/],
    ['is of something else than records', '"int"', /r\.avsc: it is a schema of int, and records are wanted/],
    ['names a type that is not there', record({ name: 'f', type: 'Money' }), /r\.avsc: .*Money/],
    ['has a field __proto__', record({ name: '__proto__', type: 'int' }), /r\.avsc: a field is named __proto__/],
  ] as const)
    it(`says what is wrong with a schema that ${what}`, async () => {
      await writeFile(join(folder, 'r.avsc'), text);
      assert.throws(() => createFormat(avro, { schema: 'r.avsc' }, undefined, folder), message);
    });

  it('says that a schema is not there, or that none was named', () => {
    assert.throws(() => createFormat(avro, { schema: 'r.avsc' }, undefined, folder), /r\.avsc: no such file/);
    assert.throws(() => createFormat(avro), /give a schema, or a registry/);
  });

  it('refuses to read streams of bytes', async () => {
    await writeFile(join(folder, 'r.avsc'), record({ name: 'f', type: 'int' }));
    const format = createFormat(avro, { schema: 'r.avsc' }, undefined, folder);
    assert.throws(() => format.createFramer(0), /reads whole messages/);
  });
});
