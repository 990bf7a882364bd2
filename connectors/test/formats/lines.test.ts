import assert from 'node:assert/strict';
import { lines, raw } from '../../src/formats/index.js';
import { createFormat, decodeAll } from '../support/formats.js';

describe('the format lines', () => {
  const read = (pattern: string, text: string): unknown[] => decodeAll(createFormat(lines, { pattern }), text);

  it('gives the named groups as fields', () => {
    assert.deepEqual(
      read('^(?<ip>\\S+) "(?P<path>[^"]*)" (?<status>\\d+)', '10.0.0.1 "/a b" 404\r\n\n10.0.0.2 "/" 200'),
      [
        { ip: '10.0.0.1', path: '/a b', status: '404' },
        { ip: '10.0.0.2', path: '/', status: '200' },
      ],
    );
  });
  it('leaves out a group that takes no part', () => {
    assert.deepEqual(read('(?<a>x)|(?<b>y)', 'x\ny\n'), [{ a: 'x' }, { b: 'y' }]);
  });
  it('F72: refuses a line that does not match', () => {
    assert.deepEqual(read('^(?<a>\\d+)$', '1\nx\n2\n'), [
      { a: '1' },
      '[the line does not match the pattern]',
      { a: '2' },
    ]);
  });
  it('F77: takes __proto__ as a group', () => {
    const [value] = read('(?<__proto__>x)', 'x\n');
    assert.ok(typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__'));
  });
  it('F83: matches in linear time what backtracking engines never finish', () => {
    assert.deepEqual(read('^(?<a>(a+)+)$', `${'a'.repeat(5000)}b\n`), ['[the line does not match the pattern]']);
  });
  it('refuses a pattern that is none, or that names nothing', () => {
    assert.throws(
      () => createFormat(lines, { pattern: '(?<a>' }),
      /lines: the pattern is no RE2 expression: .*missing closing/,
    );
    assert.throws(() => createFormat(lines, { pattern: '(?<a>x)\\1' }), /lines: the pattern is no RE2 expression/);
    assert.throws(() => createFormat(lines, { pattern: '(x)' }), /names no group/);
  });
});

describe('the format raw', () => {
  it('gives each line as it is, blank ones left out', () => {
    assert.deepEqual(decodeAll(createFormat(raw), ' a,b \r\n\n{"x"\n'), [{ line: ' a,b ' }, { line: '{"x"' }]);
  });
});
