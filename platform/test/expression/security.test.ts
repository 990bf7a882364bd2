import assert from 'node:assert/strict';
import { EvaluationError, checkExpression, compileValue, interpret } from '../../src/expression/index.js';
import type { EvaluationRecord } from '../../src/expression/index.js';
import { OPEN_SCOPE, PATTERN_SCOPE, describeValue, evaluate, problemsOf } from './evaluate.js';

/** Names by which code has been reached from data in JavaScript. */
const NAMES = [
  'constructor',
  '__proto__',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
  '__lookupGetter__',
  'isPrototypeOf',
  'toLocaleString',
  'process',
  'globalThis',
  'require',
  'arguments',
  'caller',
  'length',
  'then',
];

/** Known ways out of expression languages, as text. */
const ESCAPES = [
  'constructor.constructor("return process")()',
  '"".constructor.constructor("return process")()',
  '[].map.constructor("return process")()',
  'this.constructor',
  'x.constructor.prototype',
  '(() => 1)()',
  'function() { return 1 }',
  'new Date()',
  'import("fs")',
  'eval("1")',
  'process.exit(1)',
  '`${1}`',
  'a;b',
  'a=1',
  '"\\u0022 + process.exit(1) + \\u0022"',
  "'];process.exit(1);['",
  '"*/process.exit(1)/*"',
  'event["\\"];process.exit(1);//"]',
  'event["\u2028process.exit(1)"]',
  '{"__proto__": {"admin": true}}.admin',
  '{"constructor": 1}.constructor.constructor',
  '[1].constructor.constructor("return 1")()',
  'x.__proto__.__proto__',
  'x["__proto__"]["polluted"]',
  'x["const" + "ructor"]["const" + "ructor"]("return 1")',
  '[x].map(constructor, constructor.constructor)',
  'cel.bind(__proto__, x, __proto__.constructor)',
];

/** The only kinds of values that an expression may give. */
function isData(value: unknown): boolean {
  if (value === undefined || value instanceof EvaluationError) return true;
  if (typeof value === 'function' || typeof value === 'symbol') return false;
  if (typeof value !== 'object' || value === null) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value)) return value.every(isData);
  return value === undefined || [Object.prototype, null, Uint8Array.prototype].includes(prototype as object)
    ? value !== Object.prototype
    : false;
}

function record(value: Record<string, unknown>): EvaluationRecord {
  return { value, timestamp: 0, source: 's', headers: { a: 'b' } };
}

describe('expressions reach nothing but their own data', () => {
  it('F77, F81: a name that every object inherits is an absent field, at every depth', () => {
    const given = { record: record({ x: { y: {} }, s: 'text', l: [1], b: Uint8Array.of(1), n: 1 }) };
    for (const name of NAMES) {
      for (const expression of [`event["${name}"]`, `x["${name}"]`, `x.y["${name}"]`, `has(x["${name}"])`]) {
        assert.ok([undefined, false].includes(evaluate(expression, given) as undefined | false), expression);
      }
      for (const owner of ['s', 'l', 'b', 'n', 'event', 'x.y', '[1, 2]', '"text"', 'l.map(e, e)']) {
        const checked = checkExpression(`${owner}["${name}"]`, OPEN_SCOPE);
        if (!checked.ok) continue;
        const value = compileValue(checked.tree)(given.record);
        assert.ok(
          value === undefined || value instanceof EvaluationError,
          `${owner}.${name} is ${describeValue(value)}`,
        );
      }
    }
  });

  it('F77: fields of such names are plain data when the event has them', () => {
    for (const name of NAMES) {
      const value = JSON.parse(`{ ${JSON.stringify(name)}: 7, "x": { ${JSON.stringify(name)}: 8 } }`) as Record<
        string,
        unknown
      >;
      assert.equal(evaluate(`event["${name}"] + 1`, { record: record(value) }), 8, name);
      assert.equal(evaluate(`x["${name}"] + 1`, { record: record(value) }), 9, name);
    }
    assert.deepEqual(Object.keys(Object.prototype), []);
  });

  it('F77: maps, headers, tables and stages take such names as keys', () => {
    for (const name of NAMES) {
      assert.equal(evaluate(`{"${name}": 5}["${name}"]`), 5, name);
      assert.equal(evaluate(`"${name}" in {"a": 1}`), false, name);
      assert.equal(evaluate(`header("${name}")`, { record: record({}) }), undefined, name);
      assert.equal(problemsOf(`tables["${name}"]["a"]`)[0]?.code, 'TG211', name);
    }
    assert.equal(({} as Record<string, unknown>)['admin'], undefined);
  });

  for (const expression of ESCAPES) {
    it(`F81: ${JSON.stringify(expression)} is refused, absent, an error or plain data`, () => {
      for (const scope of [OPEN_SCOPE, PATTERN_SCOPE]) {
        const checked = checkExpression(expression, scope);
        if (!checked.ok) continue;
        const given = record({ x: {}, a: 1 });
        for (const value of [compileValue(checked.tree)(given), interpret(checked.tree, {}, given)])
          assert.ok(isData(value), describeValue(value));
      }
    });
  }

  it('F81: text of the user is in the generated code as a literal alone', () => {
    const hostile = '"];globalThis.escaped = true;["';
    const quoted = JSON.stringify(hostile);
    const expressions = [
      `event[${quoted}]`,
      `event[${quoted}][${quoted}]`,
      `${quoted} == x`,
      `x in [${quoted}, "b"]`,
      `{${quoted}: 1}[${quoted}]`,
      `header(${quoted})`,
      `x.matches(${quoted.replaceAll('[', '\\\\[').replaceAll(']', '\\\\]')})`,
    ];
    for (const expression of expressions) {
      const checked = checkExpression(expression, OPEN_SCOPE);
      if (checked.ok) compileValue(checked.tree)(record({ x: 'a' }));
      assert.equal((globalThis as Record<string, unknown>)['escaped'], undefined, expression);
    }
  });

  it('F81: a getter of an event is never an own field of JSON, and classes are no maps', () => {
    class Secret {
      readonly inner = 'hidden';
      get all(): string {
        return 'hidden';
      }
    }
    const given = { record: record({ x: new Secret(), d: new Map([['a', 1]]) }) };
    for (const expression of ['x.inner', 'x.all', 'd.size', 'd.get', 'x["inner"]']) {
      assert.equal(describeValue(evaluate(expression, given)), 'error no_such_overload', expression);
    }
  });
});
