/** Messages whose schemas lie in a registry: a server that answers as Confluent's documentation has it. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BadRecordError, ConnectorError, type Format } from '../../src/api/index.js';
import { avro, json, protobuf } from '../../src/formats/index.js';
import { createFormat } from '../support/formats.js';

const payment = JSON.stringify({
  type: 'record',
  name: 'shop.Payment',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'price', type: 'shop.Money' },
  ],
});
const money = JSON.stringify({ type: 'record', name: 'shop.Money', fields: [{ name: 'amount', type: 'int' }] });
const proto =
  'syntax = "proto3"; package shop; import "money.proto"; message Other {} message Payment { Money price = 1; }';

const answers: Readonly<Record<string, object>> = {
  '/schemas/ids/7': { schema: payment, references: [{ name: 'shop.Money', subject: 'money', version: 3 }] },
  '/subjects/money/versions/3': { schema: money },
  '/schemas/ids/9': {
    schemaType: 'PROTOBUF',
    schema: proto,
    references: [{ name: 'money.proto', subject: 'money/proto', version: 1 }],
  },
  '/subjects/money%2Fproto/versions/1': {
    schema: 'syntax = "proto3"; package shop; message Money { int32 amount = 1; }',
  },
  '/schemas/ids/11': { schema: '"nonsense"' },
};

const framed = (id: number, hex: string): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(id, 1);
  return Buffer.concat([head, Buffer.from(hex.replace(/\s/g, ''), 'hex')]);
};

describe('a schema registry', () => {
  let server: Server;
  let url: string;
  let asked: IncomingMessage[];
  let answer: (path: string) => { readonly status: number; readonly body: string };

  beforeEach(async () => {
    asked = [];
    answer = (path) => {
      const found = answers[path];
      return found === undefined
        ? { status: 404, body: '{"error_code":40403}' }
        : { status: 200, body: JSON.stringify(found) };
    };
    server = createServer((request, response) => {
      asked.push(request);
      const { status, body } = answer(request.url ?? '');
      response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const decoded = async (format: Format, payload: Buffer): Promise<unknown> => {
    await format.prepare?.(payload);
    return format.decode(payload);
  };

  it('has the schemas of Avro messages, with what they refer to, and is asked once for each', async () => {
    const format = createFormat(avro, { registry: { url } });
    const expected = { id: 'a', price: { amount: 5 } };
    const both = [decoded(format, framed(7, '02 61 0a')), decoded(format, framed(7, '02 61 0a'))];
    assert.deepEqual(await Promise.all(both), [expected, expected]);
    assert.equal(format.prepare?.(framed(7, '02 62 0a')), undefined);
    assert.deepEqual(
      asked.map(({ url: path }) => path),
      ['/schemas/ids/7', '/subjects/money/versions/3'],
    );
  });

  it('has the schemas of Protobuf messages, which say where in their file they stand', async () => {
    const format = createFormat(protobuf, { registry: { url } });
    assert.deepEqual(await decoded(format, framed(9, '02 02 0a 02 08 05')), { price: { amount: 5 } });
    assert.deepEqual(await decoded(format, framed(9, '00')), {});
    await assert.rejects(decoded(format, framed(9, '02 0a')), BadRecordError);
    await assert.rejects(decoded(format, framed(9, 'ffffffffff')), BadRecordError);
  });

  it('stands before JSON messages, which are read without it', async () => {
    const format = createFormat(json, { wireFormat: 'confluent' });
    assert.deepEqual(await decoded(format, framed(4, Buffer.from('{"n":1}').toString('hex'))), { n: 1 });
    await assert.rejects(decoded(format, Buffer.from('{"n":1}')), BadRecordError);
    assert.deepEqual(asked, []);
  });

  for (const [what, payload, reason] of [
    ['is not there', framed(8, '00'), 'the registry knows no schema 8'],
    ['cannot be used', framed(11, '00'), /^schema 11 cannot be used: /],
    ['is of another kind', framed(9, '00'), 'schema 9 cannot be used: it is of type PROTOBUF'],
  ] as const)
    it(`makes messages bad records whose schema ${what}`, async () => {
      const format = createFormat(avro, { registry: { url } });
      await assert.rejects(decoded(format, payload), (error: BadRecordError) => {
        assert.ok(error instanceof BadRecordError);
        typeof reason === 'string' ? assert.equal(error.reason, reason) : assert.match(error.reason, reason);
        return true;
      });
    });

  it('makes messages bad records that do not name a schema, without being asked', async () => {
    const format = createFormat(avro, { registry: { url } });
    await assert.rejects(decoded(format, Buffer.from('{"n":1}')), BadRecordError);
    await assert.rejects(decoded(format, Buffer.from([0, 0])), BadRecordError);
    assert.deepEqual(asked, []);
  });

  it('is worth another try where it does not answer well, and is asked again', async () => {
    const format = createFormat(avro, { registry: { url } });
    const well = answer;
    for (const bad of [
      { status: 500, body: 'no' },
      { status: 200, body: '<html>' },
      { status: 200, body: JSON.stringify({ schema: 'x'.repeat(5_000_000) }) },
    ]) {
      answer = () => bad;
      await assert.rejects(
        decoded(format, framed(7, '02 61 0a')),
        (error: unknown) => error instanceof ConnectorError && error.retriable,
      );
    }
    answer = well;
    assert.deepEqual(await decoded(format, framed(7, '02 61 0a')), { id: 'a', price: { amount: 5 } });
  });

  it('F86: is not followed elsewhere', async () => {
    let reached = false;
    const other = createServer((_, response) => {
      reached = true;
      response.end(JSON.stringify(answers['/schemas/ids/7']));
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    server.removeAllListeners('request');
    server.on('request', (_, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${(other.address() as AddressInfo).port}/` }).end();
    });
    const format = createFormat(avro, { registry: { url } });
    await assert.rejects(decoded(format, framed(7, '02 61 0a')), ConnectorError);
    assert.equal(reached, false);
    other.close();
  });

  it('is told who asks, and nobody else is', async () => {
    const secret = 'p@ss:word';
    await decoded(createFormat(avro, { registry: { url, username: 'me', password: secret } }), framed(7, '02 61 0a'));
    const basic = Buffer.from(`me:${secret}`).toString('base64');
    assert.equal(asked[0]?.headers.authorization, `Basic ${basic}`);
    await decoded(createFormat(avro, { registry: { url, token: 't' } }), framed(7, '02 61 0a'));
    assert.equal(asked[2]?.headers.authorization, 'Bearer t');
    const inUrl = url.replace('//', `//me:${encodeURIComponent(secret)}@`);
    const format = createFormat(avro, { registry: { url: inUrl } });
    answer = () => ({ status: 500, body: '' });
    await assert.rejects(
      decoded(format, framed(7, '02 61 0a')),
      (error: Error) => !error.message.includes('ss:word') && !error.message.includes('p%40ss'),
    );
    assert.equal(asked[4]?.headers.authorization, `Basic ${basic}`);
  });
});
