import assert from 'node:assert/strict';
import type { RecordType, ValueType } from '../../../src/expression/type.js';
import { createConformer } from '../../../src/operators/source/conformer.js';
import { timeParser } from '../../../src/time/time-parser.js';

const schema = (fields: RecordType['fields']): RecordType => ({ kind: 'record', fields, open: true });
const of = (kind: Exclude<ValueType['kind'], 'list' | 'map' | 'record' | 'type'>): ValueType => ({ kind });

/** The value after conforming, or what is wrong with it. */
function conformed(type: ValueType, value: unknown, textual = false): unknown {
  const record: Record<string, unknown> = { f: value };
  const problem = createConformer(schema({ f: { type } }), { textual })(record);
  return problem ?? record['f'];
}

describe('holding a value against its schema', () => {
  const TABLE: readonly [type: ValueType, value: unknown, expected: unknown, textual?: boolean][] = [
    [of('string'), 'a', 'a'],
    [of('string'), 1, 'field f is not string'],
    [of('bool'), true, true],
    [of('bool'), 'true', 'field f is not bool'],
    [of('bool'), 'true', true, true],
    [of('double'), 1.5, 1.5],
    [of('double'), 10n ** 18n, 1e18],
    [of('double'), '1.5', 'field f is not double'],
    [of('double'), '1.5', 1.5, true],
    [of('double'), '1e3', 1000, true],
    [of('double'), 'NaN', 'field f is not double', true],
    [of('double'), '1e999', 'field f is not double', true],
    [of('int'), 7, 7],
    [of('int'), 7.5, 'field f is not int'],
    [of('int'), 2 ** 53, 'field f is not int'],
    [of('int'), 2n ** 53n + 1n, 2n ** 53n + 1n],
    [of('int'), 2n ** 63n, 'field f is not int'],
    [of('int'), '9007199254740993', 9007199254740993n, true],
    [of('int'), '42', 42, true],
    [of('int'), '4.2', 'field f is not int', true],
    [of('timestamp'), '2018-02-07T01:26:13Z', 1517966773000],
    [of('timestamp'), 1517966773000, 1517966773000],
    [of('timestamp'), '1517966773000', 1517966773000, true],
    [of('timestamp'), true, 'field f is not timestamp'],
    [of('duration'), '1h30m', 5_400_000],
    [of('duration'), '-5s', -5000],
    [of('duration'), 250, 250],
    [of('duration'), 'soon', 'field f is not duration'],
    [of('bytes'), 'aGk=', new Uint8Array([104, 105])],
    [of('dyn'), null, null],
    [{ kind: 'list', element: of('int') }, [1, 2], [1, 2]],
    [{ kind: 'list', element: of('int') }, [1, 'x'], 'field f is not list<int>'],
    [{ kind: 'map', key: of('string'), value: of('timestamp') }, { a: '1970-01-01T00:00:01Z' }, { a: 1000 }],
    [schema({ lat: { type: of('double') } }), { lat: 1 }, { lat: 1 }],
    [schema({ lat: { type: of('double') } }), {}, 'field f.lat is missing (double)'],
    [of('string'), null, 'field f is null (string expected)'],
  ];
  for (const [type, value, expected, textual] of TABLE) {
    const shown = JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v));
    it(`takes ${shown} as ${JSON.stringify(type)}${textual === true ? ' from text' : ''}`, () => {
      assert.deepEqual(conformed(type, value, textual), expected);
    });
  }

  it('refuses a missing required field and lets an optional one be absent or null', () => {
    const conform = createConformer(schema({ a: { type: of('int') }, b: { type: of('int'), optional: true } }), {
      textual: false,
    });
    assert.equal(conform({ b: 1 }), 'field a is missing (int)');
    assert.equal(conform({ a: 1 }), undefined);
    assert.equal(conform({ a: 1, b: null }), undefined);
  });

  it('keeps fields that the schema does not name', () => {
    const record = { a: 1, extra: 'x' };
    assert.equal(createConformer(schema({ a: { type: of('int') } }), { textual: false })(record), undefined);
    assert.deepEqual(record, { a: 1, extra: 'x' });
  });

  it('F77: treats fields called __proto__, constructor and toString as data', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const fields = Object.fromEntries(names.map((name) => [name, { type: of('timestamp') }]));
    const conform = createConformer(schema(fields), { textual: false });
    assert.match(conform({}) ?? '', /missing/);
    const record = JSON.parse(
      `{${names.map((name) => `${JSON.stringify(name)}: "1970-01-01T00:00:01Z"`).join(',')}}`,
    ) as Record<string, unknown>;
    assert.equal(conform(record), undefined);
    for (const name of names) assert.equal(Object.getOwnPropertyDescriptor(record, name)?.value, 1000);
    assert.equal(Object.getPrototypeOf(record), Object.prototype);
  });

  it('F81: takes a field name with quotes, line separators and `$&` as a name', () => {
    const name = `"]);throw 1;//\u2028$&'`;
    const conform = createConformer(schema({ [name]: { type: of('int') } }), { textual: false });
    assert.equal(conform({ [name]: 1 }), undefined);
    assert.match(conform({}) ?? '', /missing/);
  });

  it('reads the time field in the ingress’s own form', () => {
    const conform = createConformer(schema({ ts: { type: of('timestamp') } }), {
      textual: true,
      time: { path: ['ts'], parse: timeParser('epoch-seconds', undefined) },
    });
    const record: Record<string, unknown> = { ts: '12' };
    assert.equal(conform(record), undefined);
    assert.equal(record['ts'], 12_000);
  });

  it('does not put content into its messages', () => {
    assert.doesNotMatch(String(conformed(of('int'), 'secret-4111111111111111')), /4111/);
  });
});
