import assert from 'node:assert/strict';
import { resolveRecord, Unresolvable } from '../../../src/record/codec/schema-resolution.js';
import type { FieldSchema, RecordSchema, ValueSchema } from '../../../src/record/codec/value-schema.js';

type Kind = 'int' | 'double' | 'string' | 'dyn';
const field = (kind: Kind, optional = false): FieldSchema => ({ type: { kind }, ...(optional ? { optional } : {}) });
const record = (fields: Record<string, FieldSchema>, open = false): RecordSchema => ({ kind: 'record', fields, open });
const list = (element: ValueSchema): FieldSchema => ({ type: { kind: 'list', element } });

describe('schema resolution', () => {
  const kept: [what: string, writer: RecordSchema, reader: RecordSchema, value: unknown, expected: unknown][] = [
    ['the same schema', record({ a: field('int') }), record({ a: field('int') }), { a: 1 }, { a: 1 }],
    [
      'an optional field that came',
      record({ a: field('int') }),
      record({ a: field('int'), b: field('int', true) }),
      { a: 1 },
      { a: 1 },
    ],
    [
      'a field that went',
      record({ a: field('int'), b: field('int') }),
      record({ a: field('int') }),
      { b: 2, a: 1 },
      { a: 1 },
    ],
    ['a field that went from an open record', record({ b: field('int') }), record({}, true), { b: 2 }, { b: 2 }],
    ['fields without names in a record that was open', record({}, true), record({}), { b: 2 }, {}],
    [
      'an int that is a double',
      record({ a: field('int') }),
      record({ a: field('double') }),
      { a: 2n ** 60n },
      { a: 2 ** 60 },
    ],
    [
      'an int that is of any type',
      record({ a: field('int') }),
      record({ a: field('dyn') }),
      { a: 2n ** 60n },
      { a: 2n ** 60n },
    ],
    [
      'a field that became optional',
      record({ a: field('int') }),
      record({ a: field('int', true) }),
      { a: 1 },
      { a: 1 },
    ],
    [
      'an int within lists of records',
      record({ l: list(record({ a: field('int'), b: field('int') })) }),
      record({ l: list(record({ a: field('double') })) }),
      { l: [{ a: 2n ** 60n, b: 1 }] },
      { l: [{ a: 2 ** 60 }] },
    ],
    [
      'an int within a map',
      record({ m: { type: { kind: 'map', key: { kind: 'string' }, value: { kind: 'int' } } } }),
      record({ m: { type: { kind: 'map', key: { kind: 'string' }, value: { kind: 'double' } } } }),
      { m: { x: 2n ** 60n } },
      { m: { x: 2 ** 60 } },
    ],
    [
      'null and absent values',
      record({ a: field('int', true), b: field('int', true) }),
      record({ a: field('double', true), b: field('double', true) }),
      { a: null },
      { a: null },
    ],
  ];
  for (const [what, writer, reader, value, expected] of kept) {
    it(`keeps ${what}`, () => {
      const adapt = resolveRecord(writer, reader);
      assert.ok(!(adapt instanceof Unresolvable));
      assert.deepEqual(adapt === undefined ? value : adapt(value), expected);
    });
  }

  const refused: [what: string, writer: RecordSchema, reader: RecordSchema, reason: string][] = [
    [
      'a new field that must be there',
      record({}),
      record({ a: field('int') }),
      'the field a is new, and it is not optional',
    ],
    [
      'a field that may be absent',
      record({ a: field('int', true) }),
      record({ a: field('int') }),
      'the field a was optional and is not now',
    ],
    [
      'another type',
      record({ a: field('string') }),
      record({ a: field('double') }),
      'the field a was string and is double now',
    ],
    [
      'a double that is an int',
      record({ a: field('double') }),
      record({ a: field('int') }),
      'the field a was double and is int now',
    ],
    [
      'a type for what had any',
      record({ a: field('dyn') }),
      record({ a: field('int') }),
      'the field a was dyn and is int now',
    ],
    [
      'a type for a field that had no name',
      record({}, true),
      record({ a: field('int', true) }),
      'the field a was of any type and is int now',
    ],
    [
      'another type deep inside',
      record({ r: { type: record({ l: list({ kind: 'string' }) }) } }),
      record({ r: { type: record({ l: list({ kind: 'int' }) }) } }),
      'the field r.l[] was string and is int now',
    ],
    [
      'a list for a scalar',
      record({ a: field('int') }),
      record({ a: list({ kind: 'int' }) }),
      'the field a was int and is list<int> now',
    ],
  ];
  for (const [what, writer, reader, reason] of refused) {
    it(`refuses ${what}, and says so`, () => {
      const adapt = resolveRecord(writer, reader);
      assert.ok(adapt instanceof Unresolvable);
      assert.equal(adapt.reason, reason);
    });
  }
});
