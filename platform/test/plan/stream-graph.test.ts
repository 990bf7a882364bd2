/**
 * The plan as a whole: golden graphs, and what holds of every graph. A golden file holds the graph with typed trees as
 * their text; after a wanted change write it anew with `UPDATE_GOLDEN=1 npm test -- --grep golden`.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { GraphIndex, rulesOf } from '../../src/job/graph-index.js';
import type { PatternNode, StreamGraph } from '../../src/job/stream-graph.js';
import { planText } from './plan-text.js';
import { withRules } from './sample.js';

const golden = new URL('../../../test/plan/golden/', import.meta.url);
const LANGUAGE_PAGE = readFileSync(new URL('language-page.yaml', golden), 'utf8');

function graphOf(text: string): StreamGraph {
  const { graph, diagnostics } = planText(text);
  assert.ok(graph, JSON.stringify(diagnostics));
  return graph;
}

function patternNodes(text: string): PatternNode[] {
  return graphOf(text).operators.filter((node) => node.kind === 'pattern');
}

/** Typed trees as the text that they came from. */
function readable(graph: StreamGraph): string {
  const isTree = (value: unknown): value is { text: string } =>
    typeof value === 'object' && value !== null && 'text' in value && 'root' in value;
  return `${JSON.stringify(graph, (_key, value: unknown) => (isTree(value) ? value.text.trim() : value), 2)}\n`;
}

describe('the stream graph', () => {
  it('of the language page is the golden one', () => {
    const actual = readable(graphOf(LANGUAGE_PAGE));
    const file = new URL('language-page.json', golden);
    if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(file, actual);
    assert.deepEqual(JSON.parse(actual), JSON.parse(readFileSync(file, 'utf8')));
  });

  it('is the same after it was written as JSON and read back', () => {
    const graph = graphOf(LANGUAGE_PAGE);
    assert.deepEqual(JSON.parse(JSON.stringify(graph)), graph);
  });

  it('has edges between nodes that exist, and one main edge for each input', () => {
    const graph = graphOf(LANGUAGE_PAGE);
    const ids = new Set([...graph.sources, ...graph.operators, ...graph.sinks].map((node) => node.id));
    assert.equal(ids.size, graph.sources.length + graph.operators.length + graph.sinks.length);
    for (const edge of graph.edges) assert.ok(ids.has(edge.from) && ids.has(edge.to), JSON.stringify(edge));
    const index = new GraphIndex(graph);
    for (const node of graph.operators) {
      for (const input of node.inputs) {
        const feeding = graph.edges.filter(
          ({ from, to, tag }) => tag === 'main' && to === node.id && from === index.producer(input.from)?.id,
        );
        assert.equal(feeding.length, 1, `${node.id} reads ${input.from}`);
      }
      for (const edge of graph.edges.filter(({ from }) => from === node.id)) {
        assert.ok(
          rulesOf(node).some((rule) => rule.name === edge.rule),
          JSON.stringify(edge),
        );
      }
    }
  });

  it('does not depend on comments, formatting and the order of sections', () => {
    const rule = '  r: { from: payments, key: cardId, where: amount > 5, to: alerts }';
    const other = `  r:
    # a comment
    to: alerts
    where: |
      (amount   >
        5)
    key: [cardId]
    from: payments`;
    const [a, b] = [graphOf(withRules(rule)), graphOf(withRules(other))].map(({ operators }) =>
      operators.map((node) => [node.id, ...rulesOf(node).map(({ fingerprint, where }) => [fingerprint, where?.id])]),
    );
    assert.deepEqual(a, b);
  });
});

describe('rules over one keyed stream', () => {
  const rule = (name: string, from: string, where: string): string =>
    `  ${name}: { ${from}, pattern: { within: 1h, steps: [{ begin: x, where: '${where}' }] }, to: alerts }`;

  it('share one node, and equal conditions have one id', () => {
    const nodes = patternNodes(
      withRules(
        [
          rule('a', 'from: payments, key: cardId', 'amount > 5'),
          rule('b', 'from: payments, key: cardId', '(amount   > 5)'),
        ].join('\n'),
      ),
    );
    assert.equal(nodes.length, 1);
    const [a, b] = nodes[0]?.rules.map(({ pattern }) => pattern.stages[0]?.where.map(({ id }) => id)) ?? [];
    assert.equal(a?.length, 1);
    assert.deepEqual(a, b);
  });

  it('do not share a node when their keys differ', () => {
    const nodes = patternNodes(
      withRules(
        [
          rule('a', 'from: payments, key: cardId', 'true'),
          rule('b', 'from: payments, key: owner', 'true'),
          rule('c', 'from: payments', 'true'),
        ].join('\n'),
      ),
    );
    assert.deepEqual(
      nodes.map(({ rules }) => rules.map(({ name }) => name)),
      [['a'], ['b'], ['c']],
    );
  });

  it('keep the id of their node when another rule joins or leaves', () => {
    const alone = patternNodes(withRules(rule('a', 'from: payments, key: cardId', 'true')));
    const both = patternNodes(
      withRules(
        [rule('z', 'from: payments, key: cardId', 'false'), rule('a', 'from: payments, key: cardId', 'true')].join(
          '\n',
        ),
      ),
    );
    assert.equal(alone[0]?.id, both[0]?.id);
  });

  it('do not run when they are disabled', () => {
    const text = withRules(
      [
        rule('a', 'from: payments, key: cardId, mode: disabled', 'true'),
        rule('b', 'from: payments, key: cardId', 'true'),
      ].join('\n'),
    );
    assert.deepEqual(
      patternNodes(text).map(({ rules }) => rules.map(({ name }) => name)),
      [['b']],
    );
  });
});

