import assert from 'node:assert/strict';
import { fieldsText } from '../../../src/cli/presentation/fields-text.js';
import { UNTYPED, type RecordType } from '../../../src/expression/type.js';

const record = (fields: RecordType['fields']): RecordType => ({ kind: 'record', fields, open: true });
const text = { type: { kind: 'string' } } as const;
const QUAKE = record({
  id: text,
  properties: { type: record({ place: text, time: { type: { kind: 'timestamp' } } }) },
  other: { type: record({ id: text }) },
});

describe('the fields of an event', () => {
  const CASES: readonly [
    what: string,
    value: Record<string, unknown>,
    type: RecordType,
    hidden: string[],
    expected: string,
  ][] = [
    ['all of them without a schema', { a: 1, b: 'x', c: [1, { d: 'e f' }] }, UNTYPED, [], 'a=1 b=x c=[1, {d="e f"}]'],
    [
      'those of the schema alone, nested ones by their own names',
      { id: 'q', properties: { place: 'here', more: 1 }, extra: 2 },
      QUAKE,
      [],
      'id=q place=here',
    ],
    ['nested ones by their paths where names meet', { id: 'q', other: { id: 'r' } }, QUAKE, [], 'id=q other.id=r'],
    [
      'not the time, which stands before them',
      { properties: { place: 'here', time: 5 } },
      QUAKE,
      ['properties', 'time'],
      'place=here',
    ],
    [
      'texts quoted where they could not be told from what is around',
      { a: 'x=1 b=2', b: '', c: 'a"b' },
      UNTYPED,
      [],
      'a="x=1 b=2" b="" c="a\\"b"',
    ],
    ['masked where they are pii', { card: '4111' }, record({ card: { ...text, pii: true } }), [], 'card=***'],
    [
      'control characters as escapes',
      { a: 'x\u001b[2Jy\u202e', 'b\n': 1 },
      UNTYPED,
      [],
      'a="x\\u001b[2Jy\\u202e" b\\u000a=1',
    ],
    ['exact integers', { n: 2n ** 60n }, UNTYPED, [], 'n=1152921504606846976'],
  ];
  for (const [what, value, type, hidden, expected] of CASES) {
    it(`are shown: ${what}`, () => {
      assert.equal(fieldsText(value, type, hidden), expected);
    });
  }
});
