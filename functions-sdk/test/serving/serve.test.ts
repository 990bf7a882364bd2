import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { serve, type FunctionServer } from '../../src/index.js';
import { greeter, greetingBytes, OCTETS, quiet, slowGreeter, textsOf } from './greeter.js';

const OPTIONS = { ...quiet, port: 0, stopOn: [] };

async function greet(url: string): Promise<Response> {
  return fetch(url, { method: 'POST', headers: OCTETS, body: greetingBytes('1', 'Ann') as Uint8Array<ArrayBuffer> });
}

/** What comes back for bytes on a connection, until it ends. */
async function exchange(url: string, ...parts: string[]): Promise<string> {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  for (const part of parts) socket.write(part);
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk) => (text += String(chunk)));
  await once(socket, 'close');
  return text;
}

describe('a server of functions', () => {
  let server: FunctionServer;
  afterEach(() => server.close());

  it('says that it is well', async () => {
    server = await serve([greeter], OPTIONS);
    const reply = await fetch(`${server.url}/health`);
    assert.deepEqual([reply.status, await reply.text()], [200, 'serving\n']);
  });

  it('serves one path alone when told to', async () => {
    server = await serve([greeter], { ...OPTIONS, path: '/statefun' });
    assert.equal((await greet(`${server.url}/statefun`)).status, 200);
    assert.equal((await greet(`${server.url}/statefun/test/greeter`)).status, 200);
    assert.equal((await greet(`${server.url}/statefunny`)).status, 404);
    assert.equal((await greet(server.url)).status, 404);
  });

  it('answers what was begun when it is closed, and lets nothing new in', async () => {
    const { fn, entered, release } = slowGreeter();
    server = await serve([fn], OPTIONS);
    const { url } = server;
    const begun = greet(url);
    await entered;
    const closed = server.close();
    await assert.rejects(greet(url));
    release();
    const reply = await begun;
    assert.deepEqual(textsOf(new Uint8Array(await reply.arrayBuffer())), ['Hello Ann']);
    assert.equal(reply.headers.get('connection'), 'close');
    await closed;
  });

  it('ends at the deadline whatever has not been answered', async () => {
    const { fn, entered, release } = slowGreeter();
    server = await serve([fn], { ...OPTIONS, drainTimeout: 1 });
    const begun = greet(server.url);
    await Promise.all([entered, assert.rejects(begun), entered.then(() => server.close())]);
    release();
  });

  it('rejects when the port is taken', async () => {
    server = await serve([greeter], OPTIONS);
    const port = Number(new URL(server.url).port);
    await assert.rejects(serve([greeter], { ...OPTIONS, port }), {
      code: 'EADDRINUSE',
      message: `the functions cannot be served at 127.0.0.1:${port}, where something listens already: stop that, or choose another port`,
    });
  });

  it('does not read a body that says it is too long, and ends the connection', async () => {
    server = await serve([greeter], { ...OPTIONS, maxBodyBytes: 10 });
    const head =
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/octet-stream\r\ncontent-length: 99999999\r\n\r\n';
    assert.match(await exchange(server.url, head), /^HTTP\/1\.1 413 .*connection: close/s);
  });

  it('stops reading a body that grows too long without saying so', async () => {
    server = await serve([greeter], { ...OPTIONS, maxBodyBytes: 10 });
    const head =
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/octet-stream\r\ntransfer-encoding: chunked\r\n\r\n';
    assert.match(await exchange(server.url, head, '14\r\n01234567890123456789\r\n'), /^HTTP\/1\.1 413 /);
  });

  it('has no effect of a request that breaks off', async () => {
    let calls = 0;
    const { fn } = slowGreeter();
    const counting = fn.definition.handlers.get('io.statefun.types/string')!;
    server = await serve(
      [
        {
          type: fn.type,
          definition: {
            ...fn.definition,
            handlers: new Map([['io.statefun.types/string', { ...counting, handle: () => void calls++ }]]),
          },
        },
      ],
      OPTIONS,
    );
    const body = greetingBytes('1', 'Ann');
    const head = `POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/octet-stream\r\ncontent-length: ${body.length}\r\n\r\n`;
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(head + body.subarray(0, 10).toString('latin1'), 'latin1');
    socket.end();
    socket.resume();
    await once(socket, 'close');
    assert.equal((await greet(server.url)).status, 200);
    assert.equal(calls, 1);
  });

  it('refuses other methods and encodings', async () => {
    server = await serve([greeter], OPTIONS);
    const put = await fetch(server.url, { method: 'PUT', body: 'x' });
    assert.deepEqual([put.status, put.headers.get('allow')], [405, 'GET, HEAD, POST']);
    const headers = { ...OCTETS, 'content-encoding': 'gzip' };
    const zipped = await fetch(server.url, {
      method: 'POST',
      headers,
      body: greetingBytes('1', 'Ann') as Uint8Array<ArrayBuffer>,
    });
    assert.equal(zipped.status, 415);
  });
});

describe('a process that serves functions', () => {
  it('told to terminate, answers what was begun and ends by itself', async () => {
    const child = fork(fileURLToPath(new URL('./served-process.js', import.meta.url)));
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    const begun = greet(url);
    await once(child, 'message');
    child.kill('SIGTERM');
    await assert.rejects(refusedBy(url));
    child.send('release');
    const reply = await begun;
    assert.deepEqual(textsOf(new Uint8Array(await reply.arrayBuffer())), ['Hello Ann']);
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });
});

/** Asks for its health, again and again, until nobody answers: a signal takes its time. */
async function refusedBy(url: string): Promise<never> {
  for (;;) await fetch(`${url}/health`, { headers: { connection: 'close' } });
}
