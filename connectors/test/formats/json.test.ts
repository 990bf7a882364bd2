import assert from 'node:assert/strict';
import type { Format } from '../../src/api/index.js';
import { json } from '../../src/formats/index.js';
import { createEncoder, createFormat, decodeAll } from '../support/formats.js';
import { frame } from '../support/reading.js';

const format = (options: Record<string, unknown> = {}, maxRecordBytes?: number): Format =>
  createFormat(json, options, maxRecordBytes);
const read = (text: string | Uint8Array, made = format(), chunkBytes?: number): unknown[] =>
  decodeAll(made, text, chunkBytes);

describe('the format json', () => {
  describe('as JSON Lines', () => {
    const cases: [what: string, text: string | Uint8Array, values: unknown[]][] = [
      ['reads a line as a record', '{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
      ['needs no line feed at the end', '{"a":1}\n{"a":2}', [{ a: 1 }, { a: 2 }]],
      ['takes CRLF as a line end', '{"a":1}\r\n{"a":2}\r\n', [{ a: 1 }, { a: 2 }]],
      ['skips blank lines', '\n\n{"a":1}\n  \n\r\n{"a":2}\n\n', [{ a: 1 }, { a: 2 }]],
      ['leaves out a byte order mark at the beginning', '\ufeff{"a":1}\n', [{ a: 1 }]],
      ['gives nothing for nothing', '', []],
      ['gives nothing for a byte order mark alone', '\ufeff', []],
      ['keeps text of any script', '{"a":"žluť 東京 🌊"}\n', [{ a: 'žluť 東京 🌊' }]],
      [
        'refuses what is no object',
        '1\n"x"\nnull\n[1]\ntrue\n',
        Array.from({ length: 5 }, () => '[not a JSON object]'),
      ],
      [
        'F72: refuses bad JSON and goes on',
        '{"a":1}\n{"a":\n{"a":2}\n',
        [{ a: 1 }, '[not valid JSON: it ends too early]', { a: 2 }],
      ],
      ['F72: says where bad JSON breaks', '{"secret":nope}\n', ['[not valid JSON at character 10]']],
      [
        'F72: refuses bad UTF-8 and goes on',
        Buffer.concat([Buffer.from('{"a":"é"}\n{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}\n{"a":2}')]),
        [{ a: 'é' }, '[not valid UTF-8]', { a: 2 }],
      ],
      ['F74: keeps null apart from absent', '{"a":null}\n', [{ a: null }]],
      [
        'F74: refuses NaN and infinity',
        '{"a":NaN}\n{"a":Infinity}\n{"a":-Infinity}\n',
        [5, 5, 6].map((at) => `[not valid JSON at character ${at}]`),
      ],
      ['F74: keeps negative zero', '{"a":-0}\n', [{ a: -0 }]],
      [
        'F74: reads 2^53-1 as a number',
        '{"a":9007199254740991,"b":-9007199254740991}\n',
        [{ a: 9007199254740991, b: -9007199254740991 }],
      ],
      [
        'F74: reads 2^53 and beyond as bigint',
        '{"a":9007199254740993,"b":-9223372036854775808}\n',
        [{ a: 9007199254740993n, b: -9223372036854775808n }],
      ],
      [
        'F74: reads a decimal of many digits as a double',
        '{"a":0.1234567890123456789,"b":12345678901234567890.5}\n',
        [{ a: 0.12345678901234568, b: 12345678901234567000 }],
      ],
      ['F74: leaves digits inside text alone', '{"a":"12345678901234567890"}\n', [{ a: '12345678901234567890' }]],
      [
        'F74: takes the last of two equal keys, exact or not',
        '{"a":1,"a":2}\n{"a":1,"a":9007199254740993}\n',
        [{ a: 2 }, { a: 9007199254740993n }],
      ],
      [
        'F74: replaces half a surrogate pair',
        '{"a\\ud800":["\\udc00x"],"b":"\\ud83c\\udf0a"}\n',
        [{ 'a\ufffd': ['\ufffdx'], b: '🌊' }],
      ],
      [
        'F73: refuses values that nest too deep',
        `${'['.repeat(600)}${']'.repeat(600)}\n{"a":1}\n`,
        ['[nested deeper than 500 levels, at character 500]', { a: 1 }],
      ],
      ['counts no brackets inside text as nesting', `{"a":"${'['.repeat(2000)}"}\n`, [{ a: '['.repeat(2000) }]],
    ];
    for (const [what, text, values] of cases) {
      it(what, () => assert.deepEqual(read(text), values));
      it(`${what}, wherever the chunks are cut`, () => {
        for (const chunkBytes of [1, 2, 3, 7, 16]) assert.deepEqual(read(text, format(), chunkBytes), values);
      });
    }

    it('F77: takes __proto__, constructor and toString as plain keys', () => {
      for (const text of [
        '{"__proto__":{"x":1},"constructor":2,"toString":3}',
        '{"__proto__":{"x":9007199254740993},"a":"\\ud800"}',
      ]) {
        const [value] = read(text) as Record<string, unknown>[];
        assert.ok(value !== undefined && Object.hasOwn(value, '__proto__'));
        assert.equal(Object.getPrototypeOf(value), Object.prototype);
        assert.equal(({} as Record<string, unknown>)['x'], undefined);
      }
    });

    it('F73: refuses a line above the limit, keeps none of it and goes on', () => {
      const text = `{"a":1}\n{"a":"${'x'.repeat(100)}"}\n{"a":2}\n`;
      for (const chunkBytes of [1, 8, 13, 64, 1000]) {
        assert.deepEqual(read(text, format({}, 50), chunkBytes), [{ a: 1 }, '[longer than 50 bytes]', { a: 2 }]);
      }
    });

    it('F73: takes a line of exactly the limit, with CRLF too', () => {
      const line = `{"a":"${'x'.repeat(42)}"}`;
      assert.equal(line.length, 50);
      for (const chunkBytes of [1, 49, 50, 51, 52, 1000]) {
        assert.equal(
          read(`${line}\r\n${line}\n${line}`, format({}, 50), chunkBytes).filter((value) => typeof value === 'object')
            .length,
          3,
        );
      }
    });

    it('gives the byte position of each line as its offset, whatever the text', () => {
      const text = '\ufeff{"a":1}\n\n{"a":"é"}\r\n{"a":"🌊"}\nx';
      for (const chunkBytes of [1, 5, 1000]) {
        assert.deepEqual(
          frame(format(), Buffer.from(text), chunkBytes).map(({ offset }) => offset),
          [3, 12, 24, 37],
        );
      }
    });

    it('gives the rest from an offset as it did from the beginning', () => {
      const bytes = Buffer.from('{"a":1}\n\n{"a":"é"}\r\n{"a":"🌊"}\nx');
      const all = frame(format(), bytes);
      for (const [index, { offset }] of all.entries()) {
        assert.deepEqual(frame(format(), bytes, 4, offset), all.slice(index));
      }
    });
  });

  describe('as a document', () => {
    const document = '{"type":"FeatureCollection","features":[{"id":1},{"id":2},{"id":9007199254740993}]}';
    const cases: [what: string, path: string, text: string, values: unknown[]][] = [
      ['takes the elements at a path', 'features[*]', document, [{ id: 1 }, { id: 2 }, { id: 9007199254740993n }]],
      ['takes $ for the root', '$.features[*]', document, [{ id: 1 }, { id: 2 }, { id: 9007199254740993n }]],
      ['takes a list without [*]', 'features', document, [{ id: 1 }, { id: 2 }, { id: 9007199254740993n }]],
      ['takes a list at the root', '[*]', '\ufeff [{"a":1}]\n', [{ a: 1 }]],
      [
        'takes lists in lists',
        'days[*].hours[*]',
        '{"days":[{"hours":[{"a":1}]},{"hours":[]},{"hours":[{"a":2}]}]}',
        [{ a: 1 }, { a: 2 }],
      ],
      ['takes quoted names', '["odd.name"][*]', '{"odd.name":[{"a":1}]}', [{ a: 1 }]],
      ['takes one object as one record', 'only', '{"only":{"a":1}}', [{ a: 1 }]],
      [
        'refuses elements that are no objects',
        '[*]',
        '[{"a":1},2,null]',
        [{ a: 1 }, '[not a JSON object]', '[not a JSON object]'],
      ],
      [
        'says where the path leads nowhere',
        'features[*].rows[*]',
        document,
        ['[records: nothing at features[*].rows]'],
      ],
      ['says where there is no list', 'features[*][*]', document, ['[records: no list at features[*][*]]']],
      ['refuses a document that is no JSON', 'a[*]', '{"a":[', ['[not valid JSON: it ends too early]']],
      ['gives nothing for an empty file', 'a[*]', '', []],
      ['F77: looks at own properties only', '__proto__[*]', '{}', ['[records: nothing at __proto__]']],
    ];
    for (const [what, records, text, values] of cases) {
      it(what, () => {
        assert.deepEqual(read(text, format({ records })), values);
        assert.deepEqual(read(text, format({ records }), 3), values);
      });
    }

    it('gives the index of each element as its offset, and goes on from one', () => {
      const made = format({ records: 'features[*]' });
      assert.deepEqual(
        frame(made, Buffer.from(document), 10).map(({ offset }) => offset),
        [0, 1, 2],
      );
      assert.deepEqual(
        frame(made, Buffer.from(document), 10, 2).map(({ offset }) => offset),
        [2],
      );
    });

    it('F73: refuses a document above the limit', () => {
      assert.deepEqual(read(document, format({ records: 'features[*]', maxDocument: 20 }), 7), [
        '[a document longer than 20 bytes]',
      ]);
    });

    it('refuses a path that is none', () => {
      assert.throws(() => format({ records: 'features[*' }), /"features\[\*" is no path at character 9; write it as/);
    });
  });

  describe('written', () => {
    const encoder = createEncoder(json);
    const cases: [what: string, value: unknown, text: string][] = [
      ['writes plain values as JSON does', { a: [1, 'x', null, true] }, '{"a":[1,"x",null,true]}'],
      [
        'F74: writes bigints digit by digit',
        { a: 9223372036854775807n, b: [{ c: 'x', d: undefined }] },
        '{"a":9223372036854775807,"b":[{"c":"x"}]}',
      ],
      [
        'F74: writes NaN and infinity as null, with and without bigints',
        { a: NaN, b: [-Infinity], c: 1n },
        '{"a":null,"b":[null],"c":1}',
      ],
      ['F74: writes -0 as 0', { a: -0 }, '{"a":0}'],
      ['writes bytes as base64', { a: new Uint8Array([1, 2, 255]) }, '{"a":"AQL/"}'],
      ['leaves undefined out of objects', { a: undefined, b: [undefined] }, '{"b":[null]}'],
      ['F94: escapes line ends inside text', { a: 'x\r\ny' }, '{"a":"x\\r\\ny"}'],
      ['F77: writes __proto__ as a plain key', JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
    ];
    for (const [what, value, text] of cases) it(what, () => assert.equal(encoder.encode(value), text));
  });
});
