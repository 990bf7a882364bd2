/** Placeholders of a module: those of an application file, in every scalar. */
import assert from 'node:assert/strict';
import { lines, load } from '../support.js';
import { readModule } from './reading.js';

const ENV = {
  NS: 'shop',
  HOST: 'functions',
  BATCH: '20',
  CALL: '90 s',
  PORT: '8090',
  START: 'earliest',
  LEVEL: 'exactly-once',
  ENDPOINT: 'io.statefun.endpoints.v2/http',
};
const MODULE = `kind: \${ENDPOINT}
spec:
  functions: \${NS}/*
  urlPathTemplate: http://\${HOST}:\${HTTP:8000}/{function.name}
  maxNumBatchRequests: \${BATCH}
  transport:
    type: \${TRANSPORT:io.statefun.transports.v1/async}
    call: \${CALL}
---
kind: io.statefun.kafka.v1/ingress
spec:
  id: \${NS}/in
  address: \${HOST}:9092
  startupPosition: { type: "\${START}" }
  topics:
    - topic: \${NS}-orders
      valueType: \${NS}/Order
      targets: ["\${NS}/orders"]
---
kind: io.statefun.kafka.v1/egress
spec:
  id: \${NS}/out
  properties:
    - bootstrap.servers: \${HOST}:9092
  topics: ["\${NS}-mails"]
  deliverySemantic: { type: "\${LEVEL}" }
---
kind: io.statefun.playground.v1/ingress
spec: { port: "\${PORT}" }
`;

describe('placeholders of a module', () => {
  it('are replaced wherever a text stands, by variables or their defaults', () => {
    const { tree, found } = readModule(MODULE, ENV);
    assert.deepEqual(found, []);
    const functions = tree['functions'] as Record<string, { http: Record<string, unknown> }>;
    assert.deepEqual(Object.keys(functions), ['shop/*']);
    const { url, maxBatch, timeout } = functions['shop/*']!.http;
    assert.deepEqual([url, maxBatch, timeout], ['http://functions:8000/{function.name}', 20, '90000ms']);
    const [[name, ingress] = []] = Object.entries(
      tree['ingresses'] as Record<string, { kafka: Record<string, unknown> }>,
    );
    assert.match(name!, /^shop-in/);
    const { brokers, topics, start } = ingress!.kafka;
    assert.deepEqual([brokers, topics, start], ['functions:9092', 'shop-orders', 'earliest']);
    const [route] = Object.values(tree['routes'] as Record<string, { to: readonly object[] }>);
    assert.deepEqual(route!.to, [{ function: 'shop/orders', id: 'key', type: 'shop/Order', value: 'value' }]);
    const egress = (tree['egresses'] as Record<string, { delivery: string; kafka: Record<string, unknown> }>)[
      'shop-out'
    ]!;
    assert.deepEqual([egress.delivery, egress.kafka['topics']], ['exactly-once', ['shop-mails']]);
    assert.equal((tree['requests'] as { port: number }).port, 8090);
  });

  it('whose variables are not set are reported as in an application file, once', () => {
    const { NS, HOST, PORT, LEVEL, ENDPOINT } = ENV;
    assert.deepEqual(readModule(MODULE, { NS, HOST, PORT, LEVEL, ENDPOINT }).found, [
      'TG130 line 5: the environment variable BATCH is not set',
      'TG130 line 8: the environment variable CALL is not set',
      'TG130 line 14: the environment variable START is not set',
    ]);
  });

  it('of the name of functions leave no more to say where they are not set', () => {
    const text = 'kind: io.statefun.endpoints.v2/http\nspec: { functions: "${NS}/*", urlPathTemplate: "http://f" }';
    assert.deepEqual(readModule(text).found, ['TG130 line 2: the environment variable NS is not set']);
  });

  it('must be what their field takes, and are quoted as they are written', () => {
    const { found } = readModule(MODULE, { ...ENV, BATCH: 'many', CALL: 'long' });
    assert.deepEqual(found, [
      'TG112 line 5: spec.maxNumBatchRequests is "${BATCH}"; expected a whole number',
      'TG112 line 8: spec.transport.call is "${CALL}"; expected a duration, such as 10s or 2 min',
    ]);
  });

  it('are not looked for in what has replaced one', () => {
    const text = `kind: io.statefun.endpoints.v2/http
spec:
  functions: a/b
  urlPathTemplate: http://f/$\${NS}/\${PATH_OF:$}{NS}
---
kind: io.statefun.playground.v1/ingress
spec: { port: 0 }
`;
    const { diagnostics } = load(text);
    // A URL has no braces: what is said of it shows it as it is.
    assert.deepEqual(lines(diagnostics).length, 1);
    assert.match(
      lines(diagnostics)[0]!,
      /^TG113 .* cannot be called: http:\/\/f\/\$\{NS\}\/\$\{NS\}: \{NS\} stands for nothing/,
    );
  });
});

describe('a number of a module', () => {
  it('may be in quotes, as StateFun takes it', () => {
    const { tree, found } = readModule(
      'kind: io.statefun.endpoints.v2/http\nspec: { functions: a/b, urlPathTemplate: "http://f", maxNumBatchRequests: "10" }',
    );
    assert.deepEqual(found, []);
    assert.equal((tree['functions'] as Record<string, { http: { maxBatch: number } }>)['a/b']?.http.maxBatch, 10);
  });
});
