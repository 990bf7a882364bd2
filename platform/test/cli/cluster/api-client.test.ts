import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiClient } from '../../../src/cli/cluster/api-client.js';
import { TidegateError } from '../../../src/common/errors.js';

const JOB = { name: 'j', state: 'running' };

/** What a coordinator does with a request. */
type Conduct = (response: ServerResponse) => void;

const leads: Conduct = (response) => void response.end(JSON.stringify(JOB));
const knowsNobody: Conduct = (response) =>
  void response.writeHead(503).end(JSON.stringify({ error: { code: 'unavailable', message: 'no coordinator leads' } }));
const hangsUp: Conduct = (response) => void response.socket?.destroy();
const refuses: Conduct = (response) =>
  void response.writeHead(409).end(JSON.stringify({ error: { code: 'conflict', message: 'no' } }));

describe('who asks coordinators', () => {
  const servers: Server[] = [];
  const asked: number[] = [];

  async function serve(conduct: Conduct): Promise<number> {
    const server = createServer((_, response) => {
      asked.push(port);
      conduct(response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
    const { port } = server.address() as AddressInfo;
    return port;
  }

  /** Where nobody listens. */
  async function nowhere(): Promise<number> {
    const port = await serve(leads);
    servers.pop()!.close();
    return port;
  }

  function client(...ports: readonly number[]): ApiClient {
    const [first, ...others] = ports.map((port) => ({ host: '127.0.0.1', port }));
    return new ApiClient({ ...first!, others });
  }

  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
    asked.length = 0;
  });

  it('looks elsewhere where one takes the request and answers nothing', async () => {
    const [stopped, leader] = [await serve(() => undefined), await serve(leads)];
    const target = { host: '127.0.0.1', port: stopped, others: [{ host: '127.0.0.1', port: leader }] };
    assert.deepEqual(await new ApiClient(target, 50).job('j'), JOB);
    assert.deepEqual(asked, [stopped, leader]);
  });

  it('is answered by the next one where one is not there, knows nobody who leads, or hangs up', async () => {
    const [away, standby, broken, leader] = [
      await nowhere(),
      await serve(knowsNobody),
      await serve(hangsUp),
      await serve(leads),
    ];
    assert.deepEqual(await client(away, standby, broken, leader).job('j'), JOB);
    assert.deepEqual(asked, [standby, broken, leader]);
  });

  it('is led to who leads, and asks the next one where that is not there', async () => {
    const [away, leader] = [await nowhere(), await serve(leads)];
    const leadsTo =
      (port: number): Conduct =>
      (response) =>
        void response.writeHead(307, { location: `http://127.0.0.1:${port}/v1/jobs/j` }).end('{}');
    assert.deepEqual(await client(await serve(leadsTo(leader))).job('j'), JOB);
    assert.deepEqual(await client(await serve(leadsTo(away)), leader).job('j'), JOB);
  });

  it('does not ask the next one to do what the one before may have done', async () => {
    const [broken, leader] = [await serve(hangsUp), await serve(leads)];
    await assert.rejects(client(broken, leader).cancel('j'), { code: 'TG450' });
    assert.deepEqual(asked, [broken]);
    await client(await nowhere(), leader).cancel('j');
    assert.deepEqual(asked, [broken, leader]);
  });

  it('takes a refusal for the answer', async () => {
    const [first, leader] = [await serve(refuses), await serve(leads)];
    await assert.rejects(client(first, leader).job('j'), { code: 'TG451', retriable: false });
    assert.deepEqual(asked, [first]);
  });

  it('is told of the last one when none answers, and that another may lead soon', async () => {
    const [away, standby] = [await nowhere(), await serve(knowsNobody)];
    await assert.rejects(client(standby, away).job('j'), (error: unknown) => {
      assert.ok(error instanceof TidegateError);
      assert.deepEqual([error.code, error.retriable], ['TG450', true]);
      return error.message.includes(`127.0.0.1:${away}`);
    });
    await assert.rejects(client(away, standby).job('j'), { code: 'TG451', retriable: true });
  });
});
