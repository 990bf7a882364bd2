/** Protobuf messages. Bytes are those of the encoding's documentation, or put together by its rules. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BadRecordError } from '../../src/api/index.js';
import { protobuf } from '../../src/formats/index.js';
import { ProtobufSchema } from '../../src/formats/protobuf/protobuf-schema.js';
import { createFormat } from '../support/formats.js';

const bytes = (hex: string): Buffer => Buffer.from(hex.replace(/\s/g, ''), 'hex');
const nothing = (name: string): string => assert.fail(`${name} is imported`);
const read = (body: string, hex: string): unknown =>
  ProtobufSchema.parse(`syntax = "proto3"; message M { ${body} }`, nothing).named('M').decode(bytes(hex));

describe('a message of Protobuf', () => {
  const cases: readonly (readonly [string, string, string, unknown])[] = [
    ['a number as the documentation writes it', 'int32 a = 1;', '08 96 01', { a: 150 }],
    ['a text as the documentation writes it', 'string b = 2;', '12 07 74 65 73 74 69 6e 67', { b: 'testing' }],
    ['names as they are written', 'int32 card_id = 1;', '08 01', { card_id: 1 }],
    [
      'the defaults of what it does not have',
      'int32 a = 1; string b = 2; bool c = 3; repeated int32 d = 4;',
      '',
      { a: 0, b: '', c: false, d: [] },
    ],
    ['nothing of a message that it does not have', 'message I { int32 a = 1; } I i = 1; int32 a = 2;', '', { a: 0 }],
    ['of a oneof what it has', 'oneof o { int32 a = 1; string b = 2; }', '12 01 61', { b: 'a' }],
    ['enums as text', 'enum E { A = 0; B = 1; } E e = 1;', '08 01', { e: 'B' }],
    ['a number that its enum does not know', 'enum E { A = 0; } E e = 1;', '08 05', { e: 5 }],
    ['a small int64 as a number', 'int64 a = 1;', '08 2a', { a: 42 }],
    ['a large int64 exactly', 'int64 a = 1;', '08 81 80 80 80 80 80 80 10', { a: 2n ** 53n + 1n }],
    ['a negative int64', 'int64 a = 1;', '08 ffffffffffffffffff01', { a: -1 }],
    ['the largest uint64', 'uint64 a = 1;', '08 ffffffffffffffffff01', { a: 2n ** 64n - 1n }],
    ['packed numbers', 'repeated int64 a = 1;', '0a 03 01 02 03', { a: [1, 2, 3] }],
    ['a map', 'map<string, int64> m = 1;', '0a 05 0a 01 61 10 07', { m: { a: 7 } }],
    ['bytes', 'bytes b = 1;', '0a 02 00 ff', { b: Buffer.from([0, 255]) }],
    ['what it does not know by passing over it', 'int32 a = 1;', '10 05 08 01', { a: 1 }],
  ];
  for (const [what, body, hex, expected] of cases)
    it(`gives ${what}`, () => assert.deepEqual(read(body, hex), expected));

  it('F77: keeps a key of a map that is called __proto__ as a key', () => {
    const key = Buffer.from('__proto__').toString('hex');
    const { m } = read('map<string, int32> m = 1;', `0a 0d 0a 09 ${key} 10 07`) as { readonly m: object };
    assert.deepEqual(Object.entries(m), [['__proto__', 7]]);
  });

  for (const [what, hex] of [
    ['is cut', '12 07 74'],
    ['has a varint without an end', '08 ffffffffffffffffffffffff'],
    ['has a length beyond its end', '12 ff ff ff ff 07'],
  ] as const)
    it(`is a bad record where it ${what}`, () => {
      assert.throws(() => read('int32 a = 1; string b = 2;', hex), BadRecordError);
    });

  it('is a bad record where messages lie in each other without an end', () => {
    let body = Buffer.alloc(0);
    for (let depth = 0; depth < 5_000; depth++) {
      const length = Buffer.alloc(10);
      let at = 0;
      for (let left = body.length; ; left = Math.floor(left / 128)) {
        length[at++] = left < 128 ? left : (left % 128) + 128;
        if (left < 128) break;
      }
      body = Buffer.concat([Buffer.from([0x0a]), length.subarray(0, at), body]);
    }
    const schema = ProtobufSchema.parse('syntax = "proto3"; message M { M m = 1; }', nothing);
    assert.throws(() => schema.named('M').decode(body), BadRecordError);
  });

  it('is found by its place in the file, also within another and beside those that are imported', () => {
    const schema = ProtobufSchema.parse(
      'syntax = "proto3"; package p; import "other.proto"; message A {} message B { enum E { X = 0; } message C {} message D { int32 n = 1; Other o = 2; } }',
      () => 'syntax = "proto3"; package p; message Other { int32 k = 1; }',
    );
    assert.deepEqual(schema.at([1, 1]).decode(bytes('08 05 12 02 08 06')), { n: 5, o: { k: 6 } });
    assert.throws(() => schema.at([2]), BadRecordError);
    assert.throws(() => schema.at([1, 2]), BadRecordError);
  });

  it("knows Google's common types", () => {
    const schema = ProtobufSchema.parse(
      'syntax = "proto3"; import "google/protobuf/timestamp.proto"; message M { google.protobuf.Timestamp at = 1; }',
      nothing,
    );
    assert.deepEqual(schema.named('M').decode(bytes('0a 05 08 e8 07 10 05')), {
      at: { seconds: 1000, nanos: 5 },
    });
  });
});

describe('the format protobuf', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'protobuf-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('takes its schema from a file, and what that imports from beside it', async () => {
    await mkdir(join(folder, 'schemas'));
    await writeFile(
      join(folder, 'schemas', 'm.proto'),
      'syntax = "proto3"; package s; import "i.proto"; message M { I i = 1; }',
    );
    await writeFile(join(folder, 'schemas', 'i.proto'), 'syntax = "proto3"; package s; message I { int32 n = 1; }');
    const format = createFormat(protobuf, { schema: 'schemas/m.proto', message: 's.M' }, undefined, folder);
    assert.deepEqual(format.decode(bytes('0a 02 08 05')), { i: { n: 5 } });
  });

  for (const [what, options, message] of [
    ['there is no such message', { schema: 'm.proto', message: 's.X' }, /m\.proto: .*s\.X/],
    ['no message is named', { schema: 'm.proto' }, /say which message/],
    ['nothing is named', {}, /give either a schema and its message, or a registry/],
    ['the file is no schema', { schema: 'bad.proto', message: 'M' }, /bad\.proto: /],
    ['a file is not there', { schema: 'none.proto', message: 'M' }, /none\.proto: no such file/],
  ] as const)
    it(`says so where ${what}`, async () => {
      await writeFile(join(folder, 'm.proto'), 'syntax = "proto3"; package s; message M {}');
      await writeFile(join(folder, 'bad.proto'), 'message {');
      assert.throws(() => createFormat(protobuf, options, undefined, folder), message);
    });
});
