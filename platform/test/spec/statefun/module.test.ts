/** Modules of Apache StateFun: what each document becomes, and what is said of what StateFun says nothing of. */
import assert from 'node:assert/strict';
import { readModule } from './reading.js';

const ENDPOINT = (spec: string): string => `kind: io.statefun.endpoints.v2/http\nspec:\n${indented(spec)}`;
const INGRESS = (spec: string): string => `kind: io.statefun.kafka.v1/ingress\nspec:\n${indented(spec)}`;
const EGRESS = (spec: string): string => `kind: io.statefun.kafka.v1/egress\nspec:\n${indented(spec)}`;

function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}

const ROUTED = `id: example/names
address: kafka:9092
topics:
  - topic: names
    valueType: example/Name
    targets: [example/greeter]`;

const at = (tree: Readonly<Record<string, unknown>>, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], tree);

describe('an endpoint of a module', () => {
  const FUNCTIONS = 'functions: example/greeter\nurlPathTemplate: http://f:8000/statefun';
  const BASE = {
    url: 'http://f:8000/statefun',
    maxBatch: 1000,
    timeout: '120000ms',
    connectTimeout: '20000ms',
    allowPrivate: true,
  };
  const TEN = { connectTimeout: '10000ms', readTimeout: '10000ms', writeTimeout: '10000ms' };
  type Case = readonly [what: string, spec: string, http: Readonly<Record<string, unknown>>];
  const cases: readonly Case[] = [
    ['has the defaults of the asynchronous transport', FUNCTIONS, BASE],
    ['takes batches of any size with 0', `${FUNCTIONS}\nmaxNumBatchRequests: 0`, { ...BASE, maxBatch: 100_000 }],
    ['takes batches of any size with -1', `${FUNCTIONS}\nmaxNumBatchRequests: -1`, { ...BASE, maxBatch: 100_000 }],
    ['takes batches of a size', `${FUNCTIONS}\nmaxNumBatchRequests: 50`, { ...BASE, maxBatch: 50 }],
    [
      'has times of the asynchronous transport in the transport',
      `${FUNCTIONS}\ntransport:\n  type: io.statefun.transports.v1/async\n  call: 1 min\n  connect: 500`,
      { ...BASE, timeout: '60000ms', connectTimeout: '500ms' },
    ],
    [
      'has the other transport’s defaults once it has its timeouts',
      `${FUNCTIONS}\ntransport:\n  call: 5min\n  timeouts:\n    connect: 3s`,
      { ...BASE, timeout: '60000ms', connectTimeout: '3000ms' },
    ],
    [
      'has certificates, which lie where the module lies',
      `${FUNCTIONS}\ntransport:\n  trust_cacerts: classpath:ca.pem\n  client_cert: /tls/c.pem\n  client_key: /tls/c.key\n  client_key_password: classpath:pw`,
      { ...BASE, tls: { ca: 'ca.pem', cert: '/tls/c.pem', key: '/tls/c.key', keyPassword: 'pw' } },
    ],
    [
      'has as many requests as its pool, and a limit for answers',
      `${FUNCTIONS}\ntransport:\n  pool_ttl: 15s\n  pool_size: 64\n  payload_max_bytes: 1048576`,
      { ...BASE, requests: 64, maxAnswer: '1048576B' },
    ],
    [
      'has times of the other transport below its timeouts',
      `${FUNCTIONS}\ntransport:\n  type: io.statefun.transports.v1/okhttp\n  timeouts:\n    call: 2min\n    read: 20s\n    write: 1 s`,
      { ...BASE, connectTimeout: '10000ms', readTimeout: '20000ms', writeTimeout: '1000ms' },
    ],
    [
      'has the other transport’s defaults without timeouts',
      `${FUNCTIONS}\ntransport:\n  type: io.statefun.transports.v1/okhttp`,
      { ...BASE, ...TEN, timeout: '60000ms' },
    ],
    [
      'has no part of a call that is longer than the whole, by default',
      `${FUNCTIONS}\ntransport:\n  type: io.statefun.transports.v1/okhttp\n  timeouts: { call: 5s }`,
      {
        ...BASE,
        timeout: '5000ms',
        connectTimeout: '5000ms',
        readTimeout: '5000ms',
        writeTimeout: '5000ms',
      },
    ],
    [
      'has no more requests than there can be',
      `${FUNCTIONS}\ntransport:\n  pool_size: 5000`,
      { ...BASE, requests: 1024 },
    ],
    ['has one request at least', `${FUNCTIONS}\ntransport:\n  pool_size: 0`, { ...BASE, requests: 1 }],
    [
      'calls a private address where messages choose no host',
      FUNCTIONS.replace('//f:8000/', '//f.default.svc.cluster.example:8000/{function.name}/'),
      { ...BASE, url: 'http://f.default.svc.cluster.example:8000/{function.name}/statefun' },
    ],
  ];
  for (const [what, spec, http] of cases) {
    it(what, () => {
      const { tree, found } = readModule(ENDPOINT(spec));
      assert.deepEqual(found, []);
      assert.deepEqual(tree['functions'], { 'example/greeter': { http } });
    });
  }

  it('of v1 has its timeouts in the spec', () => {
    const { tree, found } = readModule(
      `kind: io.statefun.endpoints.v1/http\nspec:\n${indented(`${FUNCTIONS}\ntimeouts: { call: 30s }`)}`,
    );
    assert.deepEqual(found, []);
    assert.deepEqual(at(tree, 'functions', 'example/greeter', 'http'), { ...BASE, ...TEN, timeout: '30000ms' });
  });

  it('calls no private address by a host that messages choose', () => {
    const text = 'functions: example/*\nurlPathTemplate: https://{function.name}.example.com/';
    const { tree, found } = readModule(ENDPOINT(text));
    assert.deepEqual(found, []);
    assert.equal(at(tree, 'functions', 'example/*', 'http', 'allowPrivate'), undefined);
  });

  it('of a whole namespace stands for all of it that has no endpoint of its own', () => {
    const all = ENDPOINT('functions: example/*\nurlPathTemplate: http://f/{function.name}');
    const one = ENDPOINT('functions: example/log\nurlPathTemplate: http://log');
    const names = INGRESS(ROUTED.replace('[example/greeter]', '[example/greeter, example/log, other/x]'));
    const { tree, found } = readModule(`${all}\n---\n${one}\n---\n${names}`);
    assert.deepEqual(found, []);
    assert.deepEqual(Object.keys(tree['functions'] as object), ['example/*', 'example/log']);
    assert.equal(at(tree, 'functions', 'example/*', 'http', 'url'), 'http://f/{function.name}');
    assert.equal(at(tree, 'functions', 'example/log', 'http', 'url'), 'http://log');
  });

  const wrong: readonly [what: string, text: string, found: readonly string[]][] = [
    ['has no URL', ENDPOINT('functions: a/b'), ['TG111 line 3: spec has no "urlPathTemplate", which must be written']],
    [
      'has a star within a name',
      ENDPOINT('functions: a/b*\nurlPathTemplate: http://f'),
      ['TG112 line 3: spec.functions is "a/b*"; expected namespace/name, or namespace/* for all of a namespace'],
    ],
    [
      'has a name without a namespace',
      ENDPOINT('functions: greeter\nurlPathTemplate: http://f'),
      ['TG112 line 3: spec.functions is "greeter"; expected a name: namespace/name'],
    ],
    [
      'has a transport that there is not',
      ENDPOINT(`${FUNCTIONS}\ntransport: { type: io.statefun.transports.v1/http3 }`),
      [
        'TG112 line 5: spec.transport.type is "io.statefun.transports.v1/http3"; expected io.statefun.transports.v1/async or io.statefun.transports.v1/okhttp',
      ],
    ],
    [
      'has a duration that is none',
      ENDPOINT(`${FUNCTIONS}\ntransport: { call: soon }`),
      ['TG112 line 5: spec.transport.call is "soon"; expected a duration, such as 10s or 2 min'],
    ],
    [
      'has a part that is longer than the whole',
      ENDPOINT(`${FUNCTIONS}\ntransport:\n  type: io.statefun.transports.v1/okhttp\n  timeouts: { read: 2min }`),
      ['TG113 line 7: spec.transport.timeouts.read is longer than the whole call'],
    ],
    [
      'has misspelt fields, which StateFun passes over',
      ENDPOINT(`${FUNCTIONS}\nmaxNumBatchRequest: 5\ntransport:\n  conect: 3s\n  colour: blue`),
      [
        'TG160 line 5: spec.maxNumBatchRequest is no field that StateFun knows: it passes it over; maxNumBatchRequests?',
        'TG160 line 7: spec.transport.conect is no field that StateFun knows: it passes it over; connect?',
        'TG160 line 8: spec.transport.colour is no field that StateFun knows: it passes it over',
      ],
    ],
    [
      'has timeouts where v2 has none',
      ENDPOINT(`${FUNCTIONS}\ntimeouts: { call: 1s }`),
      ['TG160 line 5: spec.timeouts is no field that StateFun knows: it passes it over'],
    ],
  ];
  for (const [what, text, found] of wrong)
    it(`says when it ${what}`, () => assert.deepEqual(readModule(text).found, found));
});

