import assert from 'node:assert/strict';
import { MAX_DEPTH, MAX_TEXT_LENGTH, parseExpression } from '../../src/expression/parse.js';
import type { Syntax } from '../../src/expression/syntax.js';

function parsed(text: string): Syntax {
  const result = parseExpression(text);
  assert.ok(result.ok, text);
  return result.ast;
}

/** The tree in brackets, with operators first. */
function shape(node: Syntax): string {
  switch (node.kind) {
    case 'literal':
      return `${node.type}:${String(node.value)}`;
    case 'identifier':
      return node.name;
    case 'select':
      return `(. ${shape(node.operand)} ${node.field})`;
    case 'index':
      return `([] ${shape(node.operand)} ${shape(node.index)})`;
    case 'call':
      return `(${[node.name, ...(node.target === undefined ? [] : [`on ${shape(node.target)}`]), ...node.arguments.map(shape)].join(' ')})`;
    case 'unary':
      return `(${node.operator} ${shape(node.operand)})`;
    case 'binary':
      return `(${node.operator} ${shape(node.left)} ${shape(node.right)})`;
    case 'logical':
      return `(${node.operator} ${node.operands.map(shape).join(' ')})`;
    case 'conditional':
      return `(? ${shape(node.condition)} ${shape(node.then)} ${shape(node.otherwise)})`;
    case 'list':
      return `[${node.elements.map(shape).join(' ')}]`;
    case 'map':
      return `{${node.entries.map(([key, value]) => `${shape(key)}:${shape(value)}`).join(' ')}}`;
  }
}

describe('the parser of expressions', () => {
  const trees: readonly (readonly [string, string])[] = [
    ['a + b * c', '(+ a (* b c))'],
    ['a - b - c', '(- (- a b) c)'],
    ['a || b && c || d', '(|| a (&& b c) d)'],
    ['a ? b : c ? d : e', '(? a b (? c d e))'],
    ['!a.b', '(! (. a b))'],
    ['-5', 'int:-5'],
    ['-9223372036854775808', 'int:-9223372036854775808'],
    ['5 -3', '(- int:5 int:3)'],
    ['- x', '(- x)'],
    ['a < b == c', '(== (< a b) c)'],
    ['x in [1, 2u, 0x1F,]', '(in x [int:1 uint:2 int:31])'],
    ['{"a": 1}["a"]', '([] {string:a:int:1} string:a)'],
    ['a.b(c).d[0]', '([] (. (b on a c) d) int:0)'],
    ['r"\\d" + "\\u00e9\\x41\\101\\n"', '(+ string:\\d string:éAA\n)'],
    ['"""a\n"b"""', 'string:a\n"b'],
    ['a.`user.id`', '(. a user.id)'],
    ['1e3 + .5 // comment\n + 2.5', '(+ (+ double:1000 double:0.5) double:2.5)'],
    ['event.package', '(. event package)'],
  ];
  for (const [text, expected] of trees) {
    it(`reads ${JSON.stringify(text)} as ${JSON.stringify(expected)}`, () => {
      assert.equal(shape(parsed(text)), expected);
    });
  }

  it('keeps the places of all parts', () => {
    const ast = parsed('amount > 500 && device.os == "ios"');
    assert.equal(ast.kind, 'logical');
    const text = 'amount > 500 && device.os == "ios"';
    const places = ast.kind === 'logical' ? ast.operands.map(({ start, end }) => text.slice(start, end)) : [];
    assert.deepEqual(places, ['amount > 500', 'device.os == "ios"']);
  });

  const wrong: readonly (readonly [text: string, code: string, place: string, hint?: RegExp])[] = [
    ['', 'TG216', ''],
    ['  \n', 'TG216', '  \n'],
    ['a = b', 'TG200', '=', /==/],
    ['a and b', 'TG200', 'and', /&&/],
    ['not a', 'TG200', 'a'],
    ['a | b', 'TG200', '|', /\|\|/],
    ['took > 5m', 'TG200', '5m', /duration\("5m"\)/],
    ['name == “x”', 'TG200', '“', /straight quotes/],
    ['a # b', 'TG200', '#', /\/\//],
    ['"${HOST}" == $x', 'TG200', '$', /Placeholders/],
    ['"abc', 'TG200', '"', /triple/],
    ['"\\d"', 'TG200', '\\d', /raw string/],
    ['package == "x"', 'TG200', 'package', /event\["package"\]/],
    ['a +', 'TG200', ''],
    ['(a', 'TG200', ''],
    ['a b', 'TG200', 'b'],
    ['Point{x: 1}', 'TG200', '{', /map/],
    ['99999999999999999999', 'TG214', '99999999999999999999'],
    ['1e999', 'TG214', '1e999'],
    ['"\\ud800"', 'TG200', '\\ud800'],
    ['a\u0000b', 'TG200', '\u0000'],
  ];
  for (const [text, code, place, hint] of wrong) {
    it(`refuses ${JSON.stringify(text)} with ${code} at ${JSON.stringify(place)}`, () => {
      const result = parseExpression(text);
      assert.ok(!result.ok);
      const [problem] = result.problems;
      assert.equal(problem?.code, code);
      assert.equal(text.slice(problem.start, problem.end), place);
      if (hint !== undefined) assert.match(problem.hint ?? '', hint);
    });
  }

  it('F82: bounds depth and length, however they are reached', () => {
    const deep = MAX_DEPTH + 1;
    const hostile = [
      '('.repeat(50_000),
      `${'['.repeat(deep)}${']'.repeat(deep)}`,
      `${'!'.repeat(90_000)}a`,
      `${'-'.repeat(deep)}a`,
      `a${'.b'.repeat(deep)}`,
      `1${'+1'.repeat(deep)}`,
      `${'f('.repeat(deep)}${')'.repeat(deep)}`,
      `${'a?a:'.repeat(deep)}a`,
      `"${'x'.repeat(MAX_TEXT_LENGTH)}"`,
    ];
    for (const text of hostile) {
      const result = parseExpression(text);
      assert.ok(!result.ok && result.problems[0]?.code === 'TG201', text.slice(0, 20));
    }
  });

  it('takes long chains of && and long lists, which are not deep', () => {
    assert.ok(parseExpression(Array.from({ length: 2_000 }, (_, at) => `a${at} > 1`).join(' && ')).ok);
    assert.ok(parseExpression(`x in [${Array.from({ length: 5_000 }, (_, at) => at).join(',')}]`).ok);
  });
});
