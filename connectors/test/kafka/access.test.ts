/** By what right a cluster is reached: a real broker that asks. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConnectorError } from '../../src/api/index.js';
import { kafka } from '../../src/kafka/index.js';
import { json } from '../../src/formats/index.js';
import { connectBrokers, type BrokerTools } from '../../scripts/services/broker-tools.js';
import { configured } from '../support/configured.js';
import { createContext, type TestContext } from '../support/context.js';
import { createFormat } from '../support/formats.js';
import { readAll } from '../support/reading.js';
import { PASSWORD, startSecureBroker, USER, type SecureBroker } from './secure-broker.js';

/** A machine that has never started a broker fetches it first. */
const START_MS = 300_000;

/** Of nobody's: the broker of this test takes it as it is. */
function token(subject: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  return `${part({ alg: 'none' })}.${part({ sub: subject, iat: now, exp: now + 600 })}.`;
}

describe('access to Kafka', function () {
  this.timeout(START_MS);
  let broker: SecureBroker;
  let tools: BrokerTools;
  let topic: string;
  let context: TestContext;

  before(async () => {
    broker = await startSecureBroker();
    tools = await connectBrokers(broker.open);
    topic = await tools.createTopic(1);
    await tools.produce(topic, [{ value: '{"n":1}' }]);
  });
  after(async () => {
    await tools?.close();
    await broker?.stop();
  });
  beforeEach(() => {
    context = { ...createContext(), baseDir: broker.folder };
  });
  afterEach(() => context.remove());

  const readWith = async (brokers: string, access: Readonly<Record<string, unknown>>): Promise<unknown[]> => {
    const { options, createSource } = kafka.source!;
    const all = configured<Record<string, unknown>>(options, { brokers, topics: topic, end: 'latest', ...access });
    const records = await readAll(createSource(all, createFormat(json), context), context);
    return records.map(({ payload }) => payload);
  };
  const tls = { ca: 'ca.pem' };
  const credentials = { username: USER, password: PASSWORD };
  const variant = (kind: string, value: object): object => ({ variant: { kind, value } });

  for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512']) {
    it(`is given by ${mechanism}`, async () => {
      assert.deepEqual(await readWith(broker.sasl, { tls, sasl: variant(mechanism, credentials) }), ['{"n":1}']);
    });

    it(`is refused by ${mechanism} with another password, which is told without it`, async () => {
      const wrong = { username: USER, password: 'not the password' };
      await assert.rejects(readWith(broker.sasl, { tls, sasl: variant(mechanism, wrong) }), (error: unknown) => {
        assert.ok(error instanceof ConnectorError);
        assert.equal(error.retriable, false);
        assert.match(error.message, /ingress .*auth/i);
        assert.ok(!error.message.includes('not the password'));
        return true;
      });
    });
  }

  it('is given by a token', async () => {
    assert.deepEqual(await readWith(broker.sasl, { tls, sasl: variant('oauthbearer', { token: token('me') }) }), [
      '{"n":1}',
    ]);
  });

  it('is given by certificate, and by nothing else there', async () => {
    const mutual = { ...tls, certificate: 'client.pem', key: 'client.key' };
    assert.deepEqual(await readWith(broker.mutualTls, { tls: mutual }), ['{"n":1}']);
  });

  it('asks the broker for a certificate of the authority', async () => {
    await assert.rejects(
      readWith(broker.sasl, { tls: true, sasl: variant('plain', credentials) }),
      (error: unknown) => {
        assert.ok(error instanceof ConnectorError);
        assert.match(error.message, /certificate|signature/);
        return true;
      },
    );
  });

  describe('by tokens that somebody gives', () => {
    let server: Server;
    let url: string;
    const asked: { readonly authorization: string | undefined; readonly body: string }[] = [];

    before(async () => {
      server = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk) => (body += String(chunk)));
        request.on('end', () => {
          asked.push({ authorization: request.headers.authorization, body });
          const isKnown = request.headers.authorization === `Basic ${Buffer.from('me:se%20cret').toString('base64')}`;
          response.writeHead(isKnown ? 200 : 401).end(JSON.stringify({ access_token: token('me'), expires_in: 600 }));
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
    });
    after(() => {
      server.closeAllConnections();
      server.close();
    });

    it('is asked for once while one lasts', async () => {
      const client = { tokenUrl: url, clientId: 'me', clientSecret: 'se cret', scope: 'kafka' };
      asked.length = 0;
      assert.deepEqual(await readWith(broker.sasl, { tls, sasl: variant('oauthbearer', client) }), ['{"n":1}']);
      assert.deepEqual(
        asked.map(({ body }) => body),
        ['grant_type=client_credentials&scope=kafka'],
      );
    });

    it('is an error that names neither secret nor token where they refuse', async () => {
      const client = { tokenUrl: url, clientId: 'me', clientSecret: 'wrong secret' };
      await assert.rejects(readWith(broker.sasl, { tls, sasl: variant('oauthbearer', client) }), (error: Error) => {
        assert.match(error.message, /gives tokens, answered 401/);
        assert.ok(!error.message.includes('wrong secret'));
        return true;
      });
    });
  });

  for (const [what, access, message] of [
    [
      'a password would be sent in the clear',
      { brokers: 'kafka.example.com:9092', sasl: variant('plain', credentials) },
      /plain sends the password as it is: set tls too/,
    ],
    [
      'a secret would be',
      { sasl: variant('oauthbearer', { tokenUrl: 'http://id.example.com', clientId: 'a', clientSecret: 'b' }) },
      /must begin with https/,
    ],
    [
      'a token and a way to get one are given',
      { sasl: variant('oauthbearer', { token: 'a', tokenUrl: 'https://b' }) },
      /either a token or a tokenUrl/,
    ],
    ['a certificate has no key', { tls: { certificate: 'client.pem' } }, /certificate and key together/],
    ['a file is not there', { tls: { ca: 'none.pem' } }, /tls\.ca: none\.pem: no such file/],
  ] as const)
    it(`says at once that ${what}`, async () => {
      await assert.rejects(readWith(broker.sasl, access), (error: unknown) => {
        assert.ok(error instanceof ConnectorError);
        assert.match(error.message, message);
        return true;
      });
    });
});
