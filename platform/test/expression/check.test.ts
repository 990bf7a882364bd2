import assert from 'node:assert/strict';
import { checkExpression } from '../../src/expression/index.js';
import type { ValueType } from '../../src/expression/index.js';
import { typeName } from '../../src/expression/type-relation.js';
import { OPEN_SCOPE, PATTERN_SCOPE, PAYMENT, problemsOf, recordOf } from './evaluate.js';

describe('the type checker', () => {
  const types: readonly (readonly [string, string])[] = [
    ['amount', 'double'],
    ['amount * 2', 'double'],
    ['count + 1', 'int'],
    ['count / 2', 'double'],
    ['7 / 2', 'int'],
    ['math.div(count, 2)', 'int'],
    ['ts - ts', 'duration'],
    ['ts + took', 'timestamp'],
    ['size(probe)', 'int'],
    ['sum(probe, amount)', 'double'],
    ['sum(probe, count)', 'int'],
    ['avg(probe, count)', 'double'],
    ['max(probe, ts)', 'timestamp'],
    ['first(probe).country', 'string'],
    ['probe[0].device.score', 'double'],
    ['last().amount', 'double'],
    ['eventTime(cashout) - eventTime(first(probe))', 'duration'],
    ['probe.map(p, p.country)', 'list(string)'],
    ['probe.filter(p, p.amount > 1)', 'list(an event)'],
    ['tables.homeCountry[cardId].country', 'string'],
    ['cardId in tables.homeCountry', 'bool'],
    ['coalesce(country, "??")', 'string'],
    ['country == null', 'bool'],
    ['event["anything else"]', 'dyn'],
    ['key()', 'string'],
    ['[1, 2.5]', 'list(double)'],
    ['[1, "a"]', 'list(dyn)'],
    ['{"a": 1}', 'map(string, int)'],
    ['amount > 5 ? "a" : "b"', 'string'],
    ['hours(took)', 'double'],
    ['tags.exists(t, t.startsWith("x"))', 'bool'],
    ['math.greatest(count, amount)', 'double'],
    ['amount > 1 && amount < 3u', 'bool'],
  ];
  for (const [text, expected] of types) {
    it(`types ${text} as ${expected}`, () => {
      const checked = checkExpression(text, PATTERN_SCOPE);
      assert.ok(checked.ok, checked.ok ? '' : JSON.stringify(checked.problems));
      assert.equal(typeName(checked.type), expected);
    });
  }

  interface Refusal {
    readonly text: string;
    readonly code: string;
    /** The part of the text that the problem points at. */
    readonly at: string;
    readonly message: RegExp;
    readonly suggestion?: string;
    readonly hint?: RegExp;
    readonly expect?: ValueType['kind'];
  }
  const refusals: readonly Refusal[] = [
    { text: 'amonut > 5', code: 'TG202', at: 'amonut', message: /unknown identifier "amonut"/, suggestion: 'amount' },
    { text: 'Amount > 5', code: 'TG202', at: 'Amount', message: /unknown identifier/, suggestion: 'amount' },
    { text: 'device.scroe > 1', code: 'TG203', at: 'scroe', message: /unknown field "scroe"/, suggestion: 'score' },
    { text: 'cashout.amout', code: 'TG203', at: 'amout', message: /unknown field/, suggestion: 'amount' },
    { text: 'first(probe).amout', code: 'TG203', at: 'amout', message: /unknown field/, suggestion: 'amount' },
    { text: 'probe.all(p, p.amout > 1)', code: 'TG203', at: 'amout', message: /unknown field/, suggestion: 'amount' },
    {
      text: 'country.startWith("N")',
      code: 'TG204',
      at: 'startWith',
      message: /unknown function "startWith"/,
      suggestion: 'startsWith',
    },
    {
      text: 'math.aps(amount)',
      code: 'TG204',
      at: 'math.aps',
      message: /unknown function "math.aps"/,
      suggestion: 'math.abs',
    },
    {
      text: 'amount > "5"',
      code: 'TG206',
      at: 'amount > "5"',
      message: /double cannot be compared with string/,
      hint: /without quotes/,
    },
    { text: 'status == 5', code: 'TG206', at: 'status == 5', message: /string cannot be compared with int/ },
    { text: 'status in [1, 2]', code: 'TG206', at: 'status in [1, 2]', message: /string is never in a list of int/ },
    {
      text: 'ts > 5',
      code: 'TG206',
      at: 'ts > 5',
      message: /timestamp cannot be compared with int/,
      hint: /timestamp\("/,
    },
    {
      text: 'took > 5',
      code: 'TG206',
      at: 'took > 5',
      message: /duration cannot be compared/,
      hint: /duration\("5m"\)/,
    },
    { text: 'tables.homeCountry[amount]', code: 'TG206', at: 'amount', message: /key of tables.homeCountry is string/ },
    {
      text: '"n: " + count',
      code: 'TG207',
      at: '"n: " + count',
      message: /\+ does not apply to string and int/,
      hint: /string\(x\)/,
    },
    { text: 'amount % 2', code: 'TG207', at: 'amount % 2', message: /% does not apply/ },
    { text: '!amount', code: 'TG207', at: '!amount', message: /! does not apply to double/ },
    { text: 'amount && true', code: 'TG207', at: 'amount', message: /operand of && is a bool/ },
    { text: 'device > device', code: 'TG207', at: 'device > device', message: /> does not apply/ },
    { text: 'amount.all(x, true)', code: 'TG207', at: 'amount', message: /list or a map/ },
    {
      text: 'cashout[0].amount',
      code: 'TG208',
      at: 'cashout[0].amount',
      message: /^cashout is one event: write cashout.amount$/,
    },
    { text: 'cashout[0]', code: 'TG208', at: 'cashout[0]', message: /^cashout is one event: write cashout\./ },
    { text: 'size(cashout) > 1', code: 'TG208', at: 'size(cashout)', message: /cashout is one event/ },
    { text: 'sum(cashout, amount)', code: 'TG208', at: 'sum(cashout, amount)', message: /cashout is one event/ },
    {
      text: 'probe.amount',
      code: 'TG208',
      at: 'probe.amount',
      message: /probe is a list of events: write first\(probe\).amount/,
    },
    { text: 'eventTime(probe)', code: 'TG208', at: 'eventTime(probe)', message: /write eventTime\(first\(probe\)\)/ },
    { text: 'amount', code: 'TG209', at: 'amount', message: /expected bool, found double/, expect: 'bool' },
    {
      text: 'country.matches("(a)\\\\1")',
      code: 'TG210',
      at: '"(a)\\\\1"',
      message: /regular expression/,
      hint: /backreferences/,
    },
    {
      text: 'country.matches("a(?=b)")',
      code: 'TG210',
      at: '"a(?=b)"',
      message: /regular expression/,
      hint: /look-around/,
    },
    {
      text: 'tables.homecountry[cardId]',
      code: 'TG211',
      at: 'homecountry',
      message: /unknown table/,
      suggestion: 'homeCountry',
    },
    {
      text: 'tables.homeCountry.country',
      code: 'TG211',
      at: 'tables.homeCountry',
      message: /without a key/,
      hint: /\[key\]/,
    },
    { text: '!not(amount > 5)', code: 'TG204', at: 'not', message: /unknown function "not"/, hint: /write !\./ },
    { text: 'country.includes("N")', code: 'TG204', at: 'includes', message: /unknown function/, hint: /contains/ },
    { text: 'country.length > 2', code: 'TG203', at: 'country.length', message: /no field "length"/, hint: /size/ },
    {
      text: 'country in ("NL", "US")',
      code: 'TG200',
      at: ',',
      message: /unexpected ,/,
      hint: /A list stands in brackets/,
    },
    { text: 'has(1)', code: 'TG213', at: '1', message: /has\(\) takes a field/ },
    { text: 'tags.all("x", true)', code: 'TG213', at: '"x"', message: /begins with a name/ },
    { text: 'duration("5 minutes")', code: 'TG214', at: '"5 minutes"', message: /no duration/, hint: /10m/ },
    { text: 'timestamp("yesterday")', code: 'TG214', at: '"yesterday"', message: /no timestamp/ },
    { text: 'cidr("10.0.0.0")', code: 'TG214', at: '"10.0.0.0"', message: /no network/ },
    {
      text: 'geo.distanceKm(1.0, 2.0)',
      code: 'TG205',
      at: 'geo.distanceKm(1.0, 2.0)',
      message: /there is no geo.distanceKm\(double, double\)/,
      hint: /double, double, double, double/,
    },
    { text: 'size(amount)', code: 'TG205', at: 'size(amount)', message: /there is no size\(double\)/ },
    { text: 'sum(amount)', code: 'TG205', at: 'amount', message: /takes a stage and an expression/ },
  ];
  for (const { text, code, at, message, suggestion, hint, expect } of refusals) {
    it(`refuses ${text} with ${code}`, () => {
      const [problem, ...others] = problemsOf(text, PATTERN_SCOPE, expect);
      assert.ok(problem !== undefined);
      assert.deepEqual(others, []);
      assert.equal(problem.code, code);
      assert.equal(text.slice(problem.start, problem.end), at);
      assert.match(problem.message, message);
      assert.equal(problem.suggestion, suggestion);
      if (hint !== undefined) assert.match(problem.hint ?? '', hint);
    });
  }

  it('finds all problems at once, in the order of the text', () => {
    const codes = problemsOf('amonut > 5 && status == 5 && country.startWith("N")').map(({ code }) => code);
    assert.deepEqual(codes, ['TG202', 'TG206', 'TG204']);
  });

  it('allows everything of an event without a schema', () => {
    for (const text of [
      'amonut > 5',
      'a.b.c == "x" && n > 1',
      'type == "PushEvent"',
      'string == "text"',
      'x[0].y',
      'has(a.b)',
    ]) {
      assert.deepEqual(problemsOf(text, OPEN_SCOPE), [], text);
    }
  });

  it('says where metadata have no meaning', () => {
    assert.equal(problemsOf('last().amount > 1', { event: PAYMENT })[0]?.code, 'TG212');
    assert.equal(problemsOf('key() == "a"', { event: PAYMENT })[0]?.code, 'TG212');
    const { event: _none, ...select } = PATTERN_SCOPE;
    assert.equal(problemsOf('eventTime()', select)[0]?.code, 'TG212');
    assert.equal(problemsOf('amount', select)[0]?.code, 'TG202');
    assert.deepEqual(problemsOf('eventTime(cashout)', select), []);
  });

  it('has the envelope of alerts where the input is a rule', () => {
    const scope = { event: PAYMENT, alert: true };
    assert.deepEqual(problemsOf('alert.rule == "x" && alert.severity == "high"', scope), []);
    assert.equal(problemsOf('alert.rule == "x"', { event: PAYMENT })[0]?.code, 'TG202');
  });

  const envelope: readonly (readonly [string, string, string | undefined])[] = [
    ['alert.severty == "high"', 'severty', 'severity'],
    ['alert.message == "x"', 'message', undefined],
    ['alert == "high"', 'alert', undefined],
  ];
  for (const [text, at, suggestion] of envelope) {
    it(`refuses ${text}, with what there is of an alert`, () => {
      for (const event of [PAYMENT, recordOf({}, true)]) {
        const [problem, ...others] = problemsOf(text, { event, alert: true });
        assert.ok(problem !== undefined);
        assert.deepEqual(others, []);
        assert.equal(text.slice(problem.start, problem.end), at);
        assert.equal(problem.suggestion, suggestion);
        assert.match(problem.hint ?? '', /alert\.rule or alert\.severity/);
      }
    });
  }

  for (const text of [
    'settled.amount > 1',
    'size(settled) == 0',
    'sum(settled, amount) > 1',
    'first(settled).amount > 1',
  ]) {
    it(`refuses ${text} where settled is a not step, also without a schema`, () => {
      for (const event of [PAYMENT, recordOf({}, true)]) {
        const problems = problemsOf(text, { ...PATTERN_SCOPE, event, notStages: new Set(['settled']) });
        assert.deepEqual(
          problems.map(({ code, message, start, end }) => [code, message, text.slice(start, end)]),
          [['TG208', '"settled" is a not step, which never takes an event', 'settled']],
        );
      }
    });
  }

  it('prefers a field to a stage and to the name of a type, and a variable to all', () => {
    const event = {
      ...PAYMENT,
      fields: {
        ...PAYMENT.fields,
        string: { type: { kind: 'int' as const } },
        probe: { type: { kind: 'double' as const } },
      },
    };
    const scope = { ...PATTERN_SCOPE, event };
    assert.deepEqual(problemsOf('string == 5 && probe > 1.5', scope), []);
    assert.deepEqual(problemsOf('[1].all(amount, amount == 1) && type(count) == int', scope), []);
  });
});