describe('a Kafka ingress of a module', () => {
  it('becomes an ingress of bytes, and a route to each target with the key as the id', () => {
    const { tree, found } = readModule(
      INGRESS(`${ROUTED.replace('[example/greeter]', '[example/greeter, example/log]')}\nconsumerGroupId: greeters`),
    );
    assert.deepEqual(found, []);
    assert.deepEqual(tree['ingresses'], {
      'example-names-names': {
        kafka: { brokers: 'kafka:9092', topics: 'names', start: 'latest', group: 'greeters', fields: { key: 'key' } },
        format: 'bytes',
        renamedFrom: 'example-names',
      },
    });
    const message = { id: 'key', type: 'example/Name', value: 'value' };
    assert.deepEqual(tree['routes'], {
      'example-names-names': {
        from: 'example-names-names',
        to: [
          { function: 'example/greeter', ...message },
          { function: 'example/log', ...message },
        ],
      },
    });
  });

  it('becomes an ingress for each topic, as each has targets of its own', () => {
    const { tree, found } = readModule(
      INGRESS(`${ROUTED}\n  - topic: old.names\n    valueType: example/Old\n    targets: [example/log]`),
    );
    assert.deepEqual(found, []);
    assert.deepEqual(Object.keys(tree['ingresses'] as object), ['example-names-names', 'example-names-old-names']);
    assert.equal(at(tree, 'routes', 'example-names-old-names', 'from'), 'example-names-old-names');
  });

  it('has the positions of each topic under a name that no other topic changes', () => {
    const { tree: one } = readModule(INGRESS(ROUTED));
    const { tree: two } = readModule(
      INGRESS(`${ROUTED}\n  - topic: more\n    valueType: example/Old\n    targets: [example/log]`),
    );
    assert.equal(at(one, 'ingresses', 'example-names-names', 'renamedFrom'), 'example-names');
    assert.deepEqual(Object.keys(two['ingresses'] as object), ['example-names-names', 'example-names-more']);
    assert.equal(at(two, 'ingresses', 'example-names-names', 'renamedFrom'), undefined);
  });

  it('leaves its former name to an ingress that has it now, or might have had it', () => {
    const dashed = ROUTED.replace('example/names', 'example-names/x').replace('topic: names', 'topic: other');
    const taken = readModule(
      `${INGRESS(ROUTED.replace('example/names', 'example/names-other'))}\n---\n${INGRESS(ROUTED.replace('topic: names', 'topic: other'))}`,
    );
    assert.deepEqual(taken.found, []);
    assert.equal(at(taken.tree, 'ingresses', 'example-names-other', 'renamedFrom'), 'example-names');
    assert.equal(at(taken.tree, 'ingresses', 'example-names-other-names', 'renamedFrom'), undefined);
    const both = readModule(`${INGRESS(ROUTED.replace('example/names', 'example/names-x'))}\n---\n${INGRESS(dashed)}`);
    assert.deepEqual(both.found, []);
    assert.deepEqual(
      Object.values(both.tree['ingresses'] as object).map((ingress) => at(ingress, 'renamedFrom')),
      [undefined, undefined],
    );
  });

  const options: [what: string, spec: string, kafka: Readonly<Record<string, unknown>>][] = [
    ['the address of its properties', 'properties:\n  - bootstrap.servers: other:9092', { brokers: 'kafka:9092' }],
    ['the group of its properties', 'properties:\n  - group.id: g', { group: 'g' }],
    ['where it begins: earliest', 'startupPosition: { type: earliest }', { start: 'earliest' }],
    [
      'where it begins: group-offsets',
      'consumerGroupId: g\nstartupPosition: { type: group-offsets }',
      { start: 'group-offsets' },
    ],
    [
      'where it begins: group-offsets of the group of its properties',
      'properties:\n  - group.id: g\nstartupPosition: { type: group-offsets }',
      { start: 'group-offsets' },
    ],
    [
      'where it begins: offsets in quotes',
      'startupPosition: { type: specific-offsets, offsets: [{ names/0: "91" }] }',
      { start: { offsets: { 'names-0': 91 } } },
    ],
    [
      'where it begins: offsets',
      'startupPosition:\n  type: specific-offsets\n  offsets:\n    - names/0: 91\n    - names/1: 11',
      { start: { offsets: { 'names-0': 91, 'names-1': 11 } } },
    ],
    [
      'where it begins: a date',
      'startupPosition: { type: date, date: "2020-02-01 04:15:00.00 Z" }',
      { start: { timestamp: '2020-02-01T04:15:00.00Z' } },
    ],
    [
      'where it begins: a date of a zone',
      'startupPosition: { type: date, date: "2020-02-01 04:15:00.000 +0100" }',
      { start: { timestamp: '2020-02-01T04:15:00.000+01:00' } },
    ],
    ['what it does beyond the log', 'autoOffsetResetPosition: EARLIEST', { onOffsetOutOfRange: 'earliest' }],
    [
      'what its client does beyond the log',
      'properties:\n  - auto.offset.reset: latest',
      { onOffsetOutOfRange: 'latest' },
    ],
    [
      'that its client fails beyond the log',
      'properties:\n  - auto.offset.reset: none',
      { onOffsetOutOfRange: 'fail' },
    ],
    [
      'that it fails beyond the log, where nothing is said',
      'autoOffsetResetPosition: null',
      { onOffsetOutOfRange: undefined },
    ],
    ['that it speaks TLS', 'properties:\n  - security.protocol: SSL', { tls: true }],
    [
      'who it is',
      'properties:\n  - security.protocol: SASL_SSL\n  - sasl.mechanism: SCRAM-SHA-512\n  - sasl.jaas.config: \'x.ScramLoginModule required username="u" password="p";\'',
      { tls: true, sasl: { 'scram-sha-512': { username: 'u', password: 'p' } } },
    ],
  ];
  for (const quote of ['"', "'"])
    options.push([
      `who it is, in ${quote}`,
      `properties:\n  - security.protocol: SASL_PLAINTEXT\n  - sasl.mechanism: PLAIN\n  - sasl.jaas.config: >-\n      x.PlainLoginModule required username=${quote}u${quote} password = ${quote}p w${quote};`,
      { sasl: { plain: { username: 'u', password: 'p w' } } },
    ]);
  for (const [what, spec, expected] of options) {
    it(`takes over ${what}`, () => {
      const { tree, found } = readModule(INGRESS(`${ROUTED}\n${spec}`));
      assert.deepEqual(found, []);
      const kafka = at(tree, 'ingresses', 'example-names-names', 'kafka') as Record<string, unknown>;
      assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, kafka[key]])), expected);
    });
  }

  const wrong: readonly [what: string, spec: string, found: readonly string[]][] = [
    ['has no topics', 'id: a/b\naddress: k:1', ['TG111 line 3: spec has no "topics", which must be written']],
    [
      'has no address',
      ROUTED.replace('address: kafka:9092\n', ''),
      ['TG111 line 3: spec has no "address", which must be written'],
    ],
    [
      'has a target that is no type',
      ROUTED.replace('example/greeter', 'greeter'),
      ['TG112 line 8: spec.topics[0].targets is "greeter"; expected names of types of functions: namespace/name'],
    ],
    [
      'begins at a word that is unknown',
      `${ROUTED}\nstartupPosition: { type: newest }`,
      [
        'TG112 line 9: spec.startupPosition.type is "newest"; expected group-offsets, earliest, latest, specific-offsets or date',
      ],
    ],
    [
      'begins somewhere, and does not say where',
      `${ROUTED}\nstartupPosition: { typ: earliest }`,
      [
        'TG111 line 9: spec.startupPosition has no "type", which must be written',
        'TG160 line 9: spec.startupPosition.typ is no field that StateFun knows: it passes it over; type?',
      ],
    ],
    [
      'begins at offsets, and has none',
      `${ROUTED}\nstartupPosition: { type: specific-offsets }`,
      ['TG111 line 9: spec.startupPosition has no "offsets", which must be written'],
    ],
    [
      'begins at offsets, and has an empty list of them',
      `${ROUTED}\nstartupPosition: { type: specific-offsets, offsets: [] }`,
      ['TG112 line 9: spec.startupPosition.offsets is a list; expected a list with something in it'],
    ],
    [
      'begins at offsets without a partition',
      `${ROUTED}\nstartupPosition: { type: specific-offsets, offsets: [{ a: 3 }, { b/0: x }] }`,
      [
        'TG112 line 9: spec.startupPosition.offsets is "a"; expected single entries TOPIC/PARTITION: OFFSET, such as - orders/0: 1200',
        'TG112 line 9: spec.startupPosition.offsets is "x"; expected single entries TOPIC/PARTITION: OFFSET, such as - orders/0: 1200',
      ],
    ],
    [
      'begins where a group is, and has none',
      `${ROUTED}\nstartupPosition: { type: group-offsets }`,
      ['TG113 line 9: spec.startupPosition is where a group has committed, and no group is named'],
    ],
    [
      'goes on somewhere unknown beyond the log',
      `${ROUTED}\nautoOffsetResetPosition: newest`,
      ['TG112 line 9: spec.autoOffsetResetPosition is "newest"; expected earliest or latest'],
    ],
    [
      'has a property for it that is unknown',
      `${ROUTED}\nproperties:\n  - auto.offset.reset: newest`,
      ['TG112 line 10: spec.properties: auto.offset.reset is "newest"; expected earliest, latest or none'],
    ],
    [
      'has a topic twice',
      `${ROUTED}\n  - topic: names\n    valueType: example/Old\n    targets: [example/log]`,
      ['TG121 line 9: the topic names is listed twice in spec.topics'],
    ],
    [
      'has topics that are one here',
      `${ROUTED.replace('topic: names', 'topic: a.b')}\n  - topic: a-b\n    valueType: example/Old\n    targets: [example/log]`,
      [
        'TG121 line 9: topic a.b of example/names and topic a-b of example/names have the same name here, example-names-a-b',
      ],
    ],
    [
      'has a property without a counterpart',
      `${ROUTED}\nproperties:\n  - fetch.min.bytes: 5`,
      ['TG162 line 10: spec.properties: fetch.min.bytes has no counterpart here and is not heeded'],
    ],
    [
      'has a store of Java',
      `${ROUTED}\nproperties:\n  - security.protocol: SSL\n  - ssl.truststore.location: /t.jks`,
      ['TG113 line 11: /t.jks is a truststore of Java'],
    ],
    [
      'has a misspelt field',
      `${ROUTED}\nstartupPositon: { type: earliest }`,
      ['TG160 line 9: spec.startupPositon is no field that StateFun knows: it passes it over; startupPosition?'],
    ],
  ];
  for (const [what, spec, found] of wrong)
    it(`says when it ${what}`, () => assert.deepEqual(readModule(INGRESS(spec)).found, found));
});

