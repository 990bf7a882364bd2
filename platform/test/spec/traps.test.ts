/** Where YAML and CEL quarrel: each trap has its message and the text that is right. */
import assert from 'node:assert/strict';
import { lines, load, withRule, withWhere } from './support.js';

/** What was read as the rule's conditions. */
function whereOf(text: string): readonly string[] | undefined {
  return load(text)
    .application?.rules.get('r')
    ?.where.map((one) => one.text);
}

interface Trap {
  readonly name: string;
  readonly written: string;
  /** Of the first diagnostic. */
  readonly says: string;
  readonly help: string;
}

const traps: readonly Trap[] = [
  {
    name: '! begins a tag',
    written: 'where: !paid',
    says: 'TG104 5:12 YAML reads "!paid" as a tag',
    help: 'For an expression write:\n  where: |\n    !paid',
  },
  {
    name: '! begins a tag before more',
    written: 'where: !paid && amount > 3',
    says: 'TG104 5:12 YAML reads "!paid" as a tag',
    help: 'For an expression write:\n  where: |\n    !paid && amount > 3',
  },
  {
    name: 'a ternary',
    written: 'where: a ? b : c',
    says: 'TG102 5:12 a second ": " on one line',
    help: 'Write the expression in block style:\n  where: |\n    a ? b : c',
  },
  {
    name: 'text after a quoted word',
    written: 'where: "NL" == country',
    says: 'TG102 5:17 unexpected scalar at node end',
    help: 'Write the expression in block style:\n  where: |\n    "NL" == country',
  },
  {
    name: 'text after a list',
    written: 'where: ["NL", "BE"].exists(c, c == country)',
    says: 'TG102 5:24 unexpected scalar at node end',
    help: 'Write the expression in block style:\n  where: |\n    ["NL", "BE"].exists(c, c == country)',
  },
  {
    name: 'a colon in a string',
    written: 'where: name == "a: b"',
    says: 'TG102 5:12 a second ": " on one line',
    help: 'Write the expression in block style:\n  where: |\n    name == "a: b"',
  },
  {
    name: 'a hash in a string',
    written: 'where: name == "no #5"',
    says: 'TG116 5:23 rules.r.where: YAML reads the rest of the line after " #" as a comment',
    help: 'For an expression write:\n  where: |\n    name == "no #5"',
  },
  {
    name: 'a map',
    written: 'where: {"a": 1}',
    says: 'TG116 5:12 YAML reads rules.r.where as a map; expected an expression',
    help: 'For an expression write:\n  where: |\n    {"a": 1}',
  },
  {
    name: 'nothing at all',
    written: 'where:',
    says: 'TG116 5:11 the expression rules.r.where is empty',
    help: 'Write an expression, or remove the key.',
  },
  {
    name: 'an empty text',
    written: 'where: ""',
    says: 'TG116 5:12 the expression rules.r.where is empty',
    help: 'Write an expression, or remove the key.',
  },
  {
    name: 'a word of YAML 1.1',
    written: 'where: yes',
    says: 'TG105 5:12 rules.r.where is yes, which is neither true nor false in YAML 1.2',
    help: 'Write true, or event["yes"] for a field of that name.',
  },
  {
    name: 'text on the line of a block',
    written: 'where: | amount > 5',
    says: 'TG102 5:14 not a YAML token: amount > 5',
    help: 'Write the expression in block style:\n  where: |\n    amount > 5',
  },
  {
    name: 'a comparison that looks like a folded block',
    written: 'where: > 5',
    says: 'TG102 5:14 not a YAML token: 5',
    help: 'Write the expression in block style:\n  where: |\n    5',
  },
  {
    name: 'an alias',
    written: 'where: *amount',
    says: 'TG104 5:12 the alias *amount names no anchor before it',
    help: 'Define it with &amount first; for text, quote it.',
  },
  {
    name: 'a reserved sign',
    written: 'where: @amount > 5',
    says: 'TG102 5:12 plain text cannot begin with "@"',
    help: 'Write the expression in block style:\n  where: |\n    @amount > 5',
  },
];

describe('An expression that YAML takes apart', () => {
  for (const { name, written, says, help } of traps) {
    it(`is refused with its correction: ${name}`, () => {
      const { diagnostics } = load(withWhere(written));
      assert.deepEqual(lines(diagnostics), [says]);
      assert.equal(diagnostics[0]?.help, help);
    });
  }

  it('is taken as it was meant after a tag, so that the rest is checked', () => {
    assert.deepEqual(whereOf(withWhere('where: !paid && amount > 3')), ['!paid && amount > 3']);
  });

  it('is taken as it was meant after a comment within a string', () => {
    assert.deepEqual(whereOf(withWhere('where: name == "no #5"')), ['name == "no #5"']);
  });

  it('is fine in block style, whatever it holds', () => {
    const text = 'a ? "x: #y" : !b && [1, 2].exists(i, i > 1)';
    assert.deepEqual(whereOf(withWhere(`where: |\n  ${text}`)), [`${text}\n`]);
    assert.deepEqual(lines(load(withWhere(`where: |\n  ${text}`)).diagnostics), []);
  });

  it('may be followed by a comment outside of its strings', () => {
    assert.deepEqual(whereOf(withWhere('where: name == "a"  # not "b"')), ['name == "a"']);
  });
});

