import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { request, type IncomingMessage } from 'node:http';
import { csv, json, raw } from '../../src/formats/index.js';
import { http } from '../../src/http/index.js';
import { configured } from '../support/configured.js';
import { createContext, type TestContext } from '../support/context.js';
import { createFormat } from '../support/formats.js';
import { post, startIngress, type Ingress } from './ingress.js';

describe('the source http', function () {
  // Busy machines are slow.
  this.timeout(20_000);

  let context: TestContext;
  let running: Ingress[];
  beforeEach(() => {
    context = createContext();
    running = [];
  });
  afterEach(async () => {
    for (const { polls } of running) await polls.reader.close();
    await context.remove();
  });
  const start = async (
    ...args: Parameters<typeof startIngress> extends [unknown, ...infer Rest] ? Rest : never
  ): Promise<Ingress> => {
    const ingress = await startIngress(context, ...args);
    running.push(ingress);
    return ingress;
  };
  /** A request by hand, with a head that fetch would not send. */
  const send = async (
    url: string,
    head: Record<string, string>,
    method = 'POST',
    body = '{}',
  ): Promise<number | undefined> => {
    const sent = request(url, { method, headers: head });
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  };

  const taken: [
    what: string,
    type: string,
    body: string,
    payloads: unknown[],
    format?: ReturnType<typeof createFormat>,
  ][] = [
    ['JSON Lines', 'application/x-ndjson', '{"a":1}\n\n{"a":2}', ['{"a":1}', '{"a":2}']],
    ['JSON Lines by its other name, with a charset', 'application/jsonl; charset=UTF-8', '{"a":"é"}\n', ['{"a":"é"}']],
    ['one JSON object', 'application/json', ' {"a":\n1} ', [{ a: 1 }]],
    [
      'a list of JSON objects',
      'application/json',
      '[{"a":1},{"a":9007199254740993}]',
      [{ a: 1 }, { a: 9007199254740993n }],
    ],
    ['nothing', 'application/x-ndjson', '', []],
    ['CSV', 'text/csv', 'a,b\n1,"x\ny"\n', [{ a: '1', b: 'x\ny' }], createFormat(csv)],
    ['lines of text', 'text/plain', 'one\r\ntwo', ['one', 'two'], createFormat(raw)],
  ];
  for (const [what, type, body, payloads, format] of taken) {
    it(`takes ${what}, and gives it with rising offsets`, async () => {
      const { url, polls } = await start({ path: '/events' }, format);
      const response = await post(url, body, { 'content-type': type });
      assert.deepEqual([response.status, await response.json()], [200, { accepted: payloads.length }]);
      assert.deepEqual(
        await polls.records(payloads.length),
        payloads.map((payload, offset) => ({ split: 'requests', offset, payload })),
      );
    });
  }

  const refused: [what: string, type: string, body: string | Uint8Array, records: unknown[]][] = [
    [
      'F72: bad JSON in a line',
      'application/x-ndjson',
      '{"a":1}\n{"b":\n{"c":1}\n[]',
      [
        { record: 1, offset: 8, reason: 'not valid JSON: it ends too early' },
        { record: 3, offset: 22, reason: 'not a JSON object' },
      ],
    ],
    [
      'F72: a bad JSON body',
      'application/json',
      '{"a":nope}',
      [{ record: 0, offset: 0, reason: 'not valid JSON at character 5' }],
    ],
    [
      'F72: bad UTF-8',
      'application/x-ndjson',
      new Uint8Array([0x7b, 0xff, 0x7d]),
      [{ record: 0, offset: 0, reason: 'not valid UTF-8' }],
    ],
    [
      'F74: null and numbers in a list',
      'application/json',
      '[{"a":1},null,3]',
      [
        { record: 1, offset: 1, reason: 'not a JSON object' },
        { record: 2, offset: 2, reason: 'not a JSON object' },
      ],
    ],
    ['F74: NaN', 'application/json', '{"a":NaN}', [{ record: 0, offset: 0, reason: 'not valid JSON at character 5' }]],
  ];
  for (const [what, type, body, records] of refused) {
    it(`${what} is answered 400 with positions, and nothing of the body is taken`, async () => {
      const { url, polls } = await start();
      const response = await post(url, body, { 'content-type': type });
      assert.deepEqual([response.status, ((await response.json()) as { records: unknown }).records], [400, records]);
      await post(url, '{"after":1}');
      assert.deepEqual(
        (await polls.records(1)).map(({ payload }) => payload),
        ['{"after":1}'],
      );
    });
  }

  it('F77: takes __proto__ as a plain key, from lines and from lists', async () => {
    const { url, polls } = await start();
    await post(url, '{"__proto__":{"x":1}}');
    await post(url, '[{"__proto__":{"x":1}}]', { 'content-type': 'application/json' });
    const format = createFormat(json);
    for (const { payload } of await polls.records(2)) {
      const value = format.decode(payload);
      assert.ok(typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__'));
    }
  });

  it('F73: answers 413 to a body above the limit, declared or not, and stays', async () => {
    const { url, polls } = await start({ maxBody: 1000 });
    assert.equal((await post(url, 'x'.repeat(1001))).status, 413);
    // Without a length, node sends it in chunks.
    const undeclared = request(url, { method: 'POST', headers: { 'content-type': 'application/json' } });
    undeclared.on('error', () => undefined);
    undeclared.write('x'.repeat(900));
    undeclared.write('x'.repeat(900));
    const [response] = (await once(undeclared, 'response')) as [IncomingMessage];
    assert.equal(response.statusCode, 413);
    undeclared.destroy();
    assert.equal((await post(url, '{"a":1}')).status, 200);
    assert.equal((await polls.records(1)).length, 1);
  });

  it('answers what it does not serve by the right status', async () => {
    const { url } = await start({ path: '/events', allowedHosts: ['ingest.example'] });
    const type = { 'content-type': 'application/json' };
    const cases: [status: number, head: Record<string, string>, method?: string, to?: string][] = [
      [200, { ...type, host: 'localhost:1' }],
      [200, { ...type, host: '[::1]:1' }],
      [200, { ...type, host: 'INGEST.example' }],
      [200, { ...type, origin: new URL(url).origin }],
      [200, { ...type, host: 'ingest.example', origin: 'https://ingest.example' }],
      [200, { ...type, origin: 'https://ingest.example' }],
      [421, { ...type, host: 'evil.example' }],
      [421, { ...type, host: 'localhost.evil.example' }],
      [421, { ...type, host: 'local host' }],
      [403, { ...type, origin: 'http://evil.example' }],
      [403, { ...type, origin: 'http://localhost:3000' }],
      [403, { ...type, host: 'localhost', origin: 'http://localhost:3000' }],
      [403, { ...type, host: 'localhost', origin: 'localhost' }],
      [403, { ...type, origin: 'null' }],
      [404, type, 'POST', '/other'],
      [405, type, 'PUT'],
      [415, { 'content-type': 'text/html' }],
      [415, { 'content-type': 'application/json; charset=latin1' }],
      [415, { ...type, 'content-encoding': 'gzip' }],
    ];
    for (const [status, head, method, to = '/events'] of cases) {
      assert.equal(await send(new URL(to, url).href, head, method), status, JSON.stringify(head));
    }
  });

  it('takes no page of another server where it takes whoever reaches it', async () => {
    const { url } = await start({ host: '0.0.0.0', insecure: true });
    const to = url.replace('0.0.0.0', '127.0.0.1');
    const type = { 'content-type': 'application/json', host: 'any.example:81' };
    assert.equal(await send(to, { ...type, origin: 'http://any.example:81' }), 200);
    for (const origin of ['http://evil.example', 'http://any.example', 'https://any.example:82', 'null'])
      assert.equal(await send(to, { ...type, origin }), 403, origin);
  });

  it('takes JSON that curl calls a form, and nothing else of that type', async () => {
    const { url, polls } = await start();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const body of ['{"a":1}', '{"a":\n2}', '[{"a":3}]']) assert.equal((await post(url, body, form)).status, 200);
    assert.deepEqual(
      (await polls.records(3)).map(({ payload }) => payload),
      [{ a: 1 }, { a: 2 }, { a: 3 }],
    );
    for (const body of ['a=1', '{"a":1}\n{"a":2}']) {
      const response = await post(url, body, form);
      assert.equal(response.status, 415, body);
      assert.match(await response.text(), /-H 'content-type: application\/json'/);
    }
  });

  it('says how curl has to send what is no JSON', async () => {
    const { url } = await start({}, createFormat(csv));
    const response = await post(url, 'a,b', { 'content-type': 'application/x-www-form-urlencoded' });
    assert.equal(response.status, 415);
    assert.match(await response.text(), /-H 'content-type: text\/csv'/);
  });

  it('answers 503 with Retry-After while too much is stored and not processed, and takes again after that', async () => {
    // The queue holds 1 MiB, the backlog as much; nobody polls.
    const { url, polls } = await start({ maxBacklog: 1024 * 1024 });
    const line = `{"a":"${'x'.repeat(100 * 1024)}"}\n`;
    let accepted = 0;
    let response = await post(url, line);
    for (; response.status === 200; response = await post(url, line)) {
      accepted++;
      assert.ok(accepted < 100, 'always taken');
    }
    assert.equal(response.status, 503);
    assert.equal(response.headers.get('retry-after'), '1');
    assert.equal((await polls.records(accepted)).length, accepted);
    assert.equal((await post(url, line)).status, 200);
  });

  it('answers 503 while its log is full, and takes again when a checkpoint makes room', async () => {
    const { url, polls } = await start({ maxLog: 1000 });
    let accepted = 0;
    while ((await post(url, `{"a":"${'x'.repeat(100)}"}`)).status === 200) accepted++;
    assert.ok(accepted >= 7 && accepted < 10, `${accepted} were taken`);
    await polls.records(accepted);
    assert.equal((await post(url, '{"a":2}')).status, 503);
    polls.reader.snapshot(1);
    polls.reader.notifyComplete(1);
    for (let status = 503; status !== 200;) status = (await post(url, '{"a":2}')).status;
    assert.deepEqual(
      (await polls.records(1)).map(({ offset }) => offset),
      [accepted],
    );
  });

  it('gives again from an offset what it gave, after a restart', async () => {
    const first = await start();
    for (let index = 0; index < 5; index++) await post(first.url, `{"a":${index}}`);
    await first.polls.records(5);
    await first.polls.reader.close();
    const second = await start({}, undefined, [{ id: 'requests', offset: 3 }]);
    await post(second.url, '{"a":5}');
    assert.deepEqual(
      (await second.polls.records(3)).map(({ offset, payload }) => [offset, payload]),
      [3, 4, 5].map((index) => [index, `{"a":${index}}`]),
    );
  });

  it('fails when the log is not the one that a checkpoint was taken from', async () => {
    await assert.rejects(start({}, undefined, [{ id: 'requests', offset: 7 }]), {
      code: 'corrupt',
      message: /go on at record 7, but the log in .* has 0 to 0/,
    });
  });

  it('fails clearly when the port is taken', async () => {
    const { url } = await start();
    const other = createContext();
    await assert.rejects(startIngress(other, { port: Number(new URL(url).port) }), { code: 'in-use' });
    await other.remove();
  });

  it('listens to this machine alone unless told otherwise', () => {
    assert.ok(http.source);
    const { source } = http;
    const create = (options: Record<string, unknown>) =>
      source.createSource(configured(source.options, { port: 0, ...options }), createFormat(json), context);
    for (const host of ['0.0.0.0', '192.168.1.4', '::', 'example.com', '127.0.0.1.example.com']) {
      assert.throws(() => create({ host }), {
        code: 'invalid-option',
        message: /no authentication; listen on 127\.0\.0\.1, or write insecure: true/,
      });
      create({ host, insecure: true });
    }
    for (const host of ['127.0.0.1', 'localhost', '::1', '127.8.8.8']) create({ host });
  });

  it('closes connections beyond the limit', async () => {
    const { url } = await start({ maxConnections: 2 });
    const port = Number(new URL(url).port);
    const held = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    const third = connect(port, '127.0.0.1');
    third.on('error', () => undefined);
    await once(third, 'close');
    for (const socket of held) socket.destroy();
  });

  for (const [what, text] of [
    ['head', 'POST / HTTP/1.1\r\nHost: localhost\r\nX-Slow: '],
    ['body', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{'],
  ] as const) {
    it(`answers 408 to a sender whose ${what} never ends`, async () => {
      const { url } = await start({ requestTimeout: 50 });
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      socket.write(text);
      let answer = '';
      socket.on('data', (data) => (answer += String(data)));
      await once(socket, 'close');
      assert.match(answer, /^HTTP\/1\.1 408 /);
    });
  }

  it('F94: refuses a head above the limit', async () => {
    const { url } = await start();
    assert.equal(await send(url, { 'x-junk': 'x'.repeat(20_000) }), 431);
  });

  it('has stored what it acknowledged when it is closed under load', async () => {
    const { url, polls } = await start();
    const answers = Promise.allSettled(Array.from({ length: 50 }, (_, index) => post(url, `{"a":${index}}`)));
    await polls.records(1);
    await polls.reader.close();
    const acknowledged = (await answers).filter(
      (answer) => answer.status === 'fulfilled' && answer.value.status === 200,
    );
    assert.ok(acknowledged.length > 0);
    const again = await start();
    assert.ok((await again.polls.records(acknowledged.length)).length >= acknowledged.length);
  });
});
