/** Text that means harm, or was only badly saved: each is answered with an error or handled, and the process lives on. */
import assert from 'node:assert/strict';
import { loadApplication } from '../../src/spec/load.js';
import { lines, load, memoryHost, registry, withRule } from './support.js';

const USUAL = withRule('from: payments\nto: alerts');

function loadBytes(bytes: Uint8Array) {
  return loadApplication({ path: 'app.yaml' }, { host: memoryHost({ files: { 'app.yaml': bytes } }), registry });
}

/** Names that are special on JavaScript's objects. */
const SPECIAL = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];

describe('F77: names that are special to JavaScript', () => {
  for (const name of SPECIAL) {
    it(`${name} is a field of an event like any other`, () => {
      const { application, diagnostics } = load(
        `${USUAL}tests:\n  t:\n    steps:\n      - payments: { ${name}: { polluted: 1 } }\n    expect: {}\n`,
      );
      assert.deepEqual(lines(diagnostics), []);
      const [step] = application?.tests.get('t')?.steps ?? [];
      assert.ok(step?.kind === 'event');
      const value = step.value as object;
      assert.deepEqual(Object.keys(value), [name]);
      assert.equal(Object.getPrototypeOf(value), Object.prototype);
      assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    });

    it(`${name} is a field of a schema like any other`, () => {
      const { application, diagnostics } = load(
        USUAL.replace('{ file: payments.jsonl }', `{ file: p, schema: { ${name}: int } }`),
      );
      assert.deepEqual(lines(diagnostics), []);
      const fields = application?.ingresses.get('payments')?.schema.fields ?? {};
      assert.deepEqual(Object.entries(fields), [[name, { type: { kind: 'int' } }]]);
    });

    it(`${name} is an unknown key where it is not declared`, () => {
      const { diagnostics } = load(`${USUAL}${name}: 1\n`);
      assert.deepEqual(
        diagnostics.map((one) => [one.code, one.message]),
        [['TG110', `unknown key "${name}" in the application`]],
      );
    });

    it(`${name} does not make up for a missing key, nor refer to anything`, () => {
      const { diagnostics } = load(withRule(`from: ${name}\nto: alerts`));
      assert.deepEqual(
        diagnostics.map((one) => one.code),
        ['TG120'],
      );
    });
  }

  it('__proto__ is no name of a rule, constructor is one', () => {
    const named = (name: string) => load(USUAL.replace('  r:', `  ${name}:`));
    assert.deepEqual(
      named('__proto__').diagnostics.map((one) => one.code),
      ['TG117'],
    );
    assert.deepEqual([...(named('constructor').application?.rules.keys() ?? [])], ['constructor']);
  });
});

