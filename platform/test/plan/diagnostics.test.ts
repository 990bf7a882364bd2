/** Every error and warning of the planner as a case: rules in, code and place out. */
import assert from 'node:assert/strict';
import { planText, summaryOf } from './plan-text.js';
import { withRules } from './sample.js';

/** What is wrong, the rules, and each finding as its code and the text that it points at. */
type Case = readonly [what: string, rules: string, expected: readonly string[]];

/** A case uses few of the streams. */
const UNUSED = 'TG122';

/** A pattern rule over payments by cardId; `pattern` is YAML at the level of its keys. */
function pattern(body: string): string {
  const indented = body.replace(/^\n/, '').replaceAll(/^/gm, '      ');
  return `  r:\n    from: payments\n    key: cardId\n    pattern:\n${indented}\n    to: alerts`;
}

const RULES: readonly Case[] = [
  [
    'two rules that read each other',
    `
  a: { from: b, to: alerts }
  b: { from: a, to: alerts }`,
    ['TG300 b'],
  ],
  ['a rule that reads itself', '  a: { from: [payments, a], to: alerts }', ['TG300 a']],
  [
    'keys of different types',
    '  r: { from: { logins: { key: user }, payments: { key: amount } }, to: alerts }',
    ['TG301 amount'],
  ],
  [
    'keys of a different number of parts',
    '  r: { from: { logins: { key: user }, payments: { key: [owner, cardId] } }, to: alerts }',
    ['TG301 { key: [owner, cardId] }'],
  ],
  [
    'an int and a double as keys, which agree',
    '  r: { from: { logins: { key: attempts }, payments: { key: amount } }, to: alerts }',
    [],
  ],
  [
    'a key of unknown type, which agrees with all',
    '  r: { from: { clicks: { key: user }, payments: { key: owner } }, to: alerts }',
    [],
  ],
  ['a key that is a map', '  r: { from: payments, key: event, to: alerts }', ['TG302 event']],
  ['a misspelt field in a key', '  r: { from: payments, key: cardID, to: alerts }', ['TG202 cardID']],
  [
    'a select field called like a word of CEL',
    '  r: { from: payments, select: { in: amount }, to: alerts }',
    ['TG303 in'],
  ],
  [
    'a select field of types',
    '  r: { from: payments, select: { kinds: "[type(amount), int]" }, to: alerts }',
    ['TG323 "[type(amount), int]"'],
  ],
  ['a select field that is a type', '  r: { from: payments, select: { kind: type(amount) }, to: alerts }', []],
  [
    'a type compared with the name that a select field is',
    `
  a: { from: payments, select: { t: type(amount) } }
  b: { from: a, where: t == double, to: alerts }`,
    ['TG206 t == double'],
  ],
  [
    "a select field called like one of the alert's own",
    '  r: { from: payments, select: { severity: amount }, to: alerts }',
    ['TG305 severity'],
  ],
  [
    'a rule that reads a disabled one',
    `
  a: { from: payments, mode: disabled, to: alerts }
  b: { from: a, to: alerts }`,
    ['TG306 a'],
  ],
  ['a dead letter without an egress', '  r: { from: logins, onError: dead-letter, to: alerts }', ['TG330 dead-letter']],
  [
    'a dead letter with the egress of an ingress behind a rule',
    `
  a: { from: payments, to: alerts }
  b: { from: a, onError: dead-letter, to: alerts }`,
    [],
  ],
  [
    'a source that the rule does not read',
    '  r: { from: payments, where: source() == "paymnts", to: alerts }',
    ['TG354 "paymnts"'],
  ],
  [
    'a not step that a later condition and the select read',
    `
  r:
    from: payments
    key: cardId
    pattern: { within: 5m, steps: [{ begin: a }, { notFollowedBy: b }, { followedBy: c, where: amount > b.amount }] }
    select: { n: size(b) }
    to: alerts`,
    ['TG208 b', 'TG208 b'],
  ],
  ['a rule whose alerts go nowhere', '  r: { from: payments }', ['TG341 r']],
  [
    'a rule whose alerts go to another rule',
    `
  a: { from: payments }
  b: { from: a, to: alerts }`,
    [],
  ],
  ['a condition that is no bool', '  r: { from: payments, where: amount, to: alerts }', ['TG209 amount']],
  [
    'a quoted word that was meant as text',
    `  r: { from: payments, select: { kind: "probe" }, to: alerts }`,
    ['TG202 probe'],
  ],
];