describe('a Kafka egress of a module', () => {
  const kafka = { brokers: 'k:9092', topic: '{{ topic }}', key: 'key' };
  const cases: readonly [what: string, spec: string, egress: Readonly<Record<string, unknown>>][] = [
    ['delivers at least once', 'id: example/greets\naddress: k:9092', { kafka, delivery: 'at-least-once' }],
    [
      'delivers exactly once',
      'id: example/greets\naddress: k:9092\ntopics: [a, b]\ndeliverySemantic: { type: exactly-once, transactionTimeout: 15min }',
      { kafka: { ...kafka, topics: ['a', 'b'], transactionTimeout: '900000ms' }, delivery: 'exactly-once' },
    ],
    [
      'means what StateFun’s documentation shows',
      'id: example/greets\naddress: k:9092\ntopics: [a]\ndeliverySemantic: { type: exactly-once, transactionTimeoutMillis: 15min }',
      { kafka: { ...kafka, topics: ['a'], transactionTimeout: '900000ms' }, delivery: 'exactly-once' },
    ],
    [
      'compresses',
      'id: example/greets\nproperties:\n  - bootstrap.servers: k:9092\n  - compression.type: lz4',
      { kafka: { ...kafka, compression: 'lz4' }, delivery: 'at-least-once' },
    ],
  ];
  for (const [what, spec, egress] of cases) {
    it(what, () => {
      const { tree, found } = readModule(EGRESS(spec));
      assert.deepEqual(found, []);
      assert.deepEqual(tree['egresses'], {
        'example-greets': { ...egress, format: 'bytes', typename: 'example/greets' },
      });
    });
  }
});

