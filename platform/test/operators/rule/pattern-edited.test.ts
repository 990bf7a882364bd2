/** Pattern rules that were edited between a snapshot and its restore. */
import assert from 'node:assert/strict';
import { compareSets, compile, type KeptMatches } from '@tidegate/cep';
import { buildPattern } from '../../../src/job/build-pattern.js';
import type { PatternNode, StreamGraph } from '../../../src/job/stream-graph.js';
import { PatternStateCodec } from '../../../src/operators/rule/pattern-state-codec.js';
import { comparePlans } from '../../../src/plan/compatibility/index.js';
import { edited, planOf, SAVED, type Edit } from '../../plan/compatibility/edit.js';
import { PatternSubtasks, type PatternEvent } from './pattern-subtasks.js';

const APPLICATION = `name: sample
ingresses:
  payments:
    file: { path: payments.jsonl }
    schema: { card: string, amount: int, at: timestamp }
    time: { field: at }
rules:
  testing:
    from: payments
    key: card
    to: alerts
    pattern:
      within: 10m
      steps:
        - begin: small
          where: amount < 5
        - followedBy: middle
          where: amount == 50
        - followedBy: large
          where: amount > 500
      onTimeout: { reached: small, to: alerts }
  other:
    from: payments
    key: card
    to: alerts
    pattern:
      steps:
        - begin: two
          where: amount == 7
        - followedBy: again
          where: amount == 7
          times: 2
egresses:
  alerts: { file: { path: out.jsonl } }
`;

const MINUTE = 60_000;

/** Card a has taken small, b small and middle, c one of other's three. */
const BEFORE: readonly PatternEvent[] = [
  { card: 'a', amount: 1, at: MINUTE },
  { card: 'b', amount: 3, at: MINUTE },
  { card: 'b', amount: 50, at: 2 * MINUTE },
  { card: 'c', amount: 7, at: 2 * MINUTE },
];
const AFTER: readonly PatternEvent[] = [
  { card: 'a', amount: 50, at: 3 * MINUTE },
  { card: 'c', amount: 7, at: 3 * MINUTE },
  ...['a', 'b'].map((card) => ({ card, amount: 900, at: 4 * MINUTE })),
  { card: 'c', amount: 7, at: 4 * MINUTE },
];

/** What comes out after the edit, as `card: rule what stages`, and what was dropped. */
function resumed(edit: Edit, kept?: ReadonlyMap<string, KeptMatches>): { lines: string[]; dropped: string[] } {
  const before = new PatternSubtasks(planOf(APPLICATION), 1);
  BEFORE.forEach((event, index) => before.process(event, index));
  before.watermark(2 * MINUTE);
  const after = new PatternSubtasks(planOf(edited(edit, APPLICATION)), 2, before.snapshot(), kept);
  AFTER.forEach((event, index) => after.process(event, BEFORE.length + index));
  after.watermark(30 * MINUTE);
  const lines = [...after.alerts].flatMap(([card, all]) =>
    all.map(
      (line) => `${card}: ${line.replace(/ [0-9a-f]{8,} at (\d+),.*?:/, (_, at) => ` at ${Number(at) / MINUTE}:`)}`,
    ),
  );
  const rules = ['testing', 'other', 'probing'];
  const counts = rules.map((rule) => [rule, after.metrics.counter(`rules.${rule}`, 'droppedMatches').value] as const);
  return { lines: lines.sort(), dropped: counts.flatMap(([rule, count]) => (count > 0 ? [`${rule} ${count}`] : [])) };
}

const UNDISTURBED = [
  'a: testing match at 4: small=0 middle=4 large=6',
  'b: testing match at 4: small=1 middle=2 large=7',
  'c: other match at 4: two=3 again=5,8',
];

interface Case {
  readonly what: string;
  readonly edit: Edit;
  readonly lines: readonly string[];
  readonly dropped: readonly string[];
}