describe('conditions', () => {
  const whereOf = (where: string): readonly (readonly [eventOnly: boolean, text: string | undefined])[] => {
    const text = withRules(`  r:
    from: [payments, logins]
    pattern:
      within: 1h
      steps:
        - begin: a
          from: payments
        - next: b
          from: payments
          where: ${where}
    to: alerts`);
    const [node] = patternNodes(text);
    const stage = node?.rules[0]?.pattern.stages[1];
    return stage?.where.map(({ eventOnly, tree }) => [eventOnly, tree?.root.kind] as const) ?? [];
  };

  it('are taken apart into what looks at the event alone and what looks at the match', () => {
    assert.deepEqual(whereOf('[amount > 5 && amount > a.amount, status == a.status, country != "NL"]'), [
      [true, 'logical'],
      [false, 'logical'],
    ]);
  });

  it("hold the step's from in the part that looks at the event alone", () => {
    assert.deepEqual(whereOf('amount > a.amount'), [
      [true, undefined],
      [false, 'binary'],
    ]);
  });

  it('are not taken apart below an or', () => {
    assert.deepEqual(whereOf('amount > 5 || amount > a.amount'), [
      [true, undefined],
      [false, 'logical'],
    ]);
  });
});

describe('an alert', () => {
  it("holds the event's fields without a select, and a match's stages as lists", () => {
    const { operators } = graphOf(
      withRules(`
  filter: { from: payments, to: alerts }
  match: { from: payments, key: cardId, pattern: { within: 1h, steps: [{ begin: one }] }, to: alerts }
  reads: { from: [filter, match], where: 'amount > 5 || one[0].amount > 5', to: alerts }`),
    );
    assert.deepEqual(
      operators.flatMap(rulesOf).map(({ name, body, fields }) => [name, body, Object.keys(fields.fields).slice(-1)]),
      [
        ['filter', 'event', ['at']],
        ['match', 'stages', ['one']],
        ['reads', 'event', ['one']],
      ],
    );
  });

  it('has a message whose names of select fields are written out', () => {
    const text = withRules(`
  r:
    from: payments
    key: cardId
    pattern: { within: 1h, steps: [{ begin: one, times: 2 }] }
    select: { big: 'one.filter(x, x.amount > 5)', all: size(one) }
    message: "{{ big.map(y, y.amount) }} of {{ all }} for {{ sum(one, amount) }}"
    to: alerts`);
    const [node] = patternNodes(text);
    const message = node?.rules[0]?.message.filter((part) => typeof part !== 'string');
    assert.deepEqual(
      message?.map((part) => part.root.kind),
      ['comprehension', 'call', 'aggregate'],
    );
    const [mapped] = message ?? [];
    assert.ok(mapped?.root.kind === 'comprehension' && mapped.root.source.kind === 'comprehension');
    assert.notDeepEqual(mapped.root.variables, mapped.root.source.variables, 'the variables are told apart');
    assert.doesNotMatch(JSON.stringify(message?.slice(0, 2)), /"kind":"current"/);
  });

  const PERSONAL = `
name: t
ingresses:
  visits:
    file: visits.jsonl
    schema: { who: { $type: string, pii: true }, place: string, home: { city: string, street: { $type: string, pii: true } } }
rules:
  r:
    from: visits
    key: KEY
    pattern: { within: 1h, steps: [{ begin: one }, { next: many, times: 2 }] }
    select: { x: one.place }
    message: "{{ EXPRESSION }}"
    to: out
egresses: { out: { file: { path: out.jsonl } } }
`;
  const expressions: readonly [expression: string, key: string, masked: boolean][] = [
    ['one.who', 'place', true],
    ['one.place', 'place', false],
    ['x', 'place', false],
    ['one.home.street', 'place', true],
    ['one.home.city', 'place', false],
    ['one.home', 'place', true],
    ['first(many).who', 'place', true],
    ['many[1].who', 'place', true],
    ['last().who', 'place', true],
    ["one.who.startsWith('A')", 'place', true],
    ['size(many)', 'place', false],
    ['many.map(m, m.who)', 'place', true],
    ['min(many, who)', 'place', true],
    ['min(many, place)', 'place', false],
    ['key()', 'who', true],
    ['key()', 'place', false],
  ];
  for (const [expression, key, masked] of expressions) {
    it(`${masked ? 'masks' : 'says'} ${expression} in its message when the key is ${key}`, () => {
      const [node] = patternNodes(PERSONAL.replace('EXPRESSION', expression).replace('KEY', key));
      assert.equal(node?.rules[0]?.message[0] === '***', masked);
    });
  }

  it('passes the mark on to what is selected, for rules over its alerts', () => {
    const text = PERSONAL.replace('EXPRESSION', 'x')
      .replace('KEY', 'place')
      .replace('one.place }', 'one.place, y: one.who }');
    assert.deepEqual(patternNodes(text)[0]?.rules[0]?.fields.fields, {
      x: { type: { kind: 'string' }, optional: true },
      y: { type: { kind: 'string' }, optional: true, pii: true },
    });
  });
});
