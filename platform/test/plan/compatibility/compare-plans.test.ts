/** Edits of an application against its saved state: what each keeps, and what is said of it. */
import assert from 'node:assert/strict';
import { comparePlans } from '../../../src/plan/compatibility/index.js';
import { compareEdit, edited, linesOf, planOf, SAVED, type Edit } from './edit.js';

const NOTHING_LOST: readonly (readonly [what: string, edit: Edit])[] = [
  ['nothing', []],
  [
    'texts and destinations',
    [['    select: { card: key()', '    severity: high\n    message: hello\n    select: { card: key()']],
  ],
  ['what an alert says', [['probes: size(probe)', 'many: size(probe)']]],
  ['how late an event may be', [['maxOutOfOrderness: 5s', 'maxOutOfOrderness: 1m']]],
  ['an optional field more', [['note: string?', 'note: string?, place: string?']]],
  ['settings', [['maxParallelism: 64', 'maxParallelism: 64, parallelism: 4, checkpoint: { interval: 10s }']]],
  ['the order of conditions in the file', [['amount > 500 && amount', 'amount > 500  &&  amount']]],
  ['a filter, which remembers nothing', [['amount > 1000', 'amount > 2000']]],
];

const CHANGED: readonly (readonly [what: string, edit: Edit, lines: readonly string[]])[] = [
  [
    'the key',
    [['key: card\n    where', 'key: owner\n    where']],
    [
      'rules.testing lost: its partial matches are dropped: its key is another',
      'rules.testing lost: what it suppresses after earlier alerts is forgotten, with alerts that waited for the watermark: its key is another',
    ],
  ],
  [
    'the filter before the pattern',
    [['note != "test"', 'note != "trial"']],
    ['rules.testing lost: its partial matches are dropped: its where is another, which chose their events'],
  ],
  [
    'the first step',
    [['amount < 5', 'amount < 6']],
    ['rules.testing lost: its partial matches are dropped: its first step "probe" is another'],
  ],
  [
    'a later step',
    [['amount > 500', 'amount > 600']],
    [
      'rules.testing partly: partial matches that took an event at "cashout" or went beyond it are dropped, as that step is another; the others are kept',
    ],
  ],
  [
    'a step in the middle, gone',
    [['        - followedBy: pause\n          where: amount == 0\n          optional: true\n', '']],
    [
      'rules.testing partly: partial matches that took an event at "pause" or went beyond it are dropped, as that step is another; the others are kept',
    ],
  ],
  [
    'the last step, gone',
    [[', { next: two }', '']],
    [
      'rules.twice partly: partial matches that wait for "two" or went beyond it are dropped, as that step is another; the others are kept',
    ],
  ],
  [
    'the window',
    [['within: 10m', 'within: 20m']],
    ['rules.testing kept: partial matches go on with within: 20m instead of within: 10m'],
  ],
  [
    'the time of the ingress',
    [['{ field: at,', '{ field: at, zone: UTC,']],
    [
      'ingresses.payments partly: its watermark begins anew, as its time is another',
      'rules.testing lost: its partial matches are dropped: the time of "payments" is another',
      'rules.twice lost: its partial matches are dropped: the time of "payments" is another',
      'rules.again lost: its partial matches are dropped: the time of "payments" is another',
    ],
  ],
  [
    "a field's type",
    [['owner: string, amount', 'owner: int, amount']],
    [
      'rules.testing lost: its partial matches are dropped: "payments" has another schema: its field "owner" is int, and was string',
      'rules.twice lost: its partial matches are dropped: "payments" has another schema: its field "owner" is int, and was string',
      'rules.again lost: its partial matches are dropped: its key is another',
    ],
  ],
  [
    'the kind of a rule',
    [['    pattern: { within: 1h, steps: [{ begin: one }, { next: two }] }\n', '']],
    ['rules.twice lost: its partial matches are dropped: it has no pattern any more'],
  ],
  [
    'how long it suppresses',
    [['for: 1h', 'for: 2h']],
    ['rules.testing kept: suppresses for 2h after an alert instead of 1h'],
  ],
  [
    'by what it suppresses',
    [['for: 1h', 'for: 1h, by: probes']],
    [
      'rules.testing lost: what it suppresses after earlier alerts is forgotten, with alerts that waited for the watermark: its by is another',
    ],
  ],
  [
    'a rule, gone',
    [
      [
        '  twice:\n    from: payments\n    key: card\n    pattern: { within: 1h, steps: [{ begin: one }, { next: two }] }\n    to: alerts\n',
        '',
      ],
    ],
    ['rules.twice gone: does not run any more: what it remembers is dropped'],
  ],
  [
    'a rule, disabled',
    [['  twice:\n', '  twice:\n    mode: disabled\n']],
    ['rules.twice gone: does not run any more: what it remembers is dropped'],
  ],
  [
    'a rule more',
    [
      [
        '  large:\n',
        '  third: { from: payments, key: card, pattern: { within: 1h, steps: [{ begin: x }] }, to: alerts }\n  large:\n',
      ],
    ],
    ['rules.third new: sees what comes from now on'],
  ],
  [
    'the files of an ingress',
    [['path: payments.jsonl', 'path: "payments-*.jsonl"']],
    ['ingresses.payments kept: path changed: what it has read is not read again, and what it finds besides is new'],
  ],
];