describe('An expression within braces', () => {
  it('is refused at its comma, once, and taken as it was meant', () => {
    const text = withRule(
      'from: payments\npattern:\n  steps:\n    - { begin: a, where: f(x, y) > 1, optional: true }\nto: alerts',
    );
    const { diagnostics, application } = load(text);
    assert.deepEqual(lines(diagnostics), [
      'TG116 7:30 rules.r.pattern.steps[0].where: inside { } and [ ] a comma ends the expression',
    ]);
    assert.match(diagnostics[0]?.help ?? '', /where: \|\n {4}f\(x, y\) > 1/);
    const [step] = application?.rules.get('r')?.pattern?.steps ?? [];
    assert.deepEqual([step?.where[0]?.text, step?.optional], ['f(x, y) > 1', true]);
  });

  it('is refused at its comma among the fields of select, and mended', () => {
    const { diagnostics, application } = load(
      withRule('from: payments\nselect: { a: card, b: f(card, 3, 4) }\nto: alerts'),
    );
    assert.deepEqual(lines(diagnostics), [
      'TG116 5:27 rules.r.select.b: inside { } and [ ] a comma ends the expression',
    ]);
    assert.deepEqual(
      application?.rules.get('r')?.select.map(({ value }) => value.text),
      ['card', 'f(card, 3, 4)'],
    );
  });

  it('is refused at its comma in a list, and mended', () => {
    const text = withRule('from: payments\nwhere: [a > 1, f(b, c) > 1, d > 1]\nto: alerts');
    const { diagnostics, application } = load(text);
    assert.deepEqual(lines(diagnostics), [
      'TG116 5:20 rules.r.where[1]: inside { } and [ ] a comma ends the expression',
    ]);
    assert.deepEqual(
      application?.rules.get('r')?.where.map((one) => one.text),
      ['a > 1', 'f(b, c) > 1', 'd > 1'],
    );
  });

  it('that was mended has its places in the file', () => {
    const { application, positions } = load(withRule('from: payments\nselect: { a: f(b, c) }\nto: alerts'));
    const [field] = application?.rules.get('r')?.select ?? [];
    assert.ok(field && positions);
    const { line, column } = positions.locateInExpression(field.value, 5, 6);
    assert.deepEqual([line, column], [5, 23]);
  });

  it('shows only the first error of a broken flow collection, with the correction', () => {
    const text = withRule(
      'from: payments\npattern:\n  steps:\n    - { begin: a, where: country in ["NL", "BE"] && x in [1, 2] }\nto: alerts',
    );
    const { diagnostics } = load(text);
    assert.equal(diagnostics.length, 1);
    assert.match(diagnostics[0]?.help ?? '', /where: \|\n {4}country in \["NL", "BE"\] && x in \[1, 2\]$/);
  });
});

describe('A line that is not in its place', () => {
  const cases: readonly (readonly [name: string, body: string, says: string, help: string])[] = [
    [
      'indented too far',
      'from: payments\nwhere: amount > 5\n tags: x\nto: alerts',
      'TG102 5:12 the line after this one is indented as if it belonged to its value',
      'Align the keys of one map with each other.',
    ],
    [
      'after a bracket that is not closed',
      'from: payments\npattern: { steps: [ { begin: a }\nto: alerts',
      'TG102 6:5 a [ above is not closed',
      'Close it, or indent its lines further.',
    ],
    [
      'that belongs to a map above',
      'from: payments\npattern:\n  steps: [{ begin: a }]\nwithin: 10m\nto: alerts',
      'TG110 7:5 unknown key "within" in rules.r',
      'It belongs under pattern: indent it, below pattern:.',
    ],
  ];
  for (const [name, body, says, help] of cases) {
    it(`is refused with the reason: ${name}`, () => {
      const { diagnostics } = load(withRule(body));
      assert.deepEqual(lines(diagnostics), [says]);
      assert.equal(diagnostics[0]?.help, help);
    });
  }
});

describe('A quoted expression', () => {
  it('is marked as quoted, so that a word that was meant as text can be answered', () => {
    const where = (written: string) => load(withWhere(written)).application?.rules.get('r')?.where[0]?.quoted;
    assert.deepEqual([where('where: "probe"'), where("where: 'probe'"), where('where: probe')], [true, true, false]);
  });
});