const PATTERNS: readonly Case[] = [
  [
    'a rule without a key',
    '  r: { from: payments, pattern: { within: 1m, steps: [{ begin: a }] }, to: alerts }',
    ['TG340 r'],
  ],
  ['a filter without a key, which needs none', '  r: { from: payments, to: alerts }', []],
  ['a step called like a word of CEL', pattern('within: 1m\nsteps:\n  - begin: in'), ['TG303 in']],
  ['a step called like a field', pattern('within: 1m\nsteps:\n  - begin: amount'), ['TG303 amount']],
  ['two steps of one name', pattern('within: 1m\nsteps:\n  - begin: a\n  - next: a'), ['TG304 a']],
  [
    'a step to skip to that does not exist',
    pattern('within: 1m\nskip: { toFirst: nobody }\nsteps:\n  - begin: a'),
    ['TG307 { toFirst: nobody }'],
  ],
  [
    'a reached step that does not exist',
    pattern('within: 1m\nonTimeout: { reached: nobody, to: near }\nsteps:\n  - begin: a'),
    ['TG307 nobody'],
  ],
  [
    'a step that reads what the rule does not',
    pattern('within: 1m\nsteps:\n  - begin: a\n    from: logins'),
    ['TG308 logins'],
  ],
  [
    'notNext after an optional step',
    pattern('within: 1m\nsteps:\n  - begin: a\n  - next: b\n    optional: true\n  - notNext: c\n  - next: d'),
    ['TG310 notNext'],
  ],
  [
    'notFollowedBy after a group whose steps can all be skipped',
    pattern(
      'within: 1m\nsteps:\n  - begin: g\n    steps:\n      - begin: a\n        optional: true\n  - notFollowedBy: b\n  - next: c',
    ),
    ['TG310 notFollowedBy'],
  ],
  [
    'times on a not step',
    pattern('within: 1m\nsteps:\n  - begin: a\n  - notFollowedBy: b\n    times: 2'),
    ['TG311 times'],
  ],
  ['an absence without end', pattern('steps:\n  - begin: a\n  - notFollowedBy: b'), ['TG312 notFollowedBy']],
  [
    'greedy without times',
    pattern('within: 1m\nsteps:\n  - begin: a\n    greedy: true\n  - next: b'),
    ['TG313 greedy'],
  ],
  [
    'optional after greedy',
    pattern(
      'within: 1m\nsteps:\n  - begin: a\n    times: 1..\n    greedy: true\n  - next: b\n    optional: true\n  - next: c',
    ),
    ['TG314 b'],
  ],
  [
    'until with an upper bound',
    pattern('within: 1m\nsteps:\n  - begin: a\n    times: 1..3\n    until: amount > 5\n  - next: b'),
    ['TG315 until'],
  ],
  ['repeat without times', pattern('within: 1m\nsteps:\n  - begin: a\n    repeat: consecutive'), ['TG316 repeat']],
  [
    'skipping to a step inside a group',
    pattern('within: 1m\nskip: { toLast: a }\nsteps:\n  - begin: g\n    steps:\n      - begin: a\n  - next: b'),
    ['TG317 { toLast: a }'],
  ],
  [
    'a gap longer than the window',
    pattern('within: 1m\nsteps:\n  - begin: a\n  - next: b\n    maxGap: 5m'),
    ['TG318 5m'],
  ],
  [
    'a group that can repeat without an event',
    pattern(
      'within: 1m\nsteps:\n  - begin: g\n    times: 1..\n    steps:\n      - begin: a\n        optional: true\n  - next: b',
    ),
    ['TG319 1..'],
  ],
  ['a first step that does not begin', pattern('within: 1m\nsteps:\n  - next: a'), ['TG320 next']],
  ['a second begin', pattern('within: 1m\nsteps:\n  - begin: a\n  - begin: b'), ['TG320 begin']],
  [
    'a group with a from',
    pattern('within: 1m\nsteps:\n  - begin: g\n    from: payments\n    steps:\n      - begin: a'),
    ['TG321 from'],
  ],
  ['no time at all', pattern('within: 1m\nsteps:\n  - begin: a\n    times: 0'), ['TG322 0']],
  ['times the wrong way round', pattern('within: 1m\nsteps:\n  - begin: a\n    times: 3..2'), ['TG322 3..2']],
  ['an open-ended last step', pattern('within: 1m\nsteps:\n  - begin: a\n    times: 3..'), ['TG342 3..']],
  [
    'an optional last step',
    pattern('within: 1m\nsteps:\n  - begin: a\n  - next: b\n    optional: true'),
    ['TG342 optional'],
  ],
  [
    'a fixed number of events at the end, which gives one alert',
    pattern('within: 1m\nsteps:\n  - begin: a\n    times: 3'),
    [],
  ],
  [
    'a skip strategy without a window',
    pattern('skip: pastLastEvent\nsteps:\n  - begin: a\n  - next: b'),
    ['TG343 pastLastEvent'],
  ],
  [
    'a timeout of an absence at the end',
    pattern('within: 1m\nonTimeout: { reached: a, to: near }\nsteps:\n  - begin: a\n  - notFollowedBy: b'),
    ['TG345 { reached: a, to: near }'],
  ],
  [
    'a timeout without a window',
    pattern('onTimeout: { reached: a, to: near }\nsteps:\n  - begin: a\n  - next: b'),
    ['TG346 { reached: a, to: near }', 'TG352 pattern'],
  ],
  ['notNext at the end', pattern('within: 1m\nsteps:\n  - begin: a\n  - notNext: b'), ['TG347 notNext']],
  [
    'greedy at the end',
    pattern('within: 1m\nsteps:\n  - begin: a\n    times: 2..3\n    greedy: true'),
    ['TG342 2..3', 'TG348 greedy'],
  ],
  [
    'greedy with a fixed number',
    pattern('within: 1m\nsteps:\n  - begin: a\n    times: 2\n    greedy: true\n  - next: b'),
    ['TG348 greedy'],
  ],
  ['a gap before the first step', pattern('within: 1m\nsteps:\n  - begin: a\n    maxGap: 5s'), ['TG348 maxGap']],
  [
    'a gap of a group',
    pattern('within: 1m\nsteps:\n  - begin: a\n  - next: g\n    maxGap: 5s\n    steps:\n      - begin: b'),
    ['TG348 maxGap'],
  ],
  [
    'a gap of a loop',
    pattern('within: 1m\nsteps:\n  - begin: a\n  - next: b\n    maxGap: 5s\n    times: 1..\n  - next: c'),
    ['TG349 maxGap'],
  ],
  [
    'a greedy step that takes all of the next',
    pattern(
      'within: 1m\nsteps:\n  - begin: a\n    where: amount > 5\n    times: 1..\n    greedy: true\n  - next: b\n    where: (amount > 5)',
    ),
    ['TG350 b'],
  ],
  ['partial matches that live for ever', pattern('steps:\n  - begin: a\n  - next: b'), ['TG352 pattern']],
  ['one event, which leaves nothing behind', pattern('steps:\n  - begin: a'), []],
  [
    'a skip to where every match begins',
    pattern('within: 1m\nskip: { toFirst: a, onMiss: fail }\nsteps:\n  - begin: a\n  - next: b'),
    ['TG353 { toFirst: a, onMiss: fail }'],
  ],
  [
    'a field of a stage that does not exist',
    pattern('within: 1m\nsteps:\n  - begin: a\n  - next: b\n    where: a.amout > 5'),
    ['TG203 amout'],
  ],
];