describe('A saved state under an edited application', () => {
  for (const [what, edit] of NOTHING_LOST) {
    it(`is kept whole, without a word, when this changed: ${what}`, () => {
      const compatibility = compareEdit(edit);
      assert.deepEqual(linesOf(compatibility), []);
      const { nodes, matches, suppressions, clocks } = compatibility.restore;
      assert.deepEqual([...matches.keys()], ['testing', 'twice', 'again']);
      assert.deepEqual([[...suppressions], [...clocks]], [['testing'], ['payments']]);
      assert.ok([...nodes].every(([saved, now]) => saved === now));
      assert.ok(nodes.has('ingresses.payments') && nodes.has('rules.testing'));
    });
  }

  for (const [what, edit, lines] of CHANGED) {
    it(`is kept as far as it can be, and what is not is said: ${what}`, () => {
      assert.deepEqual(linesOf(compareEdit(edit)), lines);
    });
  }

  it('begins an ingress anew that reads from elsewhere', () => {
    const saved = planOf(SAVED);
    const sources = saved.sources.map((source) => ({ ...source, connector: { type: 'stdin', options: {} } }));
    const { changes, restore } = comparePlans(saved, { ...saved, sources });
    assert.deepEqual(
      changes.map(({ message }) => message),
      ['begins at its beginning: it reads from stdin, and its position is one of file'],
    );
    assert.deepEqual([restore.nodes.has('ingresses.payments'), restore.clocks.size], [false, 0]);
  });

  const forms: readonly (readonly [what: string, found: string, replacement: string, refusal: RegExp])[] = [
    ['divided into key groups', 'maxParallelism: 64', 'maxParallelism: 128', /64 key groups.*write maxParallelism: 64/],
    ['in the form of its backend', '64 }', '64, state: { backend: heap } }', /of RocksDB.*write backend: rocksdb/],
  ];
  for (const [what, found, replacement, says] of forms) {
    it(`is a checkpoint ${what}, which a savepoint is not`, () => {
      const [saved, now] = [planOf(SAVED), planOf(edited([[found, replacement]]))];
      const { refusal, changes, restore } = comparePlans(saved, now, 'checkpoint');
      assert.match(refusal ?? '', says);
      assert.deepEqual([changes, restore.nodes.size], [[], 0]);
      assert.equal(comparePlans(saved, now, 'savepoint').refusal, undefined);
    });
  }

  it('belongs to its rules whatever the order in which they and their inputs are written', () => {
    const two = (from: string) => `name: t
ingresses:
  a: { file: a.jsonl, schema: { k: string } }
  b: { file: b.jsonl, schema: { k: string } }
rules:
  r: { from: ${from}, key: k, pattern: { within: 1h, steps: [{ begin: x }] }, to: out }
egresses: { out: { stdout: {} } }
`;
    const [saved, now] = [planOf(two('[a, b]')), planOf(two('[b, a]'))];
    const { changes, restore } = comparePlans(saved, now);
    assert.deepEqual(changes, []);
    assert.equal(restore.nodes.get(saved.operators[0]?.id ?? ''), now.operators[0]?.id);
    assert.ok(restore.matches.has('r'));
  });

  it('is never kept for a rule whose name another rule took', () => {
    const { restore } = compareEdit([
      ['  twice:', '  swapped:'],
      ['  again:', '  twice:'],
    ]);
    assert.deepEqual([...restore.matches.keys()], ['testing']);
  });
});

describe('A step of an edited rule', () => {
  it('keeps the matches that wait for it, at its new name if it has one', () => {
    const { restore } = compareEdit([
      ['followedBy: cashout\n          where: amount > 500', 'followedBy: payout\n          where: amount > 600'],
    ]);
    const kept = restore.matches.get('testing');
    assert.deepEqual(
      [[...(kept?.stages ?? [])], kept?.next],
      [
        [
          ['probe', 'probe'],
          ['pause', 'pause'],
        ],
        { before: 'cashout', after: 'payout' },
      ],
    );
  });

  it('is another when it is a notFollowedBy that is no longer the last', () => {
    const saved = SAVED.replace('{ next: two }', '{ notFollowedBy: two }');
    const { restore } = compareEdit(
      [['{ notFollowedBy: two }', '{ notFollowedBy: two }, { followedBy: three }']],
      saved,
    );
    assert.deepEqual([...(restore.matches.get('twice')?.stages.keys() ?? [])], ['one']);
  });

  it('is a group as a whole', () => {
    const group = (where: string) =>
      `{ begin: one }, { followedBy: g, steps: [{ begin: a }, { next: b, where: ${where} }] }`;
    const saved = SAVED.replace('{ begin: one }, { next: two }', group('amount > 5'));
    const { restore } = compareEdit([[group('amount > 5'), group('amount > 6')]], saved);
    const kept = restore.matches.get('twice');
    assert.deepEqual([[...(kept?.stages.keys() ?? [])], kept?.next], [['one'], { before: 'a', after: 'a' }]);
  });
});