describe('a Kafka egress of a module that delivers exactly once', () => {
  it('says when nothing tells its topics, as a transaction’s must be known', () => {
    const { found } = readModule(
      EGRESS('id: example/greets\naddress: k:9092\ndeliverySemantic: { type: exactly-once }'),
    );
    assert.deepEqual(found, [
      'TG113 line 5: spec.deliverySemantic is exactly-once, and nothing says which topics functions write to',
    ]);
  });
});

describe('the playground of a module', () => {
  it('is requests to all of its functions, and an egress that is asked for what they emit', () => {
    const { tree, found } = readModule(
      [
        ENDPOINT('functions: example/*\nurlPathTemplate: http://f'),
        'kind: io.statefun.playground.v1/ingress\nspec: { port: 8090 }',
        'kind: io.statefun.playground.v1/egress\nspec: { port: 8091, topics: [greetings] }',
      ].join('\n---\n'),
    );
    assert.deepEqual(found, []);
    assert.deepEqual(tree['requests'], {
      port: 8090,
      playground: true,
      functions: { 'example/*': 'io.statefun.types/string' },
    });
    assert.deepEqual(tree['egresses'], {
      'io-statefun-playground-egress': {
        playground: { port: 8091, topic: '{{ topic }}' },
        format: 'bytes',
        typename: 'io.statefun.playground/egress',
      },
    });
  });

  it('says when it has no port', () => {
    const { found } = readModule('kind: io.statefun.playground.v1/ingress\nspec: {}');
    assert.deepEqual(found, ['TG111 line 2: spec has no "port", which must be written']);
  });
});