const NEVER_FITS: readonly Case[] = [
  [
    'its own events, without a guard',
    pattern('within: 1m\nsteps:\n  - begin: rise\n    where: amount > last(rise).amount\n    times: 3'),
    ['TG344 amount > last(rise).amount'],
  ],
  [
    'its own events behind a guard, which is right',
    pattern(
      'within: 1m\nsteps:\n  - begin: rise\n    where: size(rise) == 0 || amount > last(rise).amount\n    times: 3',
    ),
    [],
  ],
  [
    'a guard that asks the wrong way round',
    pattern(
      'within: 1m\nsteps:\n  - begin: rise\n    where: size(rise) > 0 && amount > last(rise).amount\n    times: 3',
    ),
    ['TG344 size(rise) > 0 && amount > last(rise).amount'],
  ],
  [
    'last() in the first step',
    pattern('within: 1m\nsteps:\n  - begin: a\n    where: amount > last().amount'),
    ['TG344 amount > last().amount'],
  ],
  [
    'last() in the second step, which is right',
    pattern('within: 1m\nsteps:\n  - begin: a\n  - next: b\n    where: amount > last().amount'),
    [],
  ],
  [
    'a later step',
    pattern('within: 1m\nsteps:\n  - begin: a\n    where: amount > b.amount\n  - next: b'),
    ['TG344 amount > b.amount'],
  ],
  [
    'an earlier step, which is right',
    pattern('within: 1m\nsteps:\n  - begin: a\n  - next: b\n    where: amount > a.amount'),
    [],
  ],
  [
    'a later step of a group, in its first round',
    pattern(
      'within: 1m\nsteps:\n  - begin: g\n    times: 2\n    steps:\n      - begin: a\n        where: amount > last(b).amount\n      - next: b',
    ),
    ['TG344 amount > last(b).amount'],
  ],
  [
    'a later step of a group that may come first, which is right',
    pattern(
      'within: 1m\nsteps:\n  - begin: g\n    times: 2\n    steps:\n      - begin: x\n      - next: a\n        where: amount > last(b).amount\n        optional: true\n      - next: b',
    ),
    [],
  ],
  [
    'its own events in a macro over none, which holds',
    pattern('within: 1m\nsteps:\n  - begin: a\n    where: a.all(x, x.amount < amount)\n    times: 3'),
    [],
  ],
  [
    'its own events with exists, which cannot hold',
    pattern('within: 1m\nsteps:\n  - begin: a\n    where: a.exists(x, x.amount < amount)\n    times: 3'),
    ['TG344 a.exists(x, x.amount < amount)'],
  ],
  [
    'an absence of its own events by has, which is right',
    pattern('within: 1m\nsteps:\n  - begin: a\n    where: "!has(last(a).amount)"\n    times: 3'),
    [],
  ],
];

