/** What stands round the components of a module: how a file is known to be one, and what is misspelt there. */
import assert from 'node:assert/strict';
import { lines, load } from '../support.js';
import { readModule } from './reading.js';

const SPEC = 'functions: a/b\n  urlPathTemplate: http://f';
const PASSED_OVER = 'is no field that StateFun knows: it passes it over';

describe('a file', () => {
  const modules: readonly (readonly [what: string, text: string])[] = [
    [
      'in the form of JSON',
      '{"kind": "io.statefun.endpoints.v2/http", "spec": {"functions": "a/b", "urlPathTemplate": "http://f"}}',
    ],
    [
      'that is indented',
      `  kind: io.statefun.endpoints.v2/http\n  spec:\n    functions: a/b\n    urlPathTemplate: http://f`,
    ],
    [
      'with a comment first, and an empty document',
      `# a module\n---\n---\nkind: io.statefun.endpoints.v2/http\nspec:\n  ${SPEC}`,
    ],
  ];
  for (const [what, text] of modules)
    it(`${what} is a module`, () => {
      const { tree, found } = readModule(text);
      assert.deepEqual(found, []);
      assert.deepEqual(Object.keys(tree['functions'] as object), ['a/b']);
    });

  it('with `spek` for `spec` is a module, and told so', () => {
    assert.deepEqual(readModule(`kind: io.statefun.endpoints.v2/http\nspek:\n  ${SPEC}`).found, [
      'TG161 line 1: a document of a module has a kind, a name, and a spec, a map',
      `TG160 line 2: spek ${PASSED_OVER}; spec?`,
    ]);
  });

  it('with a key of an application belongs to one, whatever else it has', () => {
    const { diagnostics } = load('name: a\nkind: x\ningresses: {}\negresses: {}\nrules: {}\n');
    assert.ok(lines(diagnostics).some((line) => line.includes('unknown key "kind"')));
  });

  it('with several documents of which none is a module’s is no module', () => {
    const { diagnostics } = load('name: a\n---\nname: b\n');
    assert.ok(lines(diagnostics).some((line) => line.includes('a second document begins here')));
  });
});

describe('a document of a module', () => {
  it('warns of what stands beside kind and spec', () => {
    const { found } = readModule(`kind: io.statefun.endpoints.v2/http\nspeck: 1\nmeta: {}\nspec:\n  ${SPEC}`);
    assert.deepEqual(found, [`TG160 line 2: speck ${PASSED_OVER}; spec?`, `TG160 line 3: meta ${PASSED_OVER}`]);
  });

  it('has a version beside kind and spec passed over where it is not the only one', () => {
    const one = `kind: io.statefun.endpoints.v2/http\nspec:\n  ${SPEC}`;
    const { tree, found } = readModule(`version: "3.0"\n${one}\n---\n${one.replace('a/b', 'a/c')}`);
    assert.deepEqual(found, [`TG160 line 1: version ${PASSED_OVER}`]);
    assert.deepEqual(Object.keys(tree['functions'] as object), ['a/b', 'a/c']);
  });
});

describe('a module of version 3.0', () => {
  const former = (spec: string, type = 'remote'): string =>
    `version: "3.0"\nmodule:\n  meta: { type: ${type} }\n  spec:\n${spec.replace(/^/gm, '    ')}`;
  const ONE = '{ meta: { kind: http }, spec: { functions: a/b, urlPathTemplate: "http://f" } }';

  const cases: readonly (readonly [what: string, text: string, found: readonly string[]])[] = [
    [
      'its type',
      former(`endpoints: [{ endpoint: ${ONE} }]`, 'remot'),
      ['TG161 line 3: module.meta.type is "remot"; expected remote; remote?'],
    ],
    [
      'a section',
      former(`endpoints: [{ endpoint: ${ONE} }]\ningreses: []`),
      [`TG160 line 6: module.spec.ingreses ${PASSED_OVER}; ingresses?`],
    ],
    [
      'the section of endpoints',
      former(`endpoint: [{ endpoint: ${ONE} }]`),
      [`TG160 line 5: module.spec.endpoint ${PASSED_OVER}; endpoints?`],
    ],
    [
      'an item of a list',
      former(`endpoints:\n  - endpoints: ${ONE}`),
      [
        'TG111 line 6: module.spec.endpoints[0] has no "endpoint", which must be written',
        `TG160 line 6: module.spec.endpoints[0].endpoints ${PASSED_OVER}; endpoint?`,
      ],
    ],
    [
      'keys of an item',
      former(
        `endpoints:\n  - endpoint:\n      meta: { kind: http, knid: x }\n      spek: 1\n      spec: { functions: a/b, urlPathTemplate: "http://f", maxNumBatchRequest: 1 }`,
      ),
      [
        `TG160 line 7: module.spec.endpoints[0].endpoint.meta.knid ${PASSED_OVER}; kind?`,
        `TG160 line 8: module.spec.endpoints[0].endpoint.spek ${PASSED_OVER}; spec?`,
        `TG160 line 9: module.spec.endpoints[0].endpoint.spec.maxNumBatchRequest ${PASSED_OVER}; maxNumBatchRequests?`,
      ],
    ],
    [
      'the kind of an item',
      former(`ingresses:\n  - ingress: { meta: { typ: io.statefun.kafka/ingress, id: a/in }, spec: {} }`),
      [
        'TG111 line 6: module.spec.ingresses[0].ingress.meta has no "type", which must be written',
        `TG160 line 6: module.spec.ingresses[0].ingress.meta.typ ${PASSED_OVER}; type?`,
      ],
    ],
    [
      'its own keys',
      `${former(`endpoints: [{ endpoint: ${ONE} }]`)}\nmodul: {}`,
      [`TG160 line 6: modul ${PASSED_OVER}; module?`],
    ],
    [
      'nothing, and has another document beside it, with which StateFun would not start',
      `${former(`endpoints: [{ endpoint: ${ONE} }]`)}\n---\nkind: io.statefun.endpoints.v2/http\nspec: { functions: a/c, urlPathTemplate: "http://f" }`,
      ['TG161 line 7: a module with a version is one document, and here is another'],
    ],
  ];
  for (const [what, text, found] of cases)
    it(`says when it misspells ${what}`, () => assert.deepEqual(readModule(text).found, found));
});
