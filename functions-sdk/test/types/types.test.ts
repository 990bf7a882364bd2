import assert from 'node:assert/strict';
import fc from 'fast-check';
import { types, ValueError, type StandardSchema, type ValueType } from '../../src/index.js';
import { make, oracle, type OracleClass } from '../wire/oracle.js';

const wellFormed = fc.string({ unit: 'grapheme', maxLength: 300 });

function roundTrip<T>(type: ValueType<T>, value: T): T {
  return type.decode(type.encode(value));
}

describe('a type', () => {
  const arbitraries: [type: ValueType<unknown>, values: fc.Arbitrary<unknown>][] = [
    [types.int as ValueType<unknown>, fc.integer()],
    [types.long as ValueType<unknown>, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
    [types.float as ValueType<unknown>, fc.float()],
    [types.double as ValueType<unknown>, fc.double()],
    [types.bool as ValueType<unknown>, fc.boolean()],
    [types.string as ValueType<unknown>, wellFormed],
    [
      types.json('a/b') as ValueType<unknown>,
      fc.json().map((text): unknown => JSON.parse(JSON.stringify(JSON.parse(text)))),
    ],
    [types.bytes as ValueType<unknown>, fc.uint8Array().map((value) => Buffer.from(value))],
  ];
  for (const [type, values] of arbitraries) {
    it(`${type.typename} gives back every value that it takes`, () => {
      fc.assert(fc.property(values, (value) => assert.deepEqual(roundTrip(type, value), value)));
    });
  }

  const { types: wrappers } = oracle;
  const alike: [type: ValueType<unknown>, wrapper: OracleClass, values: fc.Arbitrary<unknown>][] = [
    [types.int as ValueType<unknown>, wrappers.IntWrapper, fc.integer()],
    [
      types.float as ValueType<unknown>,
      wrappers.FloatWrapper,
      fc.float({ noNaN: true }).filter((v) => !Object.is(v, -0)),
    ],
    [
      types.double as ValueType<unknown>,
      wrappers.DoubleWrapper,
      fc.double({ noNaN: true }).filter((v) => !Object.is(v, -0)),
    ],
    [types.bool as ValueType<unknown>, wrappers.BooleanWrapper, fc.boolean()],
    [types.string as ValueType<unknown>, wrappers.StringWrapper, wellFormed],
  ];
  for (const [type, wrapper, values] of alike) {
    it(`${type.typename} has the bytes that Apache’s classes give it, and reads theirs`, () => {
      fc.assert(
        fc.property(values, (value) => {
          const theirs = make(wrapper, { Value: value }).serializeBinary();
          assert.deepEqual(Buffer.from(type.encode(value)), Buffer.from(theirs));
          assert.deepEqual(type.decode(theirs), value);
        }),
      );
    });
  }

  it('io.statefun.types/long has the bytes of Apache’s classes where those are exact', () => {
    for (const value of [0, 1, -1, 2 ** 40, -(2 ** 40), Number.MAX_SAFE_INTEGER]) {
      const theirs = make(wrappers.LongWrapper, { Value: value }).serializeBinary();
      assert.deepEqual(Buffer.from(types.long.encode(BigInt(value))), Buffer.from(theirs));
    }
  });

  it('takes default values as no bytes, and -0 as what it is', () => {
    const empties = [types.int.encode(0), types.long.encode(0n), types.double.encode(0), types.string.encode('')];
    assert.deepEqual(
      [...empties, types.bool.encode(false)].map((bytes) => bytes.length),
      [0, 0, 0, 0, 0],
    );
    assert.ok(Object.is(roundTrip(types.double, -0), -0));
    assert.ok(Object.is(roundTrip(types.float, -0), -0));
  });

  const refused: [type: ValueType<unknown>, value: unknown, message: RegExp][] = [
    [types.int as ValueType<unknown>, 2 ** 31, /whole number from -2147483648 to 2147483647.*got 2147483648/],
    [types.int as ValueType<unknown>, 1.5, /got 1\.5/],
    [types.int as ValueType<unknown>, NaN, /got NaN/],
    [types.int as ValueType<unknown>, '1', /got "1"/],
    [types.int as ValueType<unknown>, null, /got null/],
    [types.long as ValueType<unknown>, 1, /a bigint of 64 bits, such as 7n, and got 1/],
    [types.long as ValueType<unknown>, 2n ** 63n, /got 9223372036854775808n/],
    [types.float as ValueType<unknown>, 0.1, /32 bits hold exactly.*got 0\.1/],
    [types.double as ValueType<unknown>, 1n, /got 1n/],
    [types.bool as ValueType<unknown>, 0, /true or false, and got 0/],
    [types.string as ValueType<unknown>, 5, /text, and got 5/],
    [types.string as ValueType<unknown>, 'a\udc00', /half of a surrogate pair/],
    [types.bytes as ValueType<unknown>, 'x', /a Uint8Array, and got "x"/],
    [types.json('a/b') as ValueType<unknown>, undefined, /the value is undefined, which JSON does not have/],
    [
      types.json('a/b') as ValueType<unknown>,
      { n: 1n },
      /^a\/b is JSON, and this is not: n is 1n, which JSON does not have$/,
    ],
  ];
  for (const [type, value, message] of refused) {
    it(`${type.typename} refuses ${typeof value} ${String(value)} and says so`, () => {
      assert.throws(
        () => type.encode(value),
        (error) => error instanceof ValueError && message.test(error.message),
      );
    });
  }

  it('says what is wrong with bytes that are not its own', () => {
    assert.throws(() => types.int.decode(Buffer.from('bob')), /not of the type io\.statefun\.types\/int/);
    assert.throws(() => types.string.decode(Buffer.from('Hello World')), ValueError);
    assert.throws(() => types.string.decode(Buffer.from('0d01000000', 'hex')), /wire type 5, not 2/);
    assert.throws(() => types.json('a/b').decode(Buffer.from('{')), /a\/b is JSON, and this is not/);
    assert.throws(() => types.json('a/b').decode(Buffer.from([0x22, 0xff, 0x22])), /not valid UTF-8/);
  });

  const circle: Record<string, unknown> = {};
  circle['again'] = circle;
  class Money {
    amount = 1;
  }
  class Text {
    toJSON = (): string => 'x';
  }
  for (const [value, fault] of [
    [{ items: [{ price: 1 }, { price: NaN }] }, /: items\[1\]\.price is NaN, which JSON does not have$/],
    [[1, -Infinity], /: \[1\] is -Infinity, which/],
    [{ 'a b': { c: 1n } }, /: \["a b"\]\.c is 1n, which/],
    [[1, undefined], /: \[1\] is undefined, which/],
    [{ m: new Map([[1, 2]]) }, /: m is a Map, which/],
    [{ s: new Set() }, /: s is a Set, which/],
    [{ d: new Date(0) }, /: d is a Date, which/],
    [{ b: new Uint8Array(2) }, /: b is a Uint8Array, which/],
    [{ p: Promise.resolve(1) }, /: p is a Promise, which/],
    [{ e: new Error('x') }, /: e is a Error, which/],
    [{ u: new URL('http://x') }, /: u is a URL, which/],
    [{ t: new Text() }, /: t is a Text, which/],
    [{ f: () => 1 }, /: f is a function, which/],
    [{ f: Symbol('x') }, /: f is a symbol, which/],
    [NaN, /: the value is NaN, which/],
    [circle, /circular/],
  ] as [unknown, RegExp][])
    it(`of JSON refuses what would be stored as something else: ${fault.source}`, () => {
      assert.throws(
        () => types.json<unknown>('a/b').encode(value),
        (error) =>
          error instanceof ValueError &&
          /^a\/b is JSON, and this is not: /.test(error.message) &&
          fault.test(error.message),
      );
    });

  it('of JSON takes objects of classes as what they hold, and leaves out what is undefined', () => {
    const type = types.json<unknown>('a/b');
    assert.deepEqual(roundTrip(type, [new Money(), { a: undefined, b: -0 }, Object.create(null)]), [
      { amount: 1 },
      { b: 0 },
      {},
    ]);
  });

  it('of JSON keeps __proto__ as plain data', () => {
    const value = roundTrip(types.json<Record<string, unknown>>('a/b'), JSON.parse('{"__proto__":{"x":1}}'));
    assert.deepEqual(Object.keys(value), ['__proto__']);
    assert.equal(({} as Record<string, unknown>)['x'], undefined);
  });

  it('of another name has the values and bytes of the other, and refuses what that refuses', () => {
    const seen = types.named('shop/Seen', types.int);
    assert.equal(seen.typename, 'shop/Seen');
    assert.equal(roundTrip(seen, 7), 7);
    assert.deepEqual(seen.encode(7), types.int.encode(7));
    assert.throws(
      () => seen.encode(0.5),
      /^ValueError: this is not a shop\/Seen: io\.statefun\.types\/int wants a whole/,
    );
    assert.throws(() => seen.decode(Buffer.from('bob')), ValueError);
    assert.throws(() => types.named('seen', types.int), RangeError);
  });

  it('has a name of two parts', () => {
    for (const name of ['', 'a', 'a/', '/b', 'a/b/c'])
      assert.throws(() => types.json(name), /a type's name is namespace\/name, with one slash/);
  });
});

describe('JSON with a schema', () => {
  const payment = types.json('shop/Payment', {
    type: 'object',
    properties: {
      amount: { type: 'number', minimum: 0 },
      currency: { enum: ['EUR', 'USD'] },
      note: { type: 'string' },
    },
    required: ['amount', 'currency'],
    additionalProperties: false,
  });

  it('takes what the schema allows', () => {
    const value: { amount: number; currency: 'EUR' | 'USD'; note?: string } = { amount: 1, currency: 'EUR' };
    assert.deepEqual(roundTrip(payment, value), value);
  });

  it('refuses on both ways what the schema does not allow, with every fault and its place', () => {
    const wrong = { amount: -1, currency: 'GBP' } as never;
    const message = /not a shop\/Payment: \/amount must be >= 0; \/currency must be equal to one of/;
    assert.throws(() => payment.encode(wrong), message);
    assert.throws(() => payment.decode(Buffer.from(JSON.stringify(wrong))), message);
  });

  it('is checked as it will arrive: without what is undefined', () => {
    assert.throws(() => payment.encode({ amount: undefined!, currency: 'EUR' }), /required property 'amount'/);
    assert.deepEqual(roundTrip(payment, { amount: 1, currency: 'EUR', note: undefined } as never), {
      amount: 1,
      currency: 'EUR',
    });
  });

  it('fails where it is declared if the schema has a misspelt keyword', () => {
    assert.throws(() => types.json('a/b', { type: 'object', requierd: ['x'] }), /unknown keyword: "requierd"/);
  });

  it('may be of draft 07 if it says so', () => {
    const pair = types.json('a/Pair', {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'array',
      items: [{ type: 'string' }, { type: 'number' }],
      minItems: 2,
      additionalItems: false,
    });
    assert.deepEqual(roundTrip(pair, ['a', 1]), ['a', 1]);
    assert.throws(() => pair.encode(['a', 'b']), /\/1 must be number/);
  });

  it('may be of any library that follows standardschema.dev', () => {
    const even = types.json('a/Even', {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: (value: unknown) =>
          typeof value === 'number' && value % 2 === 0
            ? { value }
            : { issues: [{ message: 'is not even', path: ['n', { key: 0 }] }] },
      },
    });
    assert.equal(roundTrip(even, 4), 4);
    assert.throws(() => even.encode(3), /not a a\/Even: \/n\/0 is not even/);
  });

  it('may have values that JSON does not, if the library makes them again of what is written', () => {
    const day = types.json('a/Day', {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: ({ at }: { at: string }) => ({ value: { at: new Date(at) } }),
      },
    } as StandardSchema<{ at: Date }>);
    assert.deepEqual(roundTrip(day, { at: new Date(7) }), { at: new Date(7) });
    assert.throws(() => day.encode({ at: new Map() as never }), /at is a Map, which JSON does not have/);
  });

  it('refuses a schema that is checked asynchronously', () => {
    const later = types.json('a/Later', {
      '~standard': { version: 1 as const, vendor: 'test', validate: async (value: unknown) => ({ value }) },
    });
    assert.throws(() => later.decode(Buffer.from('1')), /checked asynchronously/);
  });
});

describe('a Protobuf type', () => {
  const IntWrapper = oracle.types.IntWrapper;

  it('takes classes of google-protobuf', () => {
    const type = types.protobuf('type.googleapis.com/IntWrapper', IntWrapper);
    assert.deepEqual(roundTrip(type, make(IntWrapper, { Value: 7 })).toObject(), { value: 7 });
  });

  const shapes = {
    'ts-proto and protobuf.js': {
      encode: (value: number) => ({ finish: () => Uint8Array.of(value) }),
      decode: (bytes: Uint8Array) => bytes[0]!,
    },
    'protobuf-ts and Protobuf-ES': {
      toBinary: (value: number) => Uint8Array.of(value),
      fromBinary: (bytes: Uint8Array) => bytes[0]!,
    },
  };
  for (const [name, code] of Object.entries(shapes)) {
    it(`takes the code of ${name}`, () => {
      assert.equal(roundTrip(types.protobuf('a/b', code), 7), 7);
    });
  }

  it('says of which type the bytes are not', () => {
    const type = types.protobuf('a/IntWrapper', IntWrapper);
    assert.throws(() => type.decode(Buffer.from('ff', 'hex')), /a a\/IntWrapper cannot be decoded/);
  });
});
