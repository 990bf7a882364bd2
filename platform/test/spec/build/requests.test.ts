/** What the options of `requests` must be together. */
import assert from 'node:assert/strict';
import { lines, load, withRule } from '../support.js';

function application(requests: string): string {
  return withRule('from: payments\nto: alerts').concat(`functions: { shop/cart: { http: "http://cart/" } }
requests: { port: 0, ${requests} }
`);
}

const CART = 'functions: { shop/cart: shop/Item }';

describe('requests', () => {
  const sound = [
    CART,
    `${CART}, decisions: { shop/cart: { within: 1s, default: { sold: false } } }`,
    `${CART}, decisions: { shop/cart: { within: 1s, default: null, type: shop/Sold } }`,
    `${CART}, host: 0.0.0.0, insecure: true`,
  ];
  for (const requests of sound)
    it(`may be { ${requests} }`, () => assert.deepEqual(lines(load(application(requests)).diagnostics), []));

  const refused: readonly (readonly [requests: string, says: RegExp])[] = [
    ['functions: { shop/basket: shop/Item }', /^TG113 .*requests.functions has shop\/basket, which is none of the f/],
    [
      `${CART}, decisions: { shop/basket: { within: 1s, default: 1 } }`,
      /^TG113 .*requests.decisions has shop\/basket, which is not among requests.functions/,
    ],
    [`${CART}, decisions: { shop/cart: { within: 1s } }`, /default/],
    [`${CART}, decisions: { shop/cart: { within: soon, default: 1 } }`, /within/],
    [`${CART}, host: 0.0.0.0`, /^TG113 .*others can reach 0\.0\.0\.0/],
  ];
  for (const [requests, says] of refused)
    it(`may not be { ${requests} }`, () => {
      const [line = '', ...others] = lines(load(application(requests)).diagnostics);
      assert.match(line, says);
      assert.deepEqual(others, []);
    });
});