describe('A count', () => {
  const step = (times: string) =>
    load(withRule(`from: payments\npattern:\n  steps:\n    - begin: a\n      times: ${times}\nto: alerts`));

  const right: readonly (readonly [string, unknown])[] = [
    ['3', { from: 3, to: 3 }],
    ['2..4', { from: 2, to: 4 }],
    ['3..', { from: 3, to: null }],
    ['"3.."', { from: 3, to: null }],
  ];
  for (const [written, value] of right) {
    it(`may be ${written}`, () => {
      const { application, diagnostics } = step(written);
      assert.deepEqual(lines(diagnostics), []);
      assert.deepEqual(application?.rules.get('r')?.pattern?.steps[0]?.times, value);
    });
  }

  for (const written of ['3.', '3.0', '3.5', '1e1', '0x3', '-1', '..3', 'three']) {
    it(`may not be ${written}, though YAML might read a number`, () => {
      const shown = /^[\d-]/.test(written) ? written : JSON.stringify(written);
      assert.deepEqual(lines(step(written).diagnostics), [
        `TG113 8:18 rules.r.pattern.steps[0].times is ${shown}; expected a count such as 3, 2..4 or 3..`,
      ]);
    });
  }

  it('of 3. is answered with both things it may mean', () => {
    assert.equal(step('3.').diagnostics[0]?.help, 'Write 3 for exactly that many, 3.. for at least.');
  });
});

describe('A duration', () => {
  const within = (written: string) =>
    load(withRule(`from: payments\npattern:\n  within: ${written}\n  steps:\n    - begin: a\nto: alerts`));

  const right: readonly (readonly [string, number])[] = [
    ['250ms', 250],
    ['5s', 5_000],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['7d', 604_800_000],
    ['0s', 0],
  ];
  for (const [written, milliseconds] of right) {
    it(`of ${written} is ${milliseconds} ms`, () => {
      assert.equal(within(written).application?.rules.get('r')?.pattern?.within, milliseconds);
    });
  }

  it('without a unit is refused with what it may mean', () => {
    const { diagnostics } = within('10');
    assert.deepEqual(lines(diagnostics), ['TG112 6:15 rules.r.pattern.within is 10, a number without a unit']);
    assert.equal(diagnostics[0]?.help, 'Write 10ms, 10s, 10m or 10h.');
  });

  for (const written of ['10x', '"10"', '5m1h', '1.5h', '10 m', '-5s', 'ms']) {
    it(`is refused as ${written}`, () => {
      assert.deepEqual(
        within(written).diagnostics.map((one) => one.code),
        ['TG113'],
      );
    });
  }
});

describe('Plain words that other readers of YAML take for something else', () => {
  for (const [word, meant] of [
    ['yes', 'true'],
    ['no', 'false'],
    ['on', 'true'],
    ['Off', 'false'],
  ] as const) {
    it(`${word} is no truth value, and the message says which is`, () => {
      const { diagnostics } = load(
        withRule(`from: payments\npattern:\n  steps:\n    - begin: a\n      optional: ${word}\nto: alerts`),
      );
      assert.deepEqual(lines(diagnostics), [
        `TG105 8:21 rules.r.pattern.steps[0].optional is "${word}", which is text in YAML 1.2`,
      ]);
      assert.equal(diagnostics[0]?.help, `Write ${meant}.`);
    });
  }

  it('NO in an event is text, with a warning that other readers differ', () => {
    const { application, diagnostics } = load(testOf('{ payments: { country: NO } }'));
    assert.deepEqual(
      diagnostics.map((one) => [one.code, one.severity]),
      [['TG105', 'warning']],
    );
    const [step] = application?.tests.get('t')?.steps ?? [];
    assert.deepEqual(step?.kind === 'event' && step.value, { country: 'NO' });
  });

  it('a number with leading zeros is refused where anything may stand', () => {
    const { diagnostics } = load(testOf('{ payments: { zip: 0123 } }'));
    assert.deepEqual(lines(diagnostics), ['TG105 4:28 tests.t.steps[0].payments is 0123, a number with leading zeros']);
    assert.equal(diagnostics[0]?.help, 'For text write "0123", for the number 123.');
  });

  it('quoted, they are what they are', () => {
    assert.deepEqual(lines(load(testOf('{ payments: { zip: "0123", country: "NO" } }')).diagnostics), []);
  });

  it('a number where text is expected is refused with the quoted text', () => {
    const { diagnostics } = load(withRule('description: 1.10\nfrom: payments\nto: alerts'));
    assert.deepEqual(lines(diagnostics), ['TG112 4:18 rules.r.description is the number 1.10; expected text']);
    assert.equal(diagnostics[0]?.help, 'For text write "1.10".');
  });
});

/** An application with one test, whose step stands at line 4. */
function testOf(step: string): string {
  return `tests:\n  t:\n    steps:\n      - ${step}\n    expect: { alerts: [] }\n${withRule('from: payments\nto: alerts')}`;
}
