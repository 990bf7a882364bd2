import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { DiagnosticBag } from '../../../src/spec/diagnostic-bag.js';
import type { ScalarNode } from '../../../src/spec/text/node.js';
import { parseYaml } from '../../../src/spec/text/parse-yaml.js';
import { sourceOffsets } from '../../../src/spec/text/scalar-offsets.js';
import { SourceText } from '../../../src/spec/text/source-text.js';

/** The scalar under the key `k`. */
function scalarOf(text: string): ScalarNode {
  const root = parseYaml(new SourceText('t.yaml', text), new DiagnosticBag());
  const node = root?.entries.find((entry) => entry.key === 'k')?.value;
  assert.equal(node?.kind, 'scalar');
  return node as ScalarNode;
}

/** What stands in the source where `word` stands in the scalar's text. */
function sourceOf(text: string, word: string): string {
  const node = scalarOf(text);
  const start = node.text.indexOf(word);
  assert.ok(start >= 0, `${JSON.stringify(word)} is not in ${JSON.stringify(node.text)}`);
  return text.slice(...sourceOffsets(node, start, start + word.length));
}

/** What a piece of a scalar's source stands for. */
function unescaped(written: string, style: ScalarNode['style']): string {
  if (style === 'single-quoted') return written.replaceAll("''", "'");
  if (style !== 'double-quoted') return written;
  return JSON.parse(`"${written.replaceAll(/\\\n\s*/g, '')}"`) as string;
}

describe('An offset in a scalar', () => {
  const cases: readonly (readonly [style: string, text: string, word: string, source?: string])[] = [
    ['plain', 'k: amount > limit', 'limit'],
    ['plain over lines', 'k: amount >\n    limit &&\n\n   other', 'other'],
    ['plain with a comment after it', 'k: amount > limit # limit', 'limit'],
    ['single-quoted', "k: 'amount > limit'", 'limit'],
    ['single-quoted with quotes in it', "k: 'a == ''x'' && limit'", 'limit'],
    ['single-quoted, the quotes themselves', "k: 'a == ''x'' && b'", "'x'", "''x''"],
    ['double-quoted', 'k: "amount > limit"', 'limit'],
    ['double-quoted with escapes', 'k: "a == \\"x\\" \\u0026\\x26 limit"', 'limit'],
    ['double-quoted, an escape itself', 'k: "a \\u0026\\x26 b"', '&&', '\\u0026\\x26'],
    ['double-quoted with an astral character', 'k: "\\U0001F600 limit"', 'limit'],
    ['double-quoted with joined lines', 'k: "amount > \\\n    limit"', 'limit'],
    ['double-quoted over lines', 'k: "amount >\n\n    limit"', 'limit'],
    ['literal', 'k: |\n  amount >\n    limit &&\n\n  other\n', 'other'],
    ['literal with an indentation indicator', 'k: |2\n   amount\n  limit\n', 'limit'],
    ['literal, kept', 'k: |+\n  limit\n\n\n', 'limit'],
    ['literal with a comment in its header', 'k: | # limit\n  limit\n', 'limit'],
    ['literal with Windows line ends', 'k: |\r\n  amount >\r\n  limit\r\n', 'limit'],
    ['folded', 'k: >\n  amount >\n  limit &&\n\n  other\n', 'other'],
    ['folded with more indentation', 'k: >-\n  amount >\n    limit\n  other', 'other'],
    ['in braces', '{ a: 1, k: amount > limit, b: 2 }', 'limit'],
    ['after a tag', 'k: !amount && limit', 'limit'],
  ];
  for (const [style, text, word, source = word] of cases) {
    it(`is found in the source: ${style}`, () => assert.equal(sourceOf(text, word), source));
  }

  it('at the end of the text is the end of the scalar', () => {
    const node = scalarOf('k: abc # d');
    assert.deepEqual(sourceOffsets(node, 3, 3), [6, 6]);
    assert.deepEqual(sourceOffsets(node, 9, 12), [6, 6]);
  });

  it('leads to the same words, whatever the style and the text', () => {
    const word = fc.constantFrom(
      'amount',
      'limit',
      '==',
      '"a"',
      "'b'",
      '&&',
      '#c',
      '\\',
      'd:',
      '[',
      '{',
      '}',
      ']',
      '!',
      'é',
      '😀',
      '%',
      '>',
    );
    const texts = fc.array(fc.tuple(word, fc.constantFrom(' ', '  ', '\n', ' \n', '\n\n')), {
      minLength: 1,
      maxLength: 12,
    });
    const style = fc.constantFrom(
      'PLAIN',
      'QUOTE_SINGLE',
      'QUOTE_DOUBLE',
      'BLOCK_LITERAL',
      'BLOCK_FOLDED',
    ) as fc.Arbitrary<'PLAIN'>;
    fc.assert(
      fc.property(texts, style, fc.integer({ min: 10, max: 80 }), (words, defaultStringType, lineWidth) => {
        const value = `x${words.map(([one, space]) => `${space}${one}`).join('')}x`;
        const text = stringify({ k: value }, { defaultStringType, lineWidth });
        const node = scalarOf(text);
        assert.equal(node.text, value);
        let from = 0;
        for (const [one] of words) {
          const start = value.indexOf(one, from);
          from = start + one.length;
          const written = text.slice(...sourceOffsets(node, start, from));
          assert.equal(unescaped(written, node.style), one);
        }
      }),
      { numRuns: 500, seed: 7 },
    );
  });
});
