/** Which values can be read under another type. */
import assert from 'node:assert/strict';
import type { RecordType } from '../../../src/expression/index.js';
import { unreadable } from '../../../src/plan/compatibility/schema-evolution.js';
import { planOf } from './edit.js';

function typeOf(schema: string): RecordType {
  const { sources } = planOf(`name: t
ingresses: { i: { file: a.jsonl${schema === '' ? '' : `, schema: { ${schema} }`} } }
rules: { r: { from: i, to: e } }
egresses: { e: { stdout: {} } }
`);
  const [source] = sources;
  assert.ok(source);
  return source.schema;
}

describe('A value that was written under one schema', () => {
  const cases: readonly (readonly [written: string, read: string, wrong: string | undefined])[] = [
    ['a: int', 'a: int', undefined],
    ['a: int', 'a: double', undefined],
    ['a: double', 'a: int', 'its field "a" is int, and was double'],
    ['a: int, b: string', 'a: int', undefined],
    ['a: int', 'a: int, b: string?', undefined],
    ['a: int', 'a: int, b: string', 'its field "b" is new and not optional'],
    ['a: int?', 'a: int', 'its field "a" may no longer be absent'],
    ['a: int', 'a: int?', undefined],
    ['a: list<int>', 'a: list<double>', undefined],
    ['a: list<string>', 'a: list<int>', 'its field "a" is list(int), and was list(string)'],
    ['a: map<int>', 'a: map<double>', undefined],
    ['a: { b: int }', 'a: { b: double, c: string? }', undefined],
    ['a: { b: int }', 'a: { b: string }', 'its field "a.b" is string, and was int'],
    ['a: { b: int }', 'a: string', 'its field "a" is string, and was a map of fields'],
    ['a: timestamp', 'a: int', 'its field "a" is int, and was timestamp'],
    ['a: int', '', undefined],
    ['', 'a: int', 'its field "a" may no longer be absent'],
    ['', 'a: int?', 'its field "a" is int, and was of any type'],
  ];
  for (const [written, read, wrong] of cases) {
    it(`${wrong === undefined ? 'can' : 'cannot'} be read: { ${written} } as { ${read} }`, () => {
      assert.equal(unreadable(typeOf(written), typeOf(read)), wrong);
    });
  }
});
