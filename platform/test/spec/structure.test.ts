/** What is wrong with the structure of an application, one mistake a case: one message, at its place, with what to do. */
import assert from 'node:assert/strict';
import { lines, load, withRule } from './support.js';

const RULE = 'from: payments\nto: alerts';
const USUAL = withRule(RULE);
const ingress = (body: string) =>
  `name: app\ningresses:\n  i:\n${body
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')}\nrules:\n  r: { from: i, to: e }\negresses:\n  e: { file: e.jsonl }\n`;
const egress = (body: string) =>
  `name: app\negresses:\n  e: ${body}\nrules:\n  r: { from: i, to: e }\ningresses:\n  i: { file: p }\n`;
const pattern = (body: string) =>
  withRule(
    `from: payments\npattern:\n${body
      .split('\n')
      .map((line) => `  ${line}`)
      .join('\n')}\nto: alerts`,
  );
const test = (steps: string, rest = 'expect: {}') => `tests:\n  t:\n    steps: ${steps}\n    ${rest}\n${USUAL}`;

interface Mistake {
  readonly name: string;
  readonly text: string;
  readonly says: string;
  readonly help?: RegExp;
}

const mistakes: readonly Mistake[] = [
  {
    name: 'a misspelt key of the file',
    text: USUAL.replace('rules:', 'ruls:'),
    says: 'TG110 2:1 unknown key "ruls" in the application; did you mean "rules"?',
  },
  {
    name: 'a misspelt key of a rule',
    text: withRule(`${RULE}\nserverity: high`),
    says: 'TG110 6:5 unknown key "serverity" in rules.r; did you mean "severity"?',
  },
  {
    name: 'a key that is near to nothing',
    text: withRule(`${RULE}\nxyzzy: 1`),
    says: 'TG110 6:5 unknown key "xyzzy" in rules.r',
    help: /^Its keys are description, severity,/,
  },
  {
    name: 'a missing section',
    text: USUAL.replace(/egresses:[^]*/, '').replace('to: alerts', 'tags: x'),
    says: 'TG111 1:1 the application has no "egresses", which must be written',
  },
  {
    name: 'a missing key',
    text: withRule('to: alerts'),
    says: 'TG111 4:5 rules.r has no "from", which must be written',
    help: /name of an ingress/,
  },
  {
    name: 'a list where a map belongs',
    text: USUAL.replace('egresses:\n  alerts:', 'egresses:\n  - alerts:'),
    says: 'TG112 10:3 egresses is a list; expected a map',
    help: /^Write each as "NAME: ..."/,
  },
  {
    name: 'a map where a list belongs',
    text: pattern('steps:\n  begin: a'),
    says: 'TG112 7:9 rules.r.pattern.steps is a map; expected a list',
    help: /^Begin each item with "- "\.$/,
  },
  {
    name: 'a connector without its map',
    text: USUAL.replace('{ file: alerts.jsonl }', 'http'),
    says: 'TG112 10:11 egresses.alerts is the text "http"; expected a map',
    help: /^Write http: and what it needs, as in \{ http: \{\} \}\.$/,
  },
  {
    name: 'an empty egress',
    text: USUAL.replace(' { file: alerts.jsonl }', ''),
    says: 'TG112 10:10 egresses.alerts is empty; expected a map',
    help: /^Its keys are file, .*delivery, parallelism, typename, renamedFrom\.$/,
  },
  {
    name: 'a key without its colon',
    text: withRule(`${RULE}\nseverity high`),
    says: 'TG102 6:5 this line is no key with a value',
    help: /with a space after the colon/,
  },
  {
    name: 'a quote that is not closed',
    text: withRule(`${RULE}\nmessage: "much`),
    says: 'TG102 6:14 the quote that opens here is not closed',
    help: /^Close it/,
  },
  {
    name: 'text where a map belongs',
    text: `${USUAL}tables: x\n`,
    says: 'TG112 11:9 tables is the text "x"; expected a map',
  },
  {
    name: 'a key without a value',
    text: withRule(`${RULE}\nseverity:`),
    says: 'TG112 6:14 rules.r.severity has no value; expected one of informational, low, medium, high, critical',
  },
  {
    name: 'a word that is not of the list',
    text: withRule(`${RULE}\nseverity: hihg`),
    says: 'TG113 6:15 rules.r.severity is "hihg"; expected one of informational, low, medium, high, critical; did you mean "high"?',
  },
  {
    name: 'a number out of range',
    text: `${USUAL}settings: { parallelism: 0 }\n`,
    says: 'TG113 11:26 settings.parallelism is 0; expected a whole number from 1 to 1024',
  },
  {
    name: 'a fraction where a whole number belongs',
    text: `${USUAL}settings: { parallelism: 1.5 }\n`,
    says: 'TG113 11:26 settings.parallelism is 1.5; expected a whole number from 1 to 1024',
  },
  {
    name: 'text where a number belongs',
    text: `${USUAL}settings: { parallelism: "4" }\n`,
    says: 'TG112 11:26 settings.parallelism is "4"; expected a whole number from 1 to 1024',
  },
  {
    name: 'a size without a unit',
    text: `${USUAL}settings: { maxRecordSize: 1000 }\n`,
    says: 'TG113 11:28 settings.maxRecordSize is 1000; expected a size such as 64KiB',
    help: /Units are B, KiB/,
  },
  {
    name: 'a name with a blank',
    text: USUAL.replace('name: app', 'name: my app'),
    says: 'TG113 1:7 name is "my app", which does not match ^[A-Za-z][A-Za-z0-9_-]*$',
  },
  {
    name: 'a rule whose name begins with a digit',
    text: USUAL.replace('  r:', '  1r:'),
    says: 'TG117 3:3 "1r" is no name for rules',
    help: /begins with a letter/,
  },
  {
    name: 'a select field that is no identifier',
    text: withRule(`${RULE}\nselect: { a-b: x }`),
    says: 'TG117 6:15 "a-b" is no name for rules.r.select',
    help: /begins with no digit/,
  },
  {
    name: 'a type of functions with a character that no name has',
    text: `${USUAL}functions:\n  a.b/c d: { http: "http://f" }\n`,
    says: 'TG117 12:3 "a.b/c d" is no name for functions',
    help: /^It is namespace\/name, as fraud\/profile, or namespace\/\*: both of letters, digits, "\.", "_" and "-"\.$/,
  },
  {
    name: 'no connector',
    text: ingress('format: json'),
    says: 'TG114 4:5 ingresses.i has none of file, stdin; exactly one must be written',
  },
  {
    name: 'two connectors',
    text: ingress('file: p\nstdin: {}'),
    says: 'TG114 5:5 ingresses.i has both file and stdin; exactly one must be written',
  },
  {
    name: 'a misspelt connector',
    text: ingress('fiel: p'),
    says: 'TG110 4:5 unknown key "fiel" in ingresses.i; did you mean "file"?',
  },
  {
    name: 'an unknown connector',
    text: ingress('pulsar: { topic: x }'),
    says: 'TG110 4:5 unknown key "pulsar" in ingresses.i',
    help: /^Its keys are file, stdin/,
  },
  {
    name: 'a connector of the other direction',
    text: egress('{ stdin: {} }'),
    says: 'TG110 3:8 unknown key "stdin" in egresses.e',
    help: /^Its keys are file, http/,
  },
  {
    name: 'a misspelt option',
    text: ingress('file: { path: p, folow: true }'),
    says: 'TG110 4:22 unknown key "folow" in ingresses.i.file; did you mean "follow"?',
  },
  {
    name: 'a missing option',
    text: ingress('file: { follow: true }'),
    says: 'TG111 4:11 ingresses.i.file has no "path", which must be written',
  },
  {
    name: 'a connector without what it needs',
    text: ingress('file:'),
    says: 'TG112 4:10 ingresses.i.file has no value; expected a map, or its path alone',
  },
  {
    name: 'a misspelt format',
    text: ingress('file: p\nformat: jsn'),
    says: 'TG113 5:13 ingresses.i.format is "jsn"; expected one of json, lines, packed, or a map; did you mean "json"?',
  },
  {
    name: 'a format alone that needs an option',
    text: ingress('file: p\nformat: lines'),
    says: 'TG111 5:13 ingresses.i.format is lines alone, which needs pattern',
    help: /format: \{ lines:/,
  },
  {
    name: 'more writers than one file takes',
    text: egress('{ file: x, parallelism: 2 }'),
    says: 'TG113 3:30 egresses.e.parallelism is 2, and it takes one writer at most',
    help: /such as a folder/,
  },
  {
    name: 'a delivery that is not offered',
    text: egress('{ file: x, delivery: none }'),
    says: 'TG113 3:27 egresses.e.delivery is none, which file does not offer',
    help: /It offers exactly-once, at-least-once/,
  },
  {
    name: 'a step without its word',
    text: pattern('steps:\n  - where: a'),
    says: 'TG114 7:11 rules.r.pattern.steps[0] has none of begin, next, followedBy, followedByAny, notNext, notFollowedBy; exactly one must be written',
  },
  {
    name: 'a step with a misspelt word',
    text: pattern('steps:\n  - begn: a'),
    says: 'TG110 7:11 unknown key "begn" in rules.r.pattern.steps[0]; did you mean "begin"?',
  },
  {
    name: 'a step with two words',
    text: pattern('steps:\n  - begin: a\n    next: b'),
    says: 'TG114 8:11 rules.r.pattern.steps[0] has both begin and next; exactly one must be written',
  },
  {
    name: 'a stage that is no identifier',
    text: pattern('steps:\n  - begin: small-probe'),
    says: 'TG113 7:18 rules.r.pattern.steps[0].begin is "small-probe", which does not match ^[A-Za-z_][A-Za-z0-9_]*$',
  },
  {
    name: 'a step with a condition and steps',
    text: pattern('steps:\n  - begin: a\n    where: x\n    steps:\n      - begin: b'),
    says: 'TG114 8:11 rules.r.pattern.steps[0] has both where and steps; exactly one can be written',
  },
  { name: 'no steps', text: pattern('steps: []'), says: 'TG113 6:7 rules.r.pattern.steps is empty' },
  {
    name: 'a skip strategy of two kinds',
    text: pattern('skip: { toFirst: a, toLast: a }\nsteps:\n  - begin: a'),
    says: 'TG114 6:27 rules.r.pattern.skip has both toFirst and toLast; exactly one must be written',
  },
  {
    name: 'two places for the key',
    text: withRule('from: { payments: { key: a } }\nkey: b\nto: alerts'),
    says: 'TG114 5:5 rules.r has a key of its own and one for payments',
  },
  {
    name: 'an unknown ingress',
    text: withRule('from: paymnts\nto: alerts'),
    says: 'TG120 4:11 unknown ingress or rule "paymnts" in rules.r.from; did you mean "payments"?',
  },
  {
    name: 'an ingress that is like no other',
    text: withRule('from: xyzzy\nto: alerts'),
    says: 'TG120 4:11 unknown ingress or rule "xyzzy" in rules.r.from',
    help: /^There is payments, logins, r\.$/,
  },
  {
    name: 'an unknown ingress as a key',
    text: withRule('from: { paymnts: { key: a } }\nto: alerts'),
    says: 'TG120 4:13 unknown ingress or rule "paymnts" in rules.r.from; did you mean "payments"?',
  },
  {
    name: 'an unknown egress',
    text: withRule('from: payments\nto: [alerts, alrts]'),
    says: 'TG120 5:18 unknown egress "alrts" in rules.r.to[1]; did you mean "alerts"?',
  },
  {
    name: 'an unknown table of a test',
    text: test('[{ end: true }]', 'tables: { x: [] }\n    expect: {}'),
    says: 'TG120 4:15 unknown table "x" in tests.t.tables',
    help: /defines no table/,
  },
  {
    name: 'an unknown egress of a test',
    text: test('[{ end: true }]', 'expect: { alrts: [] }'),
    says: 'TG120 4:15 unknown egress or function "alrts" in tests.t.expect; did you mean "alerts"?',
  },
  {
    name: 'an unknown ingress of a test',
    text: test('[{ paymnts: {} }]'),
    says: 'TG120 3:15 unknown ingress "paymnts" in tests.t.steps[0]; did you mean "payments"?',
  },
  {
    name: 'a misspelt key of a test step',
    text: test('[{ watermrk: {} }]'),
    says: 'TG120 3:15 unknown ingress "watermrk" in tests.t.steps[0]; did you mean "watermark"?',
  },
  {
    name: 'a test step of two kinds',
    text: test('[{ payments: {}, watermark: 1m }]'),
    says: 'TG151 3:13 tests.t.steps[0] has both payments and watermark',
  },
  {
    name: 'a test step of no kind',
    text: test('[{ at: 1m }]'),
    says: 'TG151 3:13 tests.t.steps[0] has no event',
    help: /name of an ingress/,
  },
  {
    name: 'a test that does not end',
    text: test('[{ end: false }]'),
    says: 'TG151 3:13 tests.t.steps[0] says end: false',
  },
  {
    name: 'a name of an ingress and of a rule',
    text: USUAL.replace('  r:', '  payments:').replace('from: payments', 'from: logins'),
    says: 'TG121 3:3 the name payments of a rule and an ingress is defined twice',
  },
  {
    name: 'a section of a later version',
    text: `${USUAL}features: {}\n`,
    says: 'TG115 11:1 features is not yet in this version: the name is reserved for a later version',
  },
  {
    name: 'a kind of rule of a later version',
    text: withRule(`${RULE}\nwindow: { rolling: 5m }`),
    says: 'TG115 6:5 rules.r.window is not yet in this version: windows come with a later version',
  },
  {
    name: 'options of a format that lack one for this use',
    text: egress('{ http: { url: x }, format: packed }'),
    says: 'TG113 3:26 egresses.e: packed needs to know to what',
  },
  {
    name: 'messages where there are none',
    text: egress('{ file: x, format: { packed: { to: y } } }'),
    says: 'TG113 3:25 egresses.e.format is packed, whose messages file does not take',
  },
  {
    name: 'more workers than key groups',
    text: `${USUAL}settings: { parallelism: 200 }\n`,
    says: 'TG113 11:26 settings.parallelism is 200, more than maxParallelism, which is 128',
  },
  {
    name: 'a schema of a later version',
    text: ingress('file: p\nschema: { avro: p.avsc }'),
    says: 'TG115 5:15 avro in ingresses.i.schema is not yet in this version',
  },
];

describe('A mistake in the structure', () => {
  for (const { name, text, says, help } of mistakes) {
    it(`has one message: ${name}`, () => {
      const diagnostics = load(text).diagnostics.filter((one) => one.severity === 'error');
      assert.deepEqual(lines(diagnostics), [says]);
      if (help !== undefined) assert.match(diagnostics[0]?.help ?? '', help);
    });
  }
});

describe('What may be left out', () => {
  const fine: Readonly<Record<string, string>> = {
    'a section whose content is commented out': `${USUAL}tests:\n  # none yet\n`,
    'an object without anything in it': ingress('stdin:'),
    'the options of a connector with defaults': egress('{ http: { url: x } }'),
    'the egress of a rule that another rule reads': USUAL.replace('to: alerts', '').replace(
      'rules:',
      'rules:\n  s: { from: r, to: alerts }',
    ),
  };
  for (const [name, text] of Object.entries(fine)) {
    it(`is: ${name}`, () => {
      assert.deepEqual(
        load(text).diagnostics.filter((one) => one.severity === 'error'),
        [],
      );
    });
  }
});

describe('A rule that cannot be read', () => {
  it('is left out of the draft, with the rules that read it', () => {
    const { application } = load(
      withRule('from: xyzzy').replace(
        'rules:',
        'rules:\n  s: { from: r, to: alerts }\n  t: { from: s, to: alerts }\n  ok: { from: payments, to: alerts }',
      ),
    );
    assert.deepEqual([...(application?.rules.keys() ?? [])], ['ok']);
  });
});
