import assert from 'node:assert/strict';
import { csv } from '../../src/formats/index.js';
import { createEncoder, createFormat, decodeAll } from '../support/formats.js';
import { frame } from '../support/reading.js';

describe('the format csv', () => {
  const cases: [what: string, text: string | Uint8Array, values: unknown[], options?: Record<string, unknown>][] = [
    [
      'names fields by the header',
      'a,b\n1,x\n2,y\n',
      [
        { a: '1', b: 'x' },
        { a: '2', b: 'y' },
      ],
    ],
    ['needs no line feed at the end', 'a,b\n1,x', [{ a: '1', b: 'x' }]],
    [
      'takes CRLF as a line end',
      'a,b\r\n1,x\r\n2,"y"\r\n',
      [
        { a: '1', b: 'x' },
        { a: '2', b: 'y' },
      ],
    ],
    ['leaves out a byte order mark', '\ufeffa,b\n1,x\n', [{ a: '1', b: 'x' }]],
    [
      'skips blank lines',
      '\na,b\n\n1,x\n  \r\n2,y\n\n',
      [
        { a: '1', b: 'x' },
        { a: '2', b: 'y' },
      ],
    ],
    ['gives nothing for nothing', '', []],
    ['gives nothing for a header alone', 'a,b\n', []],
    ['keeps empty fields and blanks', 'a,b,c\n,, x \n', [{ a: '', b: '', c: ' x ' }]],
    ['takes quoted delimiters and quotes', 'a,b\n"1,2","say ""hi"""\n', [{ a: '1,2', b: 'say "hi"' }]],
    [
      'takes quoted line ends, blank lines and CR as they are',
      'a,b\n"1\n\n2\r\n3",x\n',
      [{ a: '1\n\n2\r\n3', b: 'x' }],
    ],
    ['takes an empty quoted field', 'a,b\n"",""\n', [{ a: '', b: '' }]],
    ['takes a quote inside unquoted text for itself', 'a,b\n5" pipe,x "y" z\n', [{ a: '5" pipe', b: 'x "y" z' }]],
    [
      'takes blanks around header names away, and numbers what has none or the same',
      ' a ,a,\n1,2,3\n',
      [{ a: '1', a_2: '2', column3: '3' }],
    ],
    ['takes another delimiter and quote', "a;b\n'1;2';x\n", [{ a: '1;2', b: 'x' }], { delimiter: ';', quote: "'" }],
    ['takes a tab', 'a\tb\n1\tx\n', [{ a: '1', b: 'x' }], { delimiter: '\t' }],
    ['takes a delimiter of several characters', 'a||b\n1||"x||y"\n', [{ a: '1', b: 'x||y' }], { delimiter: '||' }],
    ['takes names for files without a header', '1,x\n', [{ a: '1', b: 'x' }], { header: false, columns: ['a', 'b'] }],
    ['takes other names than the header has', 'q,r\n1,x\n', [{ a: '1', b: 'x' }], { columns: ['a', 'b'] }],
    [
      'F72: refuses another number of fields, with the line, and goes on',
      'a,b\n1\n1,2,3\n\n4,5\n',
      ['[1 fields, but 2 columns, in line 2]', '[3 fields, but 2 columns, in line 3]', { a: '4', b: '5' }],
    ],
    [
      'F72: refuses text after a closing quote, and goes on',
      'a,b\n"x"y,1\n2,z\n',
      ['[text after a closing quote, in line 2]', { a: '2', b: 'z' }],
    ],
    [
      'F72: gives up a quote that is never closed, and reads its other lines',
      'a,b\n"x,1\n2,y\n3,z\n',
      ['[a quote that is never closed, in line 2]', { a: '2', b: 'y' }, { a: '3', b: 'z' }],
    ],
    [
      'F72: refuses a line of bad UTF-8',
      Buffer.from([97, 44, 98, 10, 0xff, 44, 49, 10, 50, 44, 51, 10]),
      ['[not valid UTF-8, in line 2]', { a: '2', b: '3' }],
    ],
    [
      'F77: takes __proto__ and constructor as columns',
      '__proto__,constructor\n1,2\n',
      [
        Object.fromEntries([
          ['__proto__', '1'],
          ['constructor', '2'],
        ]),
      ],
    ],
  ];
  for (const [what, text, values, options] of cases) {
    it(`${what}, wherever the chunks are cut`, () => {
      for (const chunkBytes of [1000, 1, 2, 5])
        assert.deepEqual(decodeAll(createFormat(csv, options), text, chunkBytes), values);
    });
  }

  it('F73: gives up an overlong quoted field at the limit, and goes on at its second line', () => {
    const text = `a,b\n"${'xx\n'.repeat(40)}\n7,8\n`;
    const values = decodeAll(createFormat(csv, {}, 60), text);
    assert.equal(values[0], '[longer than 60 bytes, or a quote that is never closed, in line 2]');
    assert.equal(values[1], '[1 fields, but 2 columns, in line 3]');
    assert.equal(values.length, 41);
    assert.deepEqual(values.at(-1), { a: '7', b: '8' });
  });

  it('gives the byte position of the first line of each record, and goes on from there', () => {
    const bytes = Buffer.from('ä,b\n1,x\n\n"2\n",y\n3\n4,z');
    const format = createFormat(csv);
    const all = frame(format, bytes);
    assert.deepEqual(
      all.map(({ offset }) => offset),
      [5, 10, 17, 19],
    );
    for (const [index, { offset }] of all.entries())
      assert.deepEqual(frame(format, bytes, 3, offset), all.slice(index));
  });

  it('refuses options that cannot work together', () => {
    assert.throws(() => createFormat(csv, { header: false }), /without a header the columns need names/);
    assert.throws(() => createFormat(csv, { delimiter: '' }), /the delimiter must be/);
    assert.throws(() => createEncoder(csv), /an egress needs to know its columns/);
  });

  describe('written', () => {
    const encoder = createEncoder(csv, { columns: ['a', 'b'] });
    const written: [what: string, value: unknown, text: string][] = [
      ['puts fields in the order of the columns', { b: 'x', a: 1, c: 'not shown' }, '1,x'],
      ['leaves absent and null empty', { b: null }, ','],
      [
        'writes bigints and lists',
        { a: 9223372036854775807n, b: [1, { c: 2n }] },
        '9223372036854775807,"[1,{""c"":2}]"',
      ],
      ['F94: quotes what would begin a field or a record', { a: 'x\r\n9,9', b: 'say "hi"' }, '"x\r\n9,9","say ""hi"""'],
      ['F94: keeps text from being run as a formula', { a: '=cmd()', b: '@x' }, "'=cmd(),'@x"],
      ['F94: keeps negative numbers as they are', { a: -5, b: '-5' }, "-5,'-5"],
      ['F77: looks at own properties only', {}, ','],
    ];
    for (const [what, value, text] of written) it(what, () => assert.equal(encoder.encode(value), text));

    it('begins with the header unless told otherwise', () => {
      assert.equal(createEncoder(csv, { columns: ['a', 'b,c'] }).header, 'a,"b,c"');
      assert.equal(createEncoder(csv, { columns: ['a'], header: false }).header, undefined);
    });

    it('F94: leaves formulas alone when told to', () => {
      assert.equal(createEncoder(csv, { columns: ['a'], escapeFormulas: false }).encode({ a: '=1' }), '=1');
    });

    it('is read back as it was', () => {
      const columns = ['text', 'other'];
      const values = ['', ' ', 'a,b', '"', '""', '\n', '\r\n', 'x\ny', "'", 'ž🌊'].map((text) => ({
        text,
        other: 'o',
      }));
      const plain = createEncoder(csv, { columns, escapeFormulas: false });
      const text = [plain.header, ...values.map((value) => plain.encode(value))].join('\n');
      assert.deepEqual(decodeAll(createFormat(csv), text), values);
      const single = createEncoder(csv, { columns: ['text'] });
      assert.deepEqual(decodeAll(createFormat(csv), `${single.header}\n${single.encode({ text: '' })}\n`), [
        { text: '' },
      ]);
    });
  });
});
