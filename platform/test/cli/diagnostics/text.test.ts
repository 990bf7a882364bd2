import assert from 'node:assert/strict';
import type { Diagnostic } from '../../../src/common/diagnostic.js';
import { countText, diagnosticText } from '../../../src/cli/diagnostics/text.js';
import { SourceText } from '../../../src/spec/text/source-text.js';

function shown(
  line: string,
  start: number,
  end: number,
  details: Partial<Diagnostic> = {},
  secrets: readonly string[] = [],
): string[] {
  const source = new SourceText('a.yaml', `x\n${line}\n`);
  const range = source.range(2 + start, 2 + end);
  const diagnostic: Diagnostic = { code: 'TG110', severity: 'error', message: 'wrong', range, ...details };
  return diagnosticText(diagnostic, {
    sources: new Map([['a.yaml', source]]),
    secrets: new Set(secrets),
    colour: false,
  }).split('\n');
}

describe('A diagnostic as text', () => {
  it('has a first line that can be searched for, the place, the line and a caret', () => {
    assert.deepEqual(shown('abc: d', 5, 6, { suggestion: 'e' }), [
      'error[TG110]: wrong; did you mean "e"?',
      ' --> a.yaml:2:6',
      '  |',
      '2 | abc: d',
      '  |      ^',
      '',
    ]);
  });

  it('has the other places and the help below', () => {
    const source = new SourceText('a.yaml', 'x');
    const text = shown('ab', 0, 2, {
      help: 'Do this.\nAnd that.',
      related: [{ message: 'first here', range: source.range(0, 1) }],
    });
    assert.deepEqual(text.slice(5), [
      ' --> a.yaml:1:1',
      '  |',
      '1 | x',
      '  | ^ first here',
      '  = Do this.',
      '    And that.',
      '',
    ]);
  });

  it('keeps tabs before the caret, so that it stands below its place', () => {
    assert.deepEqual(shown('\tab\tcd', 4, 6).slice(3, 5), ['2 | \tab\tcd', '  | \t  \t^^']);
  });

  it('ends the caret with the line', () => {
    assert.equal(shown('abc', 1, 9)[4], '  |  ^^');
  });

  it('shows a part of a long line', () => {
    const [, , , line = '', caret = ''] = shown(`${'a'.repeat(5000)}HERE${'b'.repeat(5000)}`, 5000, 5004);
    assert.ok(line.length < 200);
    assert.equal(line.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1), 'HERE');
  });

  it('sends no control character to the terminal', () => {
    const text = shown('a\u001b[31m\u009bb\u202e', 0, 1, { message: 'x\u001b]0;y\u0007' }).join('');
    assert.ok(!/[\u001b\u009b\u0007\u202e]/.test(text));
  });

  it('masks secrets, with the caret in its place', () => {
    assert.deepEqual(shown('token: hunter22, x: 1', 17, 18, {}, ['hunter22']).slice(3, 5), [
      '2 | token: ********, x: 1',
      '  |                  ^',
    ]);
  });

  it('without a place is one line', () => {
    const text = diagnosticText(
      { code: 'TG100', severity: 'warning', message: 'm' },
      { sources: new Map(), secrets: new Set(), colour: false },
    );
    assert.equal(text, 'warning[TG100]: m\n');
  });
});

describe('The count of diagnostics', () => {
  const of = (...severities: Diagnostic['severity'][]) =>
    countText(severities.map((severity) => ({ code: 'TG100', severity, message: '' })));
  it('names errors and warnings', () => {
    assert.deepEqual(
      [of(), of('error'), of('error', 'error', 'warning'), of('warning')],
      ['', '1 error', '2 errors, 1 warning', '1 warning'],
    );
  });
});
