/** Messages that are written by the schema of a registry's subject. */
import assert from 'node:assert/strict';
import { RegistryServer } from '../../scripts/services/registry-server.js';
import { ConnectorError, type ConnectorErrorCode, type Encoder, type FormatFactory } from '../../src/api/index.js';
import { avro, protobuf } from '../../src/formats/index.js';
import { createEncoder, createFormat } from '../support/formats.js';

const alert = JSON.stringify({ type: 'record', name: 'Alert', fields: [{ name: 'rule', type: 'string' }] });
const proto = 'syntax = "proto3"; package s; message Other {} message Outer { message Alert { string rule = 1; } }';
const SUBJECT = 'alerts-value';

describe('a subject of a schema registry', () => {
  let server: RegistryServer;
  beforeEach(async () => (server = await RegistryServer.open()));
  afterEach(() => server.close());

  const encoder = (factory: FormatFactory, more: object = {}, ofRegistry: object = {}): Encoder =>
    createEncoder(factory, { registry: { url: server.url, subject: SUBJECT, ...ofRegistry }, ...more });
  const opened = async (...of: Parameters<typeof encoder>): Promise<Encoder> => {
    const made = encoder(...of);
    await made.open?.();
    return made;
  };
  const readAgain = async (factory: FormatFactory, payload: string | Uint8Array): Promise<unknown> => {
    const format = createFormat(factory, { registry: { url: server.url } });
    await format.prepare?.(Buffer.from(payload));
    return format.decode(Buffer.from(payload));
  };

  it('has the latest schema, which is asked for once', async () => {
    server.register(SUBJECT, { schema: '"string"' });
    const id = server.register(SUBJECT, { schema: alert });
    const made = await opened(avro);
    await made.open?.();
    assert.deepEqual(server.asked, [`GET /subjects/${SUBJECT}/versions/latest`]);
    await server.close();
    const payload = made.encode({ rule: 'r', more: 1 });
    assert.equal(Buffer.from(payload).toString('hex'), `00${id.toString(16).padStart(8, '0')}0272`);
  });

  it('has a message of Protobuf anywhere in its file', async () => {
    server.register(SUBJECT, { schema: proto, schemaType: 'PROTOBUF' });
    const made = await opened(protobuf, { message: 's.Outer.Alert' });
    const payload = Buffer.from(made.encode({ rule: 'r' }));
    assert.equal(payload.subarray(5).toString('hex'), '0402000a0172');
    assert.deepEqual(await readAgain(protobuf, payload), { rule: 'r' });
    const first = await opened(protobuf);
    assert.equal(
      Buffer.from(first.encode({ rule: 'r' }))
        .subarray(5)
        .toString('hex'),
      '00',
    );
  });

  it("is told of one's own schema, where it may be", async () => {
    for (const [factory, more, type] of [
      [avro, { schema: alert }, undefined],
      [protobuf, { schema: proto, message: 's.Outer.Alert' }, 'PROTOBUF'],
    ] as const) {
      const made = await opened(factory, more, { register: true });
      assert.deepEqual(await readAgain(factory, made.encode({ rule: 'r' })), { rule: 'r' }, type);
    }
    assert.equal(server.asked[0], `POST /subjects/${SUBJECT}/versions`);
  });

  it("has one's own schema, or is not written by", async () => {
    const own = { schema: alert };
    const refused = (what: RegExp) => (error: unknown) =>
      error instanceof ConnectorError && !error.retriable && what.test(error.message);
    await assert.rejects(opened(avro, own), refused(/knows no subject alerts-value: register it, or/));
    server.register(SUBJECT, { schema: '"string"' });
    await assert.rejects(opened(avro, own), refused(/does not have this schema below subject alerts-value/));
    server.register(SUBJECT, { schema: alert });
    const made = await opened(avro, own);
    assert.deepEqual(await readAgain(avro, made.encode({ rule: 'r' })), { rule: 'r' });
  });

  for (const [what, status, message, code] of [
    ['is not compatible', 409, /does not take the schema for subject alerts-value: no longer fits/, 'refused'],
    ['is not for who asks', 401, /answered 401/, 'refused'],
    ['is of a registry that is not well', 503, /answered 503/, 'unavailable'],
  ] as readonly (readonly [string, number, RegExp, ConnectorErrorCode])[])
    it(`says so where it ${what}, and whether another try helps`, async () => {
      server.failing = { status, body: { error_code: status, message: 'no longer fits' } };
      await assert.rejects(opened(avro, { schema: alert }, { register: true }), (error: ConnectorError) => {
        assert.match(error.message, message);
        assert.deepEqual([error.code, error.retriable], [code, code === 'unavailable']);
        return true;
      });
    });

  it('is found on another try, where the registry was away', async () => {
    await server.close();
    const made = encoder(avro);
    await assert.rejects(made.open!(), (error: ConnectorError) => error.retriable);
    await server.reopen();
    server.register(SUBJECT, { schema: alert });
    await made.open!();
    assert.deepEqual(await readAgain(avro, made.encode({ rule: 'r' })), { rule: 'r' });
  });

  it('says what is wrong with its schema', async () => {
    server.register(SUBJECT, { schema: proto, schemaType: 'PROTOBUF' });
    await assert.rejects(opened(avro), /a schema below alerts-value that cannot be used: it is of type PROTOBUF/);
    await assert.rejects(opened(protobuf, { message: 's.None' }), /cannot be used: .*s\.None/);
  });

  it('must be named, and only to write', () => {
    const { url } = server;
    assert.throws(() => createEncoder(avro, { registry: { url } }), /add subject to registry/);
    assert.throws(() => createEncoder(avro, { registry: { url, subject: 's', register: true } }), /add schema/);
    assert.throws(() => createFormat(protobuf, { registry: { url, subject: 's' } }), /are for an egress/);
    assert.throws(() => createFormat(avro, { registry: { url }, onError: 'fail' }), /onError is for an egress/);
  });
});