describe('F78: aliases that multiply', () => {
  const laughs = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 12; level += 1)
    laughs.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`);

  it('billion laughs are refused where they grow too large', () => {
    const { diagnostics, application } = load(laughs.join('\n'));
    assert.deepEqual(lines(diagnostics), ['TG104 6:9 with its aliases this holds more than 200000 values']);
    assert.equal(application, undefined);
  });

  it('an anchor that holds itself is refused', () => {
    const { diagnostics } = load(`${USUAL}tests: &t\n  a: *t\n`);
    assert.deepEqual(lines(diagnostics), ['TG104 12:6 the alias *t names no anchor before it']);
  });

  it('an ordinary alias is the value that it names', () => {
    const text = withRule('from: payments\nkey: &k card\nwhere: *k\nto: alerts');
    assert.deepEqual(lines(load(text).diagnostics), []);
    assert.equal(load(text).application?.rules.get('r')?.where[0]?.text, 'card');
  });
});

describe('F79: nesting', () => {
  const shapes: Readonly<Record<string, string>> = {
    'open brackets': '['.repeat(5000),
    'closed brackets': '['.repeat(5000) + ']'.repeat(5000),
    'maps in braces': '{a: '.repeat(5000),
    'lists on one line': '- '.repeat(5000),
    'maps by indentation': Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
    'explicit keys': '? '.repeat(5000),
    'a million brackets': '['.repeat(1_000_000),
    'brackets hidden by quotes': '["]", '.repeat(5000),
  };
  for (const [name, text] of Object.entries(shapes)) {
    it(`is refused before it is parsed: ${name}`, () => {
      assert.deepEqual(
        load(text).diagnostics.map((one) => [one.code, one.message]),
        [['TG101', 'app.yaml is nested more than 64 levels deep']],
      );
    });
  }

  it('does not wear the process out by repetition', () => {
    for (let round = 0; round < 50; round += 1) assert.equal(load('['.repeat(1000 + round)).application, undefined);
  });

  it('of sixty levels is fine', () => {
    const nested = '['.repeat(50) + ']'.repeat(50);
    assert.deepEqual(
      lines(
        load(`${USUAL}tests:\n  t:\n    steps:\n      - payments: { deep: ${nested} }\n    expect: {}\n`).diagnostics,
      ),
      [],
    );
  });
});

describe('F80: bytes and characters', () => {
  const encoder = new TextEncoder();

  it('10 MB are refused by their size', () => {
    const { diagnostics } = loadBytes(new Uint8Array(10_000_000).fill(0x61));
    assert.deepEqual(lines(diagnostics), [
      'TG101 1:1 app.yaml is too large: it has 9.5 MiB, and a file of an application at most 2 MiB',
    ]);
  });

  it('a file longer than people write is refused, and told what to do', () => {
    const { diagnostics } = load('# a comment\n'.repeat(60_001));
    assert.deepEqual(
      diagnostics.map((one) => [one.code, one.message, one.help]),
      [['TG101', 'app.yaml is more than 60000 lines long', 'Split it into several files of one folder.']],
    );
  });

  it('a line denser than people write is refused', () => {
    const { diagnostics } = load(`name: [${'a,'.repeat(50_000)}]`);
    assert.deepEqual(lines(diagnostics), ['TG101 1:40012 app.yaml is too dense: 60013 tokens in one line']);
  });

  it('two thousand rules with patterns are an application', () => {
    const rule = [
      'from: payments',
      'pattern:',
      '  within: 10m',
      '  steps:',
      '    - begin: probe',
      '      where: amount < 5',
      '      times: 3..',
      '    - followedBy: cashout',
      '      where:',
      '        - amount > 500',
      '        - country != "NL"',
      'select:',
      '  probes: size(probe)',
      'to: alerts',
    ].map((line) => `    ${line}\n`);
    const rules = Array.from({ length: 2_000 }, (_, index) => `  r${index}:\n${rule.join('')}`);
    const { application, diagnostics } = load(USUAL.replace(/^rules:\n[^]*?(?=^\S)/m, `rules:\n${rules.join('')}`));
    assert.deepEqual(lines(diagnostics), []);
    assert.equal(application?.rules.size, 2_000);
  }).timeout(30_000);

  it('a byte order mark is dropped', () => {
    assert.deepEqual(lines(loadBytes(encoder.encode(`\ufeff${USUAL}`)).diagnostics), []);
  });

  it('Windows line ends are line ends, also within a block', () => {
    const text = withRule('from: payments\nwhere: |\n  amount > 5 &&\n  card == "x"\nto: alerts').replaceAll(
      '\n',
      '\r\n',
    );
    const { application, diagnostics } = loadBytes(encoder.encode(text));
    assert.deepEqual(lines(diagnostics), []);
    assert.equal(application?.rules.get('r')?.where[0]?.text, 'amount > 5 &&\ncard == "x"\n');
  });

  it('UTF-16 is named', () => {
    assert.deepEqual(lines(loadBytes(new Uint8Array([0xff, 0xfe, 0x61, 0])).diagnostics), [
      'TG101 1:1 app.yaml is UTF-16 text',
    ]);
  });

  it('what is not UTF-8 is shown at its place', () => {
    const { diagnostics } = loadBytes(new Uint8Array([...encoder.encode('name: é\nx: '), 0xc3, 0x28]));
    assert.deepEqual(lines(diagnostics), ['TG101 2:5 app.yaml is not UTF-8 text: byte 13 begins no character']);
  });

  for (const [name, character, said] of [
    ['NUL', '\u0000', 'a NUL character'],
    ['escape', '\u001b', 'the control character U+001B'],
    ['a lone carriage return', '\r', 'the control character U+000D'],
    ['a byte order mark within', '\ufeff', 'the control character U+FEFF'],
  ] as const) {
    it(`${name} is refused at its place`, () => {
      assert.deepEqual(lines(load(`name: a\nx: b${character}c\n`).diagnostics), [`TG101 2:5 the text holds ${said}`]);
    });
  }

  it('a tab that indents is refused with the reason', () => {
    const { diagnostics } = load('name: a\nrules:\n\tr: 1\n');
    assert.deepEqual(
      diagnostics.map((one) => [one.code, one.message, one.help]),
      [['TG102', 'a tab indents this line', 'YAML allows only spaces there.']],
    );
  });

  it('a key that is written twice is shown at both places', () => {
    const { diagnostics } = load(`${USUAL}name: again\n`);
    assert.deepEqual(lines(diagnostics), ['TG103 11:1 the key "name" is written twice']);
    assert.equal(diagnostics[0]?.related?.[0]?.range.line, 1);
  });

  it('a text of nothing but a key written again is stopped where the report would end, and not read to its own end', () => {
    const before = 'name: a\nrules:\n';
    const shapes: Readonly<Record<string, (index: number) => string>> = {
      'in a block': (index) => `  k: ${index}\n`,
      'in quotes': (index) => `  "k": ${index}\n`,
      'in braces': (index) => `${index === 0 ? '  {' : '  '} k: ${index},\n`,
      'as explicit keys': () => '  ? k\n',
      'called __proto__': () => '  __proto__: 1\n',
      'in a map for each line': (index) => `  r${index}: { k: 1, k: 2 }\n`,
    };
    for (const [name, line] of Object.entries(shapes)) {
      const { diagnostics } = load(before + Array.from({ length: 20_000 }, (_, index) => line(index)).join(''));
      assert.deepEqual(
        diagnostics.map((one) => [one.code, one.message]),
        [['TG101', 'app.yaml is repetitive: more than 200 keys are written again in their own map']],
        name,
      );
      assert.ok((diagnostics[0]?.range?.line ?? Infinity) < 210, name);
    }
  });

  it('two hundred keys that are written again are all shown', () => {
    const { diagnostics } = load(USUAL + 'name: again\n'.repeat(200));
    assert.deepEqual([...new Set(diagnostics.map((one) => one.code))], ['TG103']);
    assert.equal(diagnostics.length, 200);
  });

  it('the same key in two maps is no repetition, as often as it occurs', () => {
    const rules = Array.from({ length: 1_000 }, (_, index) => `  r${index}: { from: payments, to: alerts }\n`);
    const { diagnostics } = load(USUAL.replace('rules:\n', `rules:\n${rules.join('')}`));
    assert.deepEqual(lines(diagnostics), []);
  });

  for (const [name, text] of [
    ['keys', Array.from({ length: 20_000 }, (_, index) => `k${index}:\t1\n`).join('')],
    ['items', '- x\n'.repeat(20_000)],
    ['keys in braces', `{\n${Array.from({ length: 20_000 }, (_, index) => `k${index}: 1,\n`).join('')}}`],
  ] as const) {
    it(`a text of thousands of ${name} is stopped after ten thousand`, () => {
      const { diagnostics } = load(text);
      assert.deepEqual(
        diagnostics.map((one) => [one.code, one.message]),
        [['TG101', 'app.yaml is too long: one map or list holds more than 10000 items']],
      );
      assert.ok((diagnostics[0]?.range?.line ?? Infinity) < 10_010);
    });
  }

  it('five thousand keys in one map take no quadratic time', () => {
    const keys = Array.from({ length: 5_000 }, (_, index) => `  k${index}: ${index}`).join('\n');
    const { diagnostics } = load(`${USUAL}settings:\n${keys}\n`);
    assert.equal(diagnostics.length, 5_000);
  });

  const refused: readonly (readonly [string, string, string])[] = [
    ['merge keys', 'base: &b { file: p }\ningresses:\n  i:\n    <<: *b\n', 'YAML 1.2 has no merge keys'],
    ['tags of a program', 'name: !!js/function "x"\n', 'YAML reads "!!js/function" as a tag'],
    ['a second document', 'name: a\n---\nname: b\n', 'a second document begins here; a file holds one application'],
    ['YAML 1.1', '%YAML 1.1\n---\nname: a\n', 'the text declares YAML 1.1; applications are YAML 1.2'],
    ['a key that is a list', '[a, b]: c\n', 'a key must be text'],
    ['a key that is empty', ': c\n', 'a key must be text'],
  ];
  for (const [name, text, message] of refused) {
    it(`refuses ${name}`, () => {
      const found = load(text).diagnostics.filter((one) => one.code === 'TG104');
      assert.deepEqual(
        found.map((one) => one.message),
        [message],
      );
    });
  }

  it('answers thousands of names that do not exist', () => {
    const rules = Array.from(
      { length: 2_000 },
      (_, index) => `  rule${index}: { from: rul${index}, to: alert${index} }`,
    );
    const { diagnostics } = load(
      withRule('from: payments\nto: alerts').replace('rules:', `rules:\n${rules.join('\n')}`),
    );
    assert.ok(diagnostics.length >= 2_000);
  });

  it('answers an expression of thousands of commas', () => {
    const { diagnostics } = load(withRule(`from: payments\nwhere: [f(${'a, '.repeat(12_000)}b)]\nto: alerts`));
    assert.deepEqual([...new Set(diagnostics.map((one) => one.code))], ['TG116']);
  });

  const strange: Readonly<Record<string, string>> = {
    'closing brackets': ']'.repeat(100_000),
    directives: '%x\n'.repeat(100_000),
    documents: '---\n'.repeat(100_000),
    quotes: '"'.repeat(100_000),
    'plain words': 'a '.repeat(400_000),
    'empty lines': '\n'.repeat(1_000_000),
    comments: '#\n'.repeat(400_000),
    'a long key': `${'k'.repeat(500_000)}: 1`,
    'a long list': `[${'a,'.repeat(400_000)}]`,
    'a long broken line': `where: ${'a-'.repeat(400_000)} : x: y`,
    'unknown tags': '!a '.repeat(100_000),
    anchors: '&a '.repeat(100_000),
  };
  for (const [name, text] of Object.entries(strange)) {
    it(`answers a file of ${name}`, () => {
      const { diagnostics } = load(text);
      assert.ok(diagnostics.length > 0 && diagnostics.length < 50);
    });
  }
});