const CASES: readonly Case[] = [
  { what: 'nothing', edit: [], lines: UNDISTURBED, dropped: [] },
  {
    what: 'the order of rules, with one more before them',
    edit: [
      [
        'rules:\n',
        'rules:\n  early:\n    from: payments\n    key: card\n    pattern: { within: 1m, steps: [{ begin: x }] }\n    to: alerts\n',
      ],
      ['begin: x }]', 'begin: x, where: amount == 8 }]'],
    ],
    lines: UNDISTURBED,
    dropped: [],
  },
  {
    what: 'the last step: who waits for it is dropped, who waits for the one before is not',
    edit: [['amount > 500', 'amount > 600']],
    lines: [
      'a: testing match at 4: small=0 middle=4 large=6',
      'b: testing match at 4: small=1 middle=2 large=7',
      UNDISTURBED[2]!,
    ],
    dropped: [],
  },
  {
    what: 'the step in the middle: who took an event there is dropped',
    edit: [['amount == 50', 'amount == 50 || amount == 51']],
    lines: [UNDISTURBED[0]!, UNDISTURBED[2]!],
    dropped: ['testing 1'],
  },
  {
    what: 'the first step: all are dropped',
    edit: [['amount < 5\n', 'amount < 6\n']],
    lines: [UNDISTURBED[2]!],
    dropped: ['testing 2'],
  },
  {
    what: 'a shorter window: it counts from now on',
    edit: [['within: 10m', 'within: 2m']],
    lines: ['a: testing timeout at 3: small=0', 'b: testing timeout at 3: small=1 middle=2', UNDISTURBED[2]!],
    dropped: [],
  },
  {
    what: 'a rule that is gone',
    edit: [[APPLICATION.slice(APPLICATION.indexOf('  other:'), APPLICATION.indexOf('egresses:')), '']],
    lines: [UNDISTURBED[0]!, UNDISTURBED[1]!],
    dropped: ['other 1'],
  },
  {
    what: 'a rule with another name',
    edit: [['  testing:\n', '  probing:\n    renamedFrom: testing\n']],
    lines: UNDISTURBED.map((line) => line.replace('testing', 'probing')),
    dropped: [],
  },
  {
    what: 'a step with another name',
    edit: [['- followedBy: middle', '- followedBy: centre\n          renamedFrom: middle']],
    lines: UNDISTURBED.map((line) => line.replace('middle', 'centre')),
    dropped: [],
  },
  {
    what: 'how often a step is taken',
    edit: [['times: 2\n', 'times: 3\n']],
    lines: [UNDISTURBED[0]!, UNDISTURBED[1]!],
    dropped: [],
  },
  {
    what: 'one step fewer',
    edit: [['        - followedBy: large\n          where: amount > 500\n', '']],
    lines: ['a: testing match at 3: small=0 middle=4', UNDISTURBED[2]!],
    dropped: ['testing 1'],
  },
  {
    what: 'one step more at the end',
    edit: [['          where: amount > 500\n', '          where: amount > 500\n        - followedBy: more\n']],
    lines: [
      'a: testing timeout at 11: small=0 middle=4 large=6',
      'b: testing timeout at 11: small=1 middle=2 large=7',
      UNDISTURBED[2]!,
    ],
    dropped: [],
  },
  {
    what: 'an optional field more in the events',
    edit: [['amount: int, at', 'amount: int, note: string?, at']],
    lines: UNDISTURBED,
    dropped: [],
  },
];

describe('the partial matches of an edited rule', () => {
  for (const { what, edit, lines, dropped } of CASES) {
    it(`go on where they can: ${what}`, () => {
      assert.deepEqual(resumed(edit), { lines: [...lines].sort(), dropped });
    });

    it(`are kept as the two plans say before the start: ${what}`, () => {
      const { restore } = comparePlans(planOf(APPLICATION), planOf(edited(edit, APPLICATION)));
      assert.deepEqual(resumed(edit, restore.matches), { lines: [...lines].sort(), dropped });
    });
  }

  it('keep what a plan says even where the fingerprints tell of a change', () => {
    const nothing: ReadonlyMap<string, KeptMatches> = new Map();
    assert.deepEqual(resumed([], nothing), { lines: UNDISTURBED, dropped: [] });
    assert.deepEqual(resumed([['amount < 5\n', 'amount < 6\n']], nothing), {
      lines: [],
      dropped: ['testing 2', 'other 1'],
    });
  });
});

function descriptionsOf({ operators }: StreamGraph): ReadonlyMap<string, PatternStateCodec['schema']['rules']> {
  const nodes = operators.filter((node): node is PatternNode => node.kind === 'pattern');
  return new Map(
    nodes.map(({ id, rules }) => {
      const never = () => false;
      const set = compile(
        rules.map(({ name, pattern }) => ({
          name,
          pattern: buildPattern(pattern, ({ id: condition, eventOnly }) => ({ id: condition, eventOnly, test: never })),
        })),
      );
      const codec = new PatternStateCodec(set as never, rules, { sources: {}, onDropped: never });
      return [id, codec.schema.rules];
    }),
  );
}

const EDITS: readonly Edit[] = [
  [],
  [['note != "test"', 'note != "trial"']],
  [['amount < 5', 'amount < 6']],
  [['amount > 500', 'amount > 600']],
  [['amount == 0', 'amount == 1']],
  [['        - followedBy: pause\n          where: amount == 0\n          optional: true\n', '']],
  [['times: 2..', 'times: 3..']],
  [['followedBy: cashout', 'next: cashout']],
  [['within: 10m', 'within: 20m']],
  [[', { next: two }', '']],
  [[', { next: two }', ', { next: two }, { followedBy: three }']],
  [[', { next: two }', ', { notFollowedBy: two }']],
];

describe('what two descriptions of rules say', () => {
  for (const edit of EDITS) {
    it(`is what two plans say: ${JSON.stringify(edit)}`, () => {
      const [before, after] = [planOf(SAVED), planOf(edited(edit))];
      const was = descriptionsOf(before);
      const said = new Map(
        [...descriptionsOf(after)].flatMap(([id, rules]) => [
          ...compareSets(was.get(id) ?? { graphs: [], rules: [] }, rules),
        ]),
      );
      assert.deepEqual(said, comparePlans(before, after).restore.matches);
    });
  }
});