describe('what nobody uses', () => {
  it('is told by name, as soon as there is no error', () => {
    const text = withRules('  r:\n    from: logins\n    where: tables.users[user].vip\n    to: alerts').replace(
      'rules:',
      `tables:
  users: { file: users.csv, key: user, schema: { user: string, vip: bool } }
  places: { file: places.csv, key: name, schema: { name: string } }
rules:`,
    );
    const found = planText(text).diagnostics.map((diagnostic) => summaryOf(diagnostic, text));
    assert.deepEqual(found, ['TG122 payments', 'TG122 clicks', 'TG122 places', 'TG122 near']);
    const broken = planText(text.replace('.vip', '.vop'));
    assert.deepEqual(
      broken.diagnostics.map((diagnostic) => summaryOf(diagnostic, text.replace('.vip', '.vop'))),
      ['TG203 vop'],
    );
  });
});

function describeCases(title: string, cases: readonly Case[], name: (what: string) => string): void {
  describe(title, () => {
    for (const [what, rules, expected] of cases) {
      it(name(what), () => {
        const text = withRules(rules);
        const diagnostics = planText(text).diagnostics.filter(({ code }) => code !== UNUSED);
        assert.deepEqual(
          diagnostics.map((diagnostic) => summaryOf(diagnostic, text)),
          expected,
          diagnostics.map(({ message }) => message).join('\n'),
        );
      });
    }
  });
}

describe('the planner', () => {
  it('says how text is written where a word is no name', () => {
    const { diagnostics } = planText(withRules('  r: { from: payments, where: country == NL, to: alerts }'));
    const [found] = diagnostics.filter(({ code }) => code === 'TG202');
    assert.equal(found?.help, 'For text write "NL".');
  });

  describeCases('of rules', RULES, (what) => (expectsNothing(what, RULES) ? `allows ${what}` : `finds ${what}`));
  describeCases('of patterns', PATTERNS, (what) =>
    expectsNothing(what, PATTERNS) ? `allows ${what}` : `finds ${what}`,
  );
  describeCases('warns of a step that can never take an event, as it reads', NEVER_FITS, (what) => what);
});

function expectsNothing(what: string, cases: readonly Case[]): boolean {
  return cases.some(([name, , expected]) => name === what && expected.length === 0);
}
