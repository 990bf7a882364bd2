/** A shape's reader gives what `JSON.parse` gives, or nothing; which of the two is the table's business. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { learnShape } from '../../src/formats/json-shape.js';

function readerOf(text: string) {
  return learnShape(text, JSON.parse(text) as object);
}

/** How programs write JSON: densely, with spaces as Python does, or with other white space. */
const WRITERS: readonly ((value: unknown) => string)[] = [
  (value) => JSON.stringify(value),
  (value) => JSON.stringify(value, undefined, 1).replaceAll(/\n */g, ' '),
  (value) => JSON.stringify(value, undefined, '\t').replaceAll('\n', ' '),
];

describe('the shape of a JSON object', () => {
  const learnt: readonly [what: string, sample: string, text: string][] = [
    ['other numbers', '{"a":1,"b":2}', '{"a":-17,"b":250.25}'],
    ['the largest number of fifteen digits', '{"a":1}', '{"a":999999999999999}'],
    ['decimals as JSON.parse rounds them', '{"a":1,"b":0.5}', '{"a":0.1,"b":123456.789012345}'],
    ['negative zero', '{"a":1}', '{"a":-0}'],
    ['other text, as long as it likes', '{"a":"x"}', `{"a":"${'žluť 🌊 '.repeat(100)}"}`],
    ['empty text', '{"a":"x"}', '{"a":""}'],
    ['a scalar of another kind', '{"a":"x","b":1,"c":true}', '{"a":null,"b":false,"c":"true"}'],
    ['spaces as in the sample', '{ "a" : 1, "b": 2 }', '{ "a" : 3, "b": 4 }'],
    ['objects and lists within', '{"a":{"b":[1,{"c":2}],"d":{},"e":[]}}', '{"a":{"b":[3,{"c":"x"}],"d":{},"e":[]}}'],
    ['no scalar at all', '{"a":{}}', '{"a":{}}'],
    ['text that looks like a key', '{"a":"x"}', '{"a":"\u2028b: 1"}'],
    ['keys that are special to JavaScript', '{"constructor":1,"toString":2}', '{"constructor":3,"toString":4}'],
  ];
  for (const [what, sample, text] of learnt) {
    it(`is read from ${what}`, () => {
      const read = readerOf(sample)?.(text);
      assert.deepEqual(read, JSON.parse(text));
      assert.deepEqual(Object.keys(read ?? {}), Object.keys(JSON.parse(text) as object));
    });
  }

  const left: readonly [what: string, sample: string, text: string][] = [
    ['a number of sixteen digits', '{"a":1}', '{"a":1234567890123456}'],
    ['sixteen digits around a point', '{"a":1}', '{"a":12345678.12345678}'],
    ['an exponent', '{"a":1}', '{"a":1e3}'],
    ['a leading zero', '{"a":1}', '{"a":01}'],
    ['a sign alone', '{"a":1}', '{"a":-}'],
    ['a second sign', '{"a":1}', '{"a":--1}'],
    ['a point without decimals', '{"a":1}', '{"a":1.}'],
    ['a point without a digit before', '{"a":1}', '{"a":.5}'],
    ['an escape', '{"a":"x"}', '{"a":"\\n"}'],
    ['a control character in text', '{"a":"x"}', '{"a":"\u0001"}'],
    ['text that does not end', '{"a":"x"}', '{"a":"x}'],
    ['NaN', '{"a":1}', '{"a":NaN}'],
    ['a word that only begins well', '{"a":true}', '{"a":truer}'],
    ['another key', '{"a":1}', '{"b":1}'],
    ['a key more', '{"a":1}', '{"a":1,"b":2}'],
    ['a key less', '{"a":1,"b":2}', '{"a":1}'],
    ['keys in another order', '{"a":1,"b":2}', '{"b":1,"a":2}'],
    ['an object for a scalar', '{"a":1}', '{"a":{}}'],
    ['a list of another length', '{"a":[1,2]}', '{"a":[1,2,3]}'],
    ['other white space', '{"a":1}', '{"a": 1}'],
    ['something behind the end', '{"a":1}', '{"a":1}x'],
    ['a text that is cut short', '{"a":1}', '{"a":1'],
    ['nothing', '{"a":1}', ''],
  ];
  for (const [what, sample, text] of left) {
    it(`leaves ${what} to the parser`, () => {
      const reader = readerOf(sample);
      assert.ok(reader !== undefined);
      assert.equal(reader(text), undefined);
    });
  }

  const unlearnt: readonly [what: string, sample: string][] = [
    ['a key that is written twice', '{"a":1,"a":2}'],
    ['a key that is written twice, with as many scalars as keys', '{"a":{"b":1},"a":2}'],
    ['the key __proto__', '{"__proto__":1}'],
    ['keys that JavaScript puts first', '{"b":1,"2":3}'],
    ['a key that is no plain name', '{"a\\"];throw 1;//":1}'],
    ['text with an escape', '{"a":"\\u0041"}'],
    ['a number of many digits', '{"a":12345678901234567890}'],
    ['a record of some length', `{"a":[${'1,'.repeat(2000)}1]}`],
  ];
  for (const [what, sample] of unlearnt) {
    it(`is not learnt from ${what}`, () => assert.equal(readerOf(sample), undefined));
  }

  it('gives what JSON.parse gives, or nothing, for any two records', () => {
    const key = fc.constantFrom('a', 'b', 'ts', '__proto__', '0', 'constructor', 'x y');
    const scalar = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.maxSafeInteger(),
      fc.constantFrom(0.1, -0, 1e21, 5e-324, 100.25, 1700000100005),
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
    );
    const record = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { weight: 4, arbitrary: scalar },
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3 }),
      ),
    })).value;
    const event = fc.oneof(
      fc.record({ id: scalar, amount: fc.double(), place: fc.record({ x: scalar, y: scalar }) }),
      fc.record({ id: scalar, more: record }),
    );
    let hits = 0;
    fc.assert(
      fc.property(
        event,
        event,
        fc.constantFrom(...WRITERS),
        fc.nat(),
        fc.string({ maxLength: 2 }),
        (a, b, write, at, junk) => {
          const [sample, other] = [write(a), write(b)];
          const reader = learnShape(sample, JSON.parse(sample) as object);
          if (reader === undefined) return;
          const cut = at % other.length;
          for (const text of [sample, other, other.slice(0, cut) + junk + other.slice(cut + 1)]) {
            const value = reader(text);
            if (value === undefined) continue;
            hits += 1;
            assert.deepEqual(value, JSON.parse(text));
          }
        },
      ),
      { seed: 20_261_121, numRuns: 5000 },
    );
    assert.ok(hits > 1000);
  });

  it('reads decimals as JSON.parse rounds them, whatever their digits', () => {
    const reader = readerOf('{"a":1}');
    fc.assert(
      fc.property(fc.nat(999_999_999), fc.nat(999_999), fc.nat(6), fc.boolean(), (whole, part, zeros, negative) => {
        const text = `{"a":${negative ? '-' : ''}${whole}.${'0'.repeat(zeros)}${part}}`;
        const value = reader?.(text);
        assert.ok(value === undefined ? text.replace(/\D/g, '').length > 15 : true);
        if (value !== undefined) assert.deepEqual(value, JSON.parse(text));
      }),
      { seed: 20_261_121, numRuns: 5000 },
    );
  });
});