describe('the documents of a module', () => {
  const A = ENDPOINT('functions: a/b\nurlPathTemplate: http://f');

  it('are any number, and empty ones are passed over', () => {
    const { tree, found } = readModule(`---\n${A}\n---\n---\n${INGRESS(ROUTED)}\n---\n`);
    assert.deepEqual(found, []);
    assert.deepEqual(
      [Object.keys(tree['functions'] as object), Object.keys(tree['routes'] as object)],
      [['a/b'], ['example-names-names']],
    );
  });

  it('may be one document of version 3.0', () => {
    const { tree, found } = readModule(`version: "3.0"
module:
  meta: { type: remote }
  spec:
    endpoints:
      - endpoint:
          meta: { kind: http }
          spec: { functions: a/b, urlPathTemplate: "http://f", timeouts: { call: 5s } }
    ingresses:
      - ingress:
          meta: { type: io.statefun.kafka/ingress, id: example/names }
          spec: { address: "k:1", topics: [{ topic: t, valueType: a/V, targets: [a/b] }] }
    egresses:
      - egress:
          meta: { type: io.statefun.kafka/egress, id: example/out }
          spec: { address: "k:1" }
`);
    assert.deepEqual(found, []);
    assert.equal(at(tree, 'functions', 'a/b', 'http', 'timeout'), '5000ms');
    assert.equal(at(tree, 'ingresses', 'example-names-t', 'kafka', 'topics'), 't');
    assert.equal(at(tree, 'egresses', 'example-out', 'typename'), 'example/out');
  });

  const wrong: readonly [what: string, text: string, found: readonly string[]][] = [
    [
      'have another version',
      'version: "2.0"\nmodule: {}',
      ['TG161 line 1: a module with a version is of version "3.0"'],
    ],
    ['have version 3.1', 'version: "3.1"\nmodule: {}', ['TG161 line 1: a module with a version is of version "3.0"']],
    [
      'have no spec',
      `${A}\n---\nkind: io.statefun.kafka.v1/egress\n`,
      ['TG161 line 6: a document of a module has a kind, a name, and a spec, a map'],
    ],
    [
      'have a misspelt kind',
      'kind: io.statefun.endpoint.v2/http\nspec: {}',
      [
        'TG161 line 1: "io.statefun.endpoint.v2/http" is no kind of component that is known here; io.statefun.endpoints.v2/http?',
      ],
    ],
    [
      'have a kind of one’s own',
      'kind: com.example/mine\nspec: {}',
      ['TG161 line 1: "com.example/mine" is no kind of component that is known here'],
    ],
    ['have the same functions twice', `${A}\n---\n${A}`, ['TG121 line 8: a/b is defined twice in this module']],
    [
      'have an ingress twice',
      `${INGRESS(ROUTED)}\n---\n${INGRESS(ROUTED.replace('topic: names', 'topic: others'))}`,
      ['TG121 line 15: example/names is defined twice in this module'],
    ],
    [
      'have two egresses that are one here',
      `${EGRESS('id: com.foo/out\naddress: k:1')}\n---\n${EGRESS('id: com-foo/out\naddress: k:1')}`,
      ['TG121 line 8: com.foo/out and com-foo/out have the same name here, com-foo-out'],
    ],
    [
      'have two playgrounds',
      ['ingress', 'egress', 'ingress', 'egress']
        .map((kind, i) => `kind: io.statefun.playground.v1/${kind}\nspec: { port: ${8090 + i} }`)
        .join('\n---\n'),
      [
        'TG121 line 8: io.statefun.playground/ingress is defined twice in this module',
        'TG121 line 11: io.statefun.playground/egress is defined twice in this module',
      ],
    ],
    ['are no YAML', `${A}\n---\nkind: [`, ['TG102 line 6: ']],
  ];
  for (const [what, text, expected] of wrong) {
    it(`say when they ${what}`, () => {
      const { found } = readModule(text);
      assert.deepEqual(
        found.map((line, i) => line.slice(0, expected[i]?.endsWith(': ') === true ? expected[i].length : undefined)),
        expected,
      );
    });
  }
});
