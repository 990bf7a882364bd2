import assert from 'node:assert/strict';
import { lines, load, withRule } from '../support.js';

/** An ingress with a field of each type. */
function time(
  written: string,
  schema = '{ ts: timestamp, n: int, d: double, s: string, b: bool, in: { at: timestamp } }',
) {
  const written_ = `{ file: p, schema: ${schema}, time: ${written} }`;
  const loaded = load(withRule('from: payments\nto: alerts').replace('{ file: payments.jsonl }', () => written_));
  return { ...loaded, time: loaded.application?.ingresses.get('payments')?.time };
}

const codes = (written: string, schema?: string) =>
  time(written, schema).diagnostics.map(
    ({ message, suggestion }) => `${message}${suggestion === undefined ? '' : `; did you mean "${suggestion}"?`}`,
  );

describe('The time of an ingress', () => {
  const fine: readonly string[] = [
    'ingestion',
    '{ field: ts }',
    '{ field: ts, format: epoch-millis }',
    '{ field: n, format: epoch-seconds }',
    '{ field: d, format: epoch-micros }',
    '{ field: s }',
    '{ field: s, format: "yyyy/MM/dd HH:mm", zone: Europe/Amsterdam }',
    '{ field: s, format: "yyyy-MM-dd HH:mm:ss ZZ" }',
    '{ field: s, format: "dd MMM yyyy", zone: UTC }',
    '{ field: in.at }',
    '{ field: [in, at] }',
  ];
  for (const written of fine) it(`may be ${written}`, () => assert.deepEqual(codes(written), []));

  const wrong: readonly (readonly [written: string, says: string])[] = [
    ['{ field: n }', 'ingresses.payments.time.field: n is a plain number, and no format says what it counts'],
    ['{ field: n, format: iso-8601 }', 'ingresses.payments.time.field: n is a plain number'],
    ['{ field: b }', 'ingresses.payments.time.field: b is a bool, which holds no time'],
    ['{ field: in }', 'ingresses.payments.time.field: in is a record, which holds no time'],
    ['{ field: tss }', 'ingresses.payments.time.field: the schema has no field "tss"; did you mean "ts"?'],
    ['{ field: in.att }', 'ingresses.payments.time.field: the schema has no field "att"; did you mean "at"?'],
    [
      '{ field: s, format: "yyyy/MM/dd HH:mm" }',
      'ingresses.payments.time has texts without a time zone, and no "zone"',
    ],
    [
      '{ field: ts, format: epoch-milis }',
      'ingresses.payments.time.format is "epoch-milis", which is no format of time; did you mean "epoch-millis"?',
    ],
    ['{ field: s, format: "%Y-%m-%d" }', 'ingresses.payments.time.format is "%Y-%m-%d", which is no format of time'],
    [
      '{ field: s, zone: Europe/Amsterdm }',
      'ingresses.payments.time.zone is "Europe/Amsterdm", which is no IANA time zone; did you mean "Europe/Amsterdam"?',
    ],
    ['ingestoin', 'ingresses.payments.time is "ingestoin"; expected ingestion, or a map; did you mean "ingestion"?'],
  ];
  for (const [written, says] of wrong) it(`may not be ${written}`, () => assert.deepEqual(codes(written), [says]));

  it('of an ingress without a schema may be any field', () => {
    const { diagnostics } = load(
      withRule('from: payments\nto: alerts').replace(
        '{ file: payments.jsonl }',
        '{ file: p, time: { field: whatever } }',
      ),
    );
    assert.deepEqual(lines(diagnostics), []);
  });

  it('that is not written is ingestion', () => {
    assert.deepEqual(load(withRule('from: payments\nto: alerts')).application?.ingresses.get('payments')?.time, {
      kind: 'ingestion',
    });
  });

  it('has a path of names, where a dot may be part of one', () => {
    const field = (written: string) => {
      const read = time(written, '{ "a.b": timestamp, a: { b: timestamp } }').time;
      return read?.kind === 'event' ? read.field : undefined;
    };
    assert.deepEqual(field('{ field: a.b }'), ['a', 'b']);
    assert.deepEqual(field('{ field: ["a.b"] }'), ['a.b']);
  });
});
