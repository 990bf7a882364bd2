/** Records on their way out as Protobuf: what is written is read again, and what does not fit is named. */
import assert from 'node:assert/strict';
import { UnwritableRecordError } from '../../src/api/index.js';
import { protobuf } from '../../src/formats/index.js';
import { ProtobufSchema } from '../../src/formats/protobuf/protobuf-schema.js';
import { createEncoder, createFormat } from '../support/formats.js';

const nothing = (name: string): string => assert.fail(`${name} is imported`);
const parse = (body: string, head = 'syntax = "proto3";'): ProtobufSchema =>
  ProtobufSchema.parse(`${head} message M { ${body} }`, nothing);
const again = (body: string, value: object): unknown => {
  const message = parse(body).named('M');
  return message.decode(Buffer.from(message.encode(value)));
};
const oneof = 'oneof way { int32 card = 1; string cash = 2; }';

describe('a record that is written as Protobuf', () => {
  it('has the bytes of the documentation’s example', () => {
    const written = parse('int32 a = 1; string b = 2;').named('M').encode({ a: 150, b: 'testing' });
    assert.equal(Buffer.from(written).toString('hex'), '089601120774657374696e67');
  });

  const read: readonly (readonly [string, string, object, object?])[] = [
    ['numbers of 32 bits', 'sint32 a = 1; fixed32 b = 2;', { a: -(2 ** 31), b: 2 ** 32 - 1 }],
    ['numbers of 64 bits', 'int64 a = 1; uint64 b = 2;', { a: -(2n ** 63n), b: 2n ** 64n - 1n }],
    ['a small number of 64 bits', 'sfixed64 a = 1;', { a: -42 }],
    ['a whole number where a double is wanted', 'double a = 1;', { a: 7n }, { a: 7 }],
    ['not a number', 'float a = 1;', { a: NaN }],
    ['bytes', 'bytes b = 1;', { b: Buffer.from([0, 255]) }],
    ['an enum', 'enum E { A = 0; B = 1; } E e = 1;', { e: 'B' }],
    ['a number that its enum does not know', 'enum E { A = 0; } E e = 1;', { e: 5 }],
    ['lists, packed and not', 'repeated int64 a = 1; repeated string b = 2;', { a: [1, 2n ** 60n], b: ['x', ''] }],
    ['maps', 'map<int64, string> m = 1; map<bool, int32> n = 2;', { m: { '-9007199254740993': 'x' }, n: { true: 1 } }],
    ['messages in messages', 'message I { M m = 1; int32 n = 2; } I i = 1;', { i: { n: 2, m: { i: { n: 3 } } } }],
    ['the member of a oneof', oneof, { cash: 'a', card: null }, { cash: 'a' }],
    ['an optional field that is empty', 'optional int32 a = 1;', { a: 0 }],
    ['nothing of what the schema does not have', 'int32 a = 1;', { a: 1, b: 2, $unknowns: [1] }, { a: 1 }],
  ];
  for (const [what, body, value, expected = value] of read)
    it(`gives ${what} again`, () => assert.deepEqual(again(body, value), expected));

  it('F77: keeps a key of a map that is called __proto__ as a key', () => {
    const { m } = again('map<string, int32> m = 1;', { m: JSON.parse('{"__proto__":7}') as object }) as { m: object };
    assert.deepEqual(Object.entries(m), [['__proto__', 7]]);
  });

  it('takes a time for one of Google’s', () => {
    const head = 'syntax = "proto3"; import "google/protobuf/timestamp.proto";';
    const message = parse('google.protobuf.Timestamp at = 1;', head).named('M');
    const written = message.encode({ at: '1969-12-31T23:59:59.25Z' });
    assert.deepEqual(message.decode(Buffer.from(written)), { at: { seconds: -1, nanos: 250_000_000 } });
  });

  for (const [what, body, value, reason] of [
    ['is a fraction', 'int32 a = 1;', { a: 1.5 }, 'a is a fraction, and the schema wants a int32'],
    ['is too large', 'uint32 a = 1;', { a: 2 ** 32 }, 'a is a whole number, and the schema wants a uint32'],
    ['is negative', 'uint64 a = 1;', { a: -1 }, 'a is a whole number, and the schema wants a uint64'],
    ['is no name of its enum', 'enum E { A = 0; } E e = 1;', { e: 'B' }, 'e is a text, and the schema wants one of A'],
    ['is in a list', 'repeated bool a = 1;', { a: [true, 1] }, 'a.1 is a whole number, and the schema wants a bool'],
    ['is no list', 'repeated bool a = 1;', { a: true }, 'a is a boolean, and the schema wants a list'],
    [
      'is in a message',
      'message I { string s = 1; } I i = 1;',
      { i: { s: 1 } },
      'i.s is a whole number, and the schema wants a string',
    ],
    ['is no message', 'message I { } I i = 1;', { i: Buffer.of(1) }, 'i is bytes, and the schema wants a message I'],
    [
      'has a key that is none',
      'map<int32, string> m = 1;',
      { m: { '2147483648': 'x' } },
      'm.* is a text, and the schema wants a key that is a int32',
    ],
    [
      'is the second of a oneof',
      oneof,
      { card: 1, cash: 'a' },
      'cash is a text, and the schema wants one of the oneof way only',
    ],
  ] as const)
    it(`is unwritable where a field ${what}, which is named`, () => {
      assert.throws(
        () => parse(body).named('M').encode(value),
        (error: unknown) => error instanceof UnwritableRecordError && error.reason === reason,
      );
    });

  it('is unwritable where a required field is absent', () => {
    const message = parse('required int32 a = 1;', 'syntax = "proto2";').named('M');
    assert.throws(() => message.encode({}), /a is absent, and the schema wants a int32/);
  });

  it('is unwritable where it is nested too deep for who reads it', () => {
    let value: object = {};
    for (let depth = 0; depth < 500; depth++) value = { m: value };
    assert.throws(() => parse('M m = 1;').named('M').encode(value), UnwritableRecordError);
  });
});

describe('the format protobuf, with its schema in the application', () => {
  const schema = 'syntax = "proto3"; package s; message M { int32 n = 1; }';

  it('writes and reads by it', () => {
    const payload = createEncoder(protobuf, { schema, message: 's.M' }).encode({ n: 7 });
    assert.deepEqual(createFormat(protobuf, { schema, message: 's.M' }).decode(Buffer.from(payload)), { n: 7 });
  });

  it('says what is wrong with it', () => {
    assert.throws(() => createEncoder(protobuf, { schema: 'message {', message: 'M' }), /format protobuf: schema: /);
    assert.throws(() => createEncoder(protobuf, { schema }), /say which message/);
    assert.throws(() => createEncoder(protobuf), /give either a schema and its message, or a registry/);
  });
});
