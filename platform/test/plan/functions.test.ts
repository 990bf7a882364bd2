/** `functions`, `routes` and destinations of functions: what is refused, each mistake with one message, and what the graph has. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { buildJobGraph, edgeId } from '../../src/job/job-graph.js';
import { planText } from './plan-text.js';

const APPLICATION = `
name: shop
settings: { parallelism: 2 }
ingresses:
  orders: { file: o.jsonl, schema: { id: string, item: string, tags: list<string>, amount: double } }
functions:
  shop/order:
    http: { url: "http://localhost:1/", maxBatch: 7 }
    onFailure: { retries: 3, then: dead-letter, to: bad }
  shop/stock: { http: "http://localhost:2/" }
rules:
  large: { from: orders, where: amount > 100, to: { function: shop/stock, id: event.item, type: shop/Large } }
routes:
  place: { from: orders, to: { function: shop/order, id: id, type: shop/Place } }
egresses:
  ended: { file: e.jsonl, typename: shop/ended }
  bad: { file: b.jsonl }
`;

const ONLY_REQUESTS = `
name: shop
functions: { shop/cart: { http: "http://localhost:1/" } }
requests: { port: 8090, functions: { shop/cart: shop/Request } }
`;

type Edit = readonly [from: string, to: string];

function edited(...edits: readonly Edit[]): string {
  return edits.reduce((text, [from, to]) => {
    assert.ok(text.includes(from), from);
    return text.replace(from, to);
  }, APPLICATION);
}

describe('functions and routes in the graph', () => {
  it('are one node, with an edge from each stream, one round it, and one to each egress that functions call', () => {
    const graph = planText(APPLICATION).graph!;
    const { edges } = buildJobGraph(graph);
    assert.deepEqual(
      edges
        .filter(({ from, to }) => from === 'functions' || to === 'functions')
        .map((edge) => [edgeId(edge), edge.partition, edge.key?.by, edge.feedback === true, edge.chained]),
      [
        ['rules.large/main/large>functions/1', 'hash', 'id', false, false],
        ['ingresses.orders/main>functions/2', 'hash', 'id', false, false],
        ['functions/main>functions/0', 'hash', 'target', true, false],
        ['functions/egress>egresses.ended/0', 'forward', undefined, false, false],
        ['functions/error>egresses.bad/0', 'forward', undefined, false, false],
      ],
    );
  });

  it('may be all that there is, where somebody asks them', () => {
    const { graph, diagnostics } = planText(ONLY_REQUESTS);
    assert.deepEqual(diagnostics, []);
    assert.equal(graph?.functions?.requests?.port, 8090);
  });

  it('may be of a namespace, whose types are not named', () => {
    const { graph } = planText(edited(['  shop/stock:', '  shop/*:']));
    assert.deepEqual(
      graph?.functions?.types.map(({ type }) => type),
      ['shop/order', 'shop/*'],
    );
    assert.equal(graph?.functions?.inputs[0]?.function, 'shop/stock');
  });

  it('have one endpoint for the types of a module, which is to have them all', () => {
    const module = (rest: string): string => `{ module: { file: ./shop.ts, ${rest} } }`;
    const { graph } = planText(
      edited(
        [
          '    http: { url: "http://localhost:1/", maxBatch: 7 }',
          '    module: { file: shop.ts, timeout: 3s, maxBatch: 7 }',
        ],
        [
          'shop/stock: { http: "http://localhost:2/" }',
          `shop/stock: ${module('timeout: 3s, memory: 64MiB')}\n  shop/price: ${module('timeout: 3s')}`,
        ],
      ),
    );
    const MIB = 1024 * 1024;
    const file = resolve(graph!.settings.baseDir, 'shop.ts');
    const rest = { kind: 'module', file, requestsMax: 2, timeoutMs: 3000 };
    assert.deepEqual(graph!.functions!.endpoints, [
      { ...rest, id: 'functions.shop/order', functions: ['shop/order', 'shop/price'], memoryBytes: 256 * MIB },
      { ...rest, id: 'functions.shop/stock', functions: ['shop/stock'], memoryBytes: 64 * MIB },
    ]);
    assert.deepEqual(
      graph!.functions!.types.map(({ endpoint, maxBatch }) => [endpoint, maxBatch]),
      [
        ['functions.shop/order', 7],
        ['functions.shop/stock', 500],
        ['functions.shop/order', 500],
      ],
    );
  });

  it('carry how much of a type may be called for', () => {
    const limits = 'concurrency: 2\n    rate: { messages: 50 }\n    priority: 3';
    const { graph } = planText(edited(['maxBatch: 7 }', `maxBatch: 7 }\n    ${limits}`]));
    const [order, stock] = graph!.functions!.types;
    assert.deepEqual([order?.concurrency, order?.rate, order?.priority], [2, { messages: 50, perMs: 1000 }, 3]);
    assert.deepEqual([stock?.concurrency, stock?.rate, stock?.priority], [undefined, undefined, undefined]);
  });

  it('carry what each type is called with, and how it fails', () => {
    const types = planText(APPLICATION).graph?.functions?.types;
    assert.deepEqual(types, [
      {
        type: 'shop/order',
        endpoint: 'functions.shop/order',
        maxBatch: 7,
        onFailure: { retries: 3, then: 'dead-letter', to: 'egresses.bad' },
      },
      { type: 'shop/stock', endpoint: 'functions.shop/stock', maxBatch: 500, onFailure: { retries: 10, then: 'fail' } },
    ]);
  });

  it('share an endpoint where they are served in the same way', () => {
    const { graph } = planText(edited(['http://localhost:2/', 'http://localhost:1/']));
    assert.deepEqual(graph?.functions?.endpoints.length, 1);
  });

  it('are no node where nothing leads to a function, which is warned of', () => {
    const { graph, diagnostics } = planText(
      edited(
        ['routes:\n  place: { from: orders, to: { function: shop/order, id: id, type: shop/Place } }\n', ''],
        ['{ function: shop/stock, id: event.item, type: shop/Large }', 'ended'],
      ),
    );
    assert.equal(graph?.functions, undefined);
    assert.deepEqual(
      diagnostics.map(({ code, message }) => `${code} ${message}`),
      [
        'TG122 the function "shop/order" is not used: no route and no rule leads to any function',
        'TG122 the function "shop/stock" is not used: no route and no rule leads to any function',
        'TG122 the egress "bad" is not used: nothing is written to it',
      ],
    );
  });
});

describe('a mistake in functions and routes has one message', () => {
  const mistakes: readonly (readonly [what: string, edits: readonly Edit[], says: string])[] = [
    ['an unknown function', [['function: shop/order', 'function: shop/ordr']], 'TG120 unknown function "shop/ordr"'],
    [
      'a namespace in the place of a function',
      [
        ['function: shop/order', 'function: shop/*'],
        ['  shop/stock:', '  shop/*:'],
      ],
      'TG120 unknown function "shop/*"',
    ],
    ['an id that is no text', [['id: id,', 'id: tags,']], 'TG355 the id of shop/order is a list'],
    ['an id of an unknown field', [['id: id,', 'id: idd,']], 'TG202 '],
    [
      'a disabled rule',
      [
        ['from: orders, to', 'from: large, to'],
        ['  large: {', '  large: { mode: disabled,'],
      ],
      'TG306 ',
    ],
    [
      'a name without a namespace',
      [
        ['  shop/stock: {', '  stock: {'],
        ['function: shop/stock', 'function: shop/order'],
      ],
      'TG117 ',
    ],
    [
      'dead letters to nowhere',
      [[', to: bad }', ' }']],
      'TG113 functions["shop/order"].onFailure sends dead letters nowhere',
    ],
    ['dead letters that are not asked for', [['then: dead-letter, to', 'then: park, to']], 'TG118 '],
    [
      'one typename for two egresses',
      [['b.jsonl }', 'b.jsonl, typename: shop/ended }']],
      'TG356 the egresses "ended" and "bad"',
    ],
    [
      'a module that is no script',
      [['  shop/stock: { http: "http://localhost:2/" }', '  shop/stock: { module: ./stock.py }']],
      'TG113 functions["shop/stock"].module is "./stock.py", which does not match',
    ],
    [
      'a function that is served in two ways',
      [
        [
          '  shop/stock: { http: "http://localhost:2/" }',
          '  shop/stock: { http: "http://localhost:2/", module: ./stock.ts }',
        ],
      ],
      'TG11',
    ],
    ['a URL that is none', [['http://localhost:2/', 'localhost:2']], 'TG11'],
    [
      'a placeholder that stands for nothing',
      [['http://localhost:2/', 'http://localhost:2/{function.nam}']],
      'TG113 functions["shop/stock"].http.url cannot be called: http://localhost:2/{function.nam}: {function.nam} stands for nothing',
    ],
    [
      'a URL that can never be called',
      [['http://localhost:2/', 'http://localhost:99999/']],
      'TG113 functions["shop/stock"].http.url cannot be called: http://localhost:99999/ is no URL',
    ],
    ['a rate of no messages', [['maxBatch: 7 }', 'maxBatch: 7 }\n    rate: { messages: 0 }']], 'TG1'],
    [
      'how many types there are of one that is no namespace',
      [['maxBatch: 7 }', 'maxBatch: 7 }\n    maxTypes: 2']],
      'TG113 functions["shop/order"].maxTypes is for a namespace, and shop/order is one type',
    ],
    ['a rate without messages', [['maxBatch: 7 }', 'maxBatch: 7 }\n    rate: { per: 1s }']], 'TG111 '],
    [
      'a secret that can be guessed',
      [['maxBatch: 7', 'secrets: short']],
      'TG113 functions["shop/order"].http.secrets has a secret that can be guessed',
    ],
    [
      'a certificate without its key',
      [['maxBatch: 7', 'tls: { cert: c.pem }']],
      'TG113 functions["shop/order"].http.tls',
    ],
  ];
  for (const [what, edits, says] of mistakes)
    it(what, () => {
      const errors = planText(edited(...edits)).diagnostics.filter(({ severity }) => severity === 'error');
      const [first] = errors.map(({ code, message }) => `${code} ${message}`);
      assert.ok(first?.startsWith(says), `${first} begins with ${says}`);
      assert.deepEqual(errors.length, 1, errors.map(({ message }) => message).join('\n'));
    });

  it('no ingress and no egress, where nobody asks either', () => {
    const found = planText('name: a\nrules:\n  r: { from: i, to: e }\n').diagnostics.map(({ message }) => message);
    assert.deepEqual(found, [
      'the application has no "ingresses", which must be written',
      'the application has no "egresses", which must be written',
    ]);
  });

  it('an egress that is not there, where there are only requests', () => {
    const text = `${ONLY_REQUESTS}rules:\n  r: { from: i, to: e }\n`;
    const found = planText(text).diagnostics.map(({ code, message }) => `${code} ${message}`);
    assert.match(found.join('\n'), /^TG12\d .*\bi\b.*\nTG12\d .*\be\b/);
  });

  it('neither rules nor routes', () => {
    const text = 'name: a\ningresses:\n  i: { file: p }\negresses:\n  e: { file: e.jsonl }\n';
    const [error] = planText(text).diagnostics;
    assert.equal(error?.code, 'TG111');
    assert.match(error.message, /no "rules" and no "routes"/);
  });
});
