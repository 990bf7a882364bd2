import assert from 'node:assert/strict';
import type { RecordType } from '../../../src/expression/type.js';
import { lines, load, withRule, type World } from '../support.js';

function schema(written: string, world?: World) {
  const text = withRule('from: payments\nto: alerts').replace(
    '{ file: payments.jsonl }',
    () => `{ file: p, schema: ${written} }`,
  );
  const { application, diagnostics } = load(text, world);
  return {
    fields: application?.ingresses.get('payments')?.schema.fields,
    schema: application?.ingresses.get('payments')?.schema,
    diagnostics,
  };
}

describe('A type of a schema', () => {
  const types: readonly (readonly [written: string, type: unknown])[] = [
    ['string', { type: { kind: 'string' } }],
    ['int', { type: { kind: 'int' } }],
    ['double', { type: { kind: 'double' } }],
    ['bool', { type: { kind: 'bool' } }],
    ['timestamp', { type: { kind: 'timestamp' } }],
    ['duration', { type: { kind: 'duration' } }],
    ['bytes', { type: { kind: 'bytes' } }],
    ['"string?"', { type: { kind: 'string' }, optional: true }],
    ['list<int>', { type: { kind: 'list', element: { kind: 'int' } } }],
    [
      '"list<map<string>>?"',
      {
        type: { kind: 'list', element: { kind: 'map', key: { kind: 'string' }, value: { kind: 'string' } } },
        optional: true,
      },
    ],
    ['{ $type: string, pii: true }', { type: { kind: 'string' }, pii: true }],
    ['{ $type: "int?", pii: false }', { type: { kind: 'int' }, optional: true }],
    [
      '{ $type: { a: int }, optional: true }',
      { type: { kind: 'record', open: false, fields: { a: { type: { kind: 'int' } } } }, optional: true },
    ],
  ];
  for (const [written, type] of types) {
    it(`is ${written}`, () => {
      const { fields, diagnostics } = schema(`{ x: ${written} }`);
      assert.deepEqual(lines(diagnostics), []);
      assert.deepEqual(fields?.['x'], type);
    });
  }

  const mistakes: readonly (readonly [written: string, says: string])[] = [
    ['strng', 'TG140 7:37 unknown type "strng" in ingresses.payments.schema.x; did you mean "string"?'],
    ['"strng?"', 'TG140 7:37 unknown type "strng" in ingresses.payments.schema.x; did you mean "string"?'],
    ['number', 'TG140 7:37 unknown type "number" in ingresses.payments.schema.x; did you mean "double"?'],
    ['list<lst<int>>', 'TG140 7:37 unknown type "lst<int>" in ingresses.payments.schema.x'],
    ['[string]', 'TG140 7:37 ingresses.payments.schema.x is a list; expected a type'],
    [
      '{ $type: string, pi: true }',
      'TG140 7:54 unknown annotation "pi" in ingresses.payments.schema.x; did you mean "pii"?',
    ],
    ['{ $type: string, pii: 1 }', 'TG140 7:59 ingresses.payments.schema.x.pii is not true or false'],
  ];
  for (const [written, says] of mistakes) {
    it(`is not ${written}; the field is then of any type`, () => {
      const { fields, diagnostics } = schema(`{ x: ${written}, y: int }`);
      assert.deepEqual(lines(diagnostics), [says]);
      assert.deepEqual(fields?.['y'], { type: { kind: 'int' } });
      if (!written.includes('$type')) assert.deepEqual(fields['x'], { type: { kind: 'dyn' }, optional: true });
    });
  }
});

describe('A JSON Schema file', () => {
  const read = (content: unknown): { schema: RecordType | undefined; says: string[] } => {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    const { schema: type, diagnostics } = schema('{ jsonSchema: payment.schema.json }', {
      files: { 'payment.schema.json': text },
    });
    return { schema: type, says: lines(diagnostics) };
  };

  it('gives the types of its properties', () => {
    const { schema: type, says } = read({
      $defs: { place: { type: 'object', properties: { lat: { type: 'number' } }, required: ['lat'] } },
      type: 'object',
      required: ['id', 'place', 'at'],
      properties: {
        id: { type: 'integer' },
        at: { type: 'string', format: 'date-time' },
        name: { type: 'string' },
        flag: { type: 'boolean' },
        place: { $ref: '#/$defs/place' },
        tags: { type: 'array', items: { type: 'string' } },
        labels: { type: 'object', additionalProperties: { type: 'integer' } },
        anything: { type: ['string', 'null'] },
      },
    });
    assert.deepEqual(says, []);
    assert.deepEqual(type, {
      kind: 'record',
      open: false,
      fields: {
        id: { type: { kind: 'int' } },
        at: { type: { kind: 'timestamp' } },
        name: { type: { kind: 'string' }, optional: true },
        flag: { type: { kind: 'bool' }, optional: true },
        place: { type: { kind: 'record', open: false, fields: { lat: { type: { kind: 'double' } } } } },
        tags: { type: { kind: 'list', element: { kind: 'string' } }, optional: true },
        labels: { type: { kind: 'map', key: { kind: 'string' }, value: { kind: 'int' } }, optional: true },
        anything: { type: { kind: 'dyn' }, optional: true },
      },
    });
  });

  it('that refers to itself ends', () => {
    const { schema: type, says } = read({ type: 'object', properties: { next: { $ref: '#' } } });
    assert.deepEqual(says, []);
    assert.equal(type?.fields['next']?.type.kind, 'record');
  });

  for (const [name, content, reason] of [
    ['that is no JSON', '{', /cannot be used: /],
    ['that describes no object', { type: 'string' }, /cannot be used: it does not describe an object with properties/],
    ['that is a list', [], /cannot be used: it is no JSON Schema object/],
  ] as const) {
    it(`${name} is refused, and the ingress is then untyped`, () => {
      const { schema: type, says } = read(content);
      assert.equal(says.length, 1);
      assert.match(says[0] ?? '', reason);
      assert.deepEqual(type, { kind: 'record', fields: {}, open: true });
    });
  }

  it('that does not exist is refused', () => {
    assert.match(
      lines(schema('{ jsonSchema: nowhere.json }').diagnostics)[0] ?? '',
      /nowhere\.json cannot be used: there is no such file/,
    );
  });

  it('is no file where jsonSchema is the name of a field', () => {
    assert.deepEqual(schema('{ jsonSchema: string }').fields, { jsonSchema: { type: { kind: 'string' } } });
  });
});
