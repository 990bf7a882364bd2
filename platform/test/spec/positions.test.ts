import assert from 'node:assert/strict';
import { load, withRule } from './support.js';

const TEXT = withRule(`from: payments
where: amount > limit
pattern:
  steps:
    - begin: probe
      where:
        - amount < 5
        - |
          country != "NL" &&
            merchant == "m"
message: "Card {{ card }}: {{ n }}"
to: alerts`);
const { positions, application } = load(TEXT);
assert.ok(positions && application);

const place = ({
  line,
  column,
  endLine,
  endColumn,
}: {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}) => `${line}:${column}-${endLine}:${endColumn}`;

describe('Positions', () => {
  const rule = ['rules', 'r'];

  it('of a value and of the key before it', () => {
    assert.equal(place(positions.locate([...rule, 'where'])), '5:12-5:26');
    assert.equal(place(positions.locate([...rule, 'where'], 'key')), '5:5-5:10');
  });

  it('of an element, also where one was written without its list', () => {
    assert.equal(place(positions.locate([...rule, 'pattern', 'steps', 0, 'where', 0])), '10:15-10:25');
    assert.equal(place(positions.locate([...rule, 'where', 0])), '5:12-5:26');
  });

  it('of what is not there: the deepest key that is', () => {
    assert.equal(place(positions.locate([...rule, 'pattern', 'within'])), '6:5-6:12');
    assert.equal(place(positions.locate([...rule, 'select', 'x', 'y'])), '3:3-3:4');
  });

  it('within an expression of one line', () => {
    const [where] = application.rules.get('r')?.where ?? [];
    assert.ok(where);
    assert.equal(place(positions.locateInExpression(where, 9, 14)), '5:21-5:26');
  });

  it("within a block scalar's expression, with its indentation", () => {
    const where = application.rules.get('r')?.pattern?.steps[0]?.where[1];
    assert.ok(where);
    const start = where.text.indexOf('merchant');
    assert.equal(place(positions.locateInExpression(where, start, start + 8)), '13:17-13:25');
  });

  it('within the expressions of a message', () => {
    const expressions =
      application.rules.get('r')?.message.flatMap((part) => (typeof part === 'string' ? [] : [part])) ?? [];
    assert.deepEqual(
      expressions.map((one) => place(positions.locateInExpression(one, 0, one.text.length))),
      ['14:23-14:27', '14:35-14:36'],
    );
  });
});
