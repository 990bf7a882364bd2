/** Arbitrary schemas, records that fit them more or less, and the comparison that sees every difference. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { RecordSchema, ValueSchema } from '../../../src/record/codec/value-schema.js';
import type { Key } from '../../../src/record/key.js';
import { StreamRecord, type AlertEnvelope, type Split } from '../../../src/record/stream-record.js';

/** As `fc.record`, of plain objects alone: what the house makes has a prototype. */
export const plainRecord = <T>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(members, { noNullPrototype: true }) as fc.Arbitrary<T>;

const name = fc.oneof(
  fc.constantFrom('amount', 'card', '__proto__', 'constructor', '7', 'x', 'bytes', 'nested', '"`${1}\\'),
  fc.string({ maxLength: 4 }),
);

const scalar: fc.Arbitrary<ValueSchema> = fc
  .constantFrom(
    ...(['dyn', 'null', 'bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration'] as const),
  )
  .map((kind) => ({ kind }));

const schemas = fc.letrec<{ value: ValueSchema; record: RecordSchema }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    { weight: 6, arbitrary: scalar },
    { weight: 1, arbitrary: plainRecord({ kind: fc.constant('list' as const), element: tie('value') }) },
    {
      weight: 1,
      arbitrary: plainRecord({
        kind: fc.constant('map' as const),
        key: fc.constant<ValueSchema>({ kind: 'string' }),
        value: tie('value'),
      }),
    },
    { weight: 1, arbitrary: tie('record') },
  ),
  record: plainRecord({
    kind: fc.constant('record' as const),
    fields: fc
      .uniqueArray(name, { maxLength: 10 })
      .chain((names) =>
        fc
          .tuple(...names.map(() => plainRecord({ type: tie('value'), optional: fc.boolean() })))
          .map((fields) => Object.fromEntries(names.map((n, i) => [n, fields[i]!]))),
      ),
    open: fc.boolean(),
  }),
}));

export const recordSchema = schemas.record;

/** Any plain value, odd ones often. */
export const plainValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom<unknown>(
      undefined,
      null,
      true,
      -0,
      0,
      NaN,
      Infinity,
      2 ** 31,
      -(2 ** 31) - 1,
      2 ** 47,
      2 ** 52,
      2 ** 53,
      '',
      '\ud800',
    ),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double(),
    fc.bigInt(),
    fc.string({ unit: 'binary' }),
    fc.uint8Array({ maxLength: 5 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3 }),
  ),
})).value;

function fitting(schema: ValueSchema): fc.Arbitrary<unknown> {
  switch (schema.kind) {
    case 'bool':
      return fc.boolean();
    case 'int':
    case 'duration':
      return fc.oneof(fc.integer(), fc.maxSafeInteger());
    case 'uint':
      return fc.maxSafeNat();
    case 'timestamp':
      return fc.oneof(fc.integer({ min: -1e12, max: 2e12 }), fc.maxSafeInteger());
    case 'double':
      return fc.double();
    case 'string':
      return fc.string({ unit: 'binary', maxLength: 60 });
    case 'bytes':
      return fc.uint8Array({ maxLength: 9 });
    case 'list':
      return fc.array(fitting(schema.element), { maxLength: 3 });
    case 'map':
      return fc.dictionary(name, fitting(schema.value), { maxKeys: 3, noNullPrototype: true });
    case 'record':
      return valueOf(schema);
    default:
      return plainValue;
  }
}

/** Mostly what the schema says; sometimes a field is missing, of another type, in another place, or one too many. */
export function valueOf(schema: RecordSchema): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.entries(schema.fields).map(([field, { type }]) =>
    fc.oneof(
      { weight: 8, arbitrary: fitting(type).map((value) => [[field, value]]) },
      { weight: 1, arbitrary: plainValue.map((value) => [[field, value]]) },
      { weight: 1, arbitrary: fc.constant([]) },
    ),
  );
  const more = fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.tuple(name, plainValue), { maxLength: 2 }) },
  );
  return fc
    .tuple(fc.tuple(...fields), more, fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(5)))
    .map(([parts, extra, turn]) => {
      const members = [...parts.flat(), ...extra] as [string, unknown][];
      return Object.fromEntries([...members.slice(turn), ...members.slice(0, turn)]);
    });
}

const SPLITS: readonly Split[] = [
  { ingress: 'payments', id: 'file:a' },
  { ingress: 'payments', id: 'file:b' },
  { ingress: 'logins', id: '' },
];

const time = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 2e12 }) },
  fc.constantFrom(-0, 2 ** 52, -(2 ** 53), -Infinity),
);
const offset = fc.oneof(fc.nat(), fc.maxSafeInteger(), fc.constant(-0), fc.string());
const headers = fc.option(fc.dictionary(name, fc.string(), { maxKeys: 2, noNullPrototype: true }), { nil: undefined });
export const key: fc.Arbitrary<Key | undefined> = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.double(),
  fc.bigInt(),
  fc.boolean(),
  fc.constant(undefined),
);

/** Records of the sources `payments` (of the schema), `logins` (untyped) and `rules`, whose alerts hold others. */
export function recordOf(schema: RecordSchema, depth = 1): fc.Arbitrary<StreamRecord> {
  const alert = depth === 0 ? fc.constant(undefined) : fc.option(alertOf(schema, depth), { nil: undefined, freq: 8 });
  return fc
    .tuple(
      fc.constantFrom('payments', 'payments', 'logins'),
      valueOf(schema),
      time,
      fc.constantFrom(...SPLITS),
      offset,
      headers,
      alert,
    )
    .map(
      ([source, value, timestamp, split, at, head, envelope]) =>
        new StreamRecord(value, timestamp, source, split, at, head, envelope),
    );
}

function alertOf(schema: RecordSchema, depth: number): fc.Arbitrary<AlertEnvelope> {
  return plainRecord({
    id: fc.string(),
    rule: fc.string(),
    severity: fc.constantFrom('low', 'high'),
    tags: fc.array(fc.string(), { maxLength: 2 }),
    key: plainValue,
    time,
    message: fc.option(fc.string(), { nil: undefined }),
    stages: fc.array(
      plainRecord({ name: fc.string(), events: fc.array(recordOf(schema, depth - 1), { maxLength: 2 }) }),
      { maxLength: 2 },
    ),
    timedOutAt: fc.option(fc.string(), { nil: undefined }),
    isSelected: fc.boolean(),
    suppressBy: key,
  });
}

/** Equality with the order of members, -0, and own members against inherited ones. */
export function assertSame(actual: unknown, expected: unknown): void {
  assert.deepStrictEqual(actual, expected);
  assert.deepStrictEqual(layout(actual), layout(expected));
}

function layout(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(layout);
  return Object.getOwnPropertyNames(value).map((member) => [
    member,
    layout((value as Record<string, unknown>)[member]),
  ]);
}
