/** Edits of an application with stateful functions: whose state goes on. */
import assert from 'node:assert/strict';
import { comparePlans } from '../../../src/plan/compatibility/index.js';
import { planText } from '../plan-text.js';

const APPLICATION = `
name: shop
ingresses:
  orders: { file: o.jsonl, schema: { id: string } }
functions:
  shop/order: { http: "http://localhost:1/" }
  shop/stock: { http: "http://localhost:1/" }
routes:
  orders: { from: orders, to: { function: shop/order, id: id, type: shop/Place } }
egresses:
  ended: { file: e.jsonl, typename: shop/ended }
`;

function compared(...edits: readonly (readonly [from: string, to: string])[]) {
  const edited = edits.reduce((text, [from, to]) => text.replace(from, to), APPLICATION);
  assert.ok(edits.length === 0 || edited !== APPLICATION);
  const [before, after] = [planText(APPLICATION).graph!, planText(edited).graph!];
  const { changes, restore } = comparePlans(before, after);
  const kept = [...restore.nodes.keys()].filter((id) => id.startsWith('functions'));
  return { kept, said: changes.map(({ subject, effect }) => `${subject} ${effect}`) };
}

const ALL = ['functions', 'functions.shop/order', 'functions.shop/stock'];

describe('an edit of an application with stateful functions', () => {
  const edits: readonly (readonly [what: string, edit: readonly [string, string]])[] = [
    ['nothing is another', ['name: shop', 'name: shop ']],
    ['a function is served elsewhere', ['http://localhost:1/', 'http://other:2/']],
    [
      'there is one more route',
      ['routes:', 'routes:\n  more: { from: orders, to: { function: shop/stock, id: id, type: a/B } }'],
    ],
    ['there is one more function', ['functions:', 'functions:\n  a/b: { http: "http://localhost:1/" }']],
    ['more is tried again', ['functions:', 'settings: { memory: { functions: 1MiB } }\nfunctions:']],
  ];
  for (const [what, edit] of edits)
    it(`keeps all state where ${what}`, () => assert.deepEqual(compared(edit), { kept: ALL, said: [] }));

  it('says which function is gone with its state, and keeps that of the others', () => {
    assert.deepEqual(compared(['  shop/stock: { http: "http://localhost:1/" }\n', '']), {
      kept: ['functions', 'functions.shop/order'],
      said: ['functions.shop/stock gone'],
    });
  });
});
