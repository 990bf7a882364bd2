/** Remote functions over HTTP: what a call comes to, against real servers, good and bad ones. */
import assert from 'node:assert/strict';
import { encodeFromFunction } from '@tidegate/functions-sdk/protocol';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpFunctionClient } from '../../../src/cli/functions/http-function-client.js';
import type { CallFailure, CallOutcome } from '../../../src/functions/function-client.js';
import {
  callOne,
  describeEndpoint,
  endpointAt,
  newClient,
  OCTETS,
  sentTexts,
  Servers,
  textBatch,
  textResult,
} from './calling.js';

const ANSWER = encodeFromFunction(textResult('Hello'));
const HEAD = `HTTP/1.1 200 OK\r\ncontent-type: ${OCTETS}\r\n`;

function answer(response: ServerResponse, body: Uint8Array = ANSWER): void {
  response.writeHead(200, { 'content-type': OCTETS }).end(body);
}

/** Answers each request on a connection with these bytes. */
function replying(...parts: readonly (string | Uint8Array)[]): (socket: Socket) => void {
  return (socket) => {
    socket.on('data', () => parts.forEach((part) => socket.write(part)));
  };
}

function failure(outcome: CallOutcome): CallFailure {
  assert.equal(outcome.kind, 'failure');
  return outcome as CallFailure;
}

describe('a client of remote functions', () => {
  const servers = new Servers();
  let client: HttpFunctionClient;

  beforeEach(() => {
    client = newClient();
  });
  afterEach(async () => {
    await client.close();
    await servers.close();
  });

  it('posts a batch as StateFun does and gives what the function answered', async () => {
    const url = await servers.http((request, response) => {
      const { method, url: path, headers } = request;
      assert.deepEqual(
        [method, path, headers['content-type'], headers.accept, headers.connection],
        ['POST', '/statefun?x=1', OCTETS, OCTETS, 'keep-alive'],
      );
      request.resume().once('end', () => answer(response));
    });
    assert.deepEqual(sentTexts(await callOne(client, endpointAt(`${url}/statefun?x=1`))), ['Hello']);
  });

  it('says in the head of a call in which trace it is, and nothing where it is in none', async () => {
    const told: unknown[] = [];
    const url = await servers.http(({ headers }, response) => {
      told.push(headers['traceparent']);
      answer(response);
    });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await callOne(client, endpointAt(url), { ...textBatch('ann', 'Ann'), traceparent });
    await callOne(client, endpointAt(url));
    assert.deepEqual(told, [traceparent, undefined]);
  });

  it('uses a connection again, and another one where that was closed meanwhile', async () => {
    let connections = 0;
    const url = await servers.raw((socket) => {
      connections += 1;
      let requests = 0;
      socket.on('data', () => {
        // The third request on a connection finds it closed, as if it had been sent in the moment of closing.
        if (++requests > 2) socket.resetAndDestroy();
        else socket.write(Buffer.concat([Buffer.from(`${HEAD}content-length: ${ANSWER.length}\r\n\r\n`), ANSWER]));
      });
    });
    const endpoint = endpointAt(url);
    for (let i = 0; i < 4; i++) assert.deepEqual(sentTexts(await callOne(client, endpoint)), ['Hello']);
    assert.equal(connections, 2);
  });

  it('F66: an answer of 500 is a failure that says so, and the next call is none', async () => {
    let calls = 0;
    const url = await servers.http((request, response) => {
      request.resume();
      if (++calls === 1) response.writeHead(500).end();
      else answer(response);
    });
    const { status, retriable, message } = failure(await callOne(client, endpointAt(url)));
    assert.deepEqual({ status, retriable }, { status: 500, retriable: true });
    assert.match(message, /^http:\/\/127\.0\.0\.1:\d+\/: answered 500$/);
    assert.deepEqual(sentTexts(await callOne(client, endpointAt(url))), ['Hello']);
  });

  describe('F67: an endpoint that is slow or hangs', () => {
    const cases: readonly [what: string, behave: (socket: Socket) => void, message: RegExp][] = [
      ['answers nothing', () => undefined, /no whole reply in 60ms/],
      ['stops within the head', replying('HTTP/1.1 200 OK\r\ncont'), /no whole reply in 60ms/],
      ['stops within the body', replying(`${HEAD}content-length: 9\r\n\r\n`, 'ab'), /no whole reply in 60ms/],
    ];
    for (const [what, behave, message] of cases) {
      it(`${what}: is left after the call's time, and its connection is closed`, async () => {
        let hasEnded: Promise<unknown> | undefined;
        const url = await servers.raw((socket) => {
          hasEnded = once(socket.resume(), 'close');
          behave(socket);
        });
        const told = failure(await callOne(client, endpointAt(url, { timeoutMs: 60 })));
        assert.match(told.message, message);
        assert.equal(told.retriable, true);
        await hasEnded;
      });
    }

    it('may take its time between two pieces, but no longer than the time for reading', async () => {
      const url = await servers.raw(replying(`${HEAD}content-length: 9\r\n\r\n`, 'ab'));
      const told = failure(await callOne(client, endpointAt(url, { readTimeoutMs: 60 })));
      assert.match(told.message, /nothing of the reply came in 60ms/);
    });

    it('does not take the request: is left after the time for writing', async () => {
      const url = await servers.raw((socket) => void socket.pause());
      const large = textBatch('ann', 'x'.repeat(32 * 1024 * 1024));
      const told = failure(await callOne(client, endpointAt(url, { writeTimeoutMs: 60 }), large));
      assert.match(told.message, /the request was not taken in 60ms/);
    });

    it('is asked by many at once, each of which ends', async () => {
      const url = await servers.raw((socket) => void socket.resume());
      const endpoint = endpointAt(url, { timeoutMs: 100 });
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => callOne(client, endpoint)));
      assert.deepEqual(new Set(outcomes.map((one) => failure(one).retriable)), new Set([true]));
    });
  });

  describe('F68: an endpoint whose answer is cut off', () => {
    const half = ANSWER.subarray(0, ANSWER.length >> 1);
    const cases: readonly [what: string, parts: readonly (string | Uint8Array)[]][] = [
      ['shorter than its length', [`${HEAD}content-length: ${ANSWER.length}\r\n\r\n`, half]],
      [
        'before its last chunk',
        [`${HEAD}transfer-encoding: chunked\r\n\r\n`, `${half.length.toString(16)}\r\n`, half, '\r\n'],
      ],
      [
        'before its last chunk, as the last answer of a connection',
        [`${HEAD}connection: close\r\ntransfer-encoding: chunked\r\n\r\n`, `${half.length.toString(16)}\r\n`, half],
      ],
      ['shorter than its length, as the last one', [`${HEAD}connection: close\r\ncontent-length: 999\r\n\r\n`, half]],
      ['within its head', ['HTTP/1.1 200 OK\r\ncontent-ty']],
      ['before its head', []],
      ['without a length, where nothing came', [`${HEAD}connection: close\r\n\r\n`]],
    ];
    for (const [what, parts] of cases) {
      it(`${what}: is a failure that may be tried again, and nothing of it is taken`, async () => {
        const url = await servers.raw((socket) => {
          socket.on('data', () => {
            parts.forEach((part) => socket.write(part));
            socket.end();
          });
        });
        const told = failure(await callOne(client, endpointAt(url)));
        assert.equal(told.retriable, true);
        assert.match(
          told.message,
          /the connection (?:ended within|was closed before) the reply|not of the length that its head says/,
        );
      });
    }

    it('without a length, where half a message came: is not of the protocol', async () => {
      const url = await servers.raw((socket) => {
        socket.on('data', () => {
          socket.write(`${HEAD}connection: close\r\n\r\n`);
          socket.end(half);
        });
      });
      failure(await callOne(client, endpointAt(url)));
    });

    it('longer than its length: neither it nor its rest is taken for an answer', async () => {
      let connections = 0;
      const url = await servers.raw((socket) => {
        const text = encodeFromFunction(textResult(`from ${++connections}`));
        const rest = connections === 1 ? ANSWER : [];
        socket.on('data', () => {
          socket.write(
            Buffer.concat([Buffer.from(`${HEAD}content-length: ${text.length}\r\n\r\n`), text, Buffer.from(rest)]),
          );
        });
      });
      failure(await callOne(client, endpointAt(url)));
      assert.deepEqual(sentTexts(await callOne(client, endpointAt(url))), ['from 2']);
    });
  });

  describe('F69: an answer that is none', () => {
    const octets = (body: string | Uint8Array): string[] | (string | Uint8Array)[] => [
      `${HEAD}content-length: ${body.length}\r\n\r\n`,
      body,
    ];
    const cases: readonly [
      what: string,
      parts: readonly (string | Uint8Array)[],
      retriable: boolean,
      message: RegExp,
    ][] = [
      ['of bytes that are no message', octets('not protobuf at all'), false, /./],
      [
        'of a page',
        ['HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nhi'],
        true,
        /of type text\/html/,
      ],
      ['without a type', ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi'], true, /of type none/],
      ['of 204', ['HTTP/1.1 204 No Content\r\n\r\n'], true, /of type none/],
      ['that is compressed', [`${HEAD}content-encoding: gzip\r\ncontent-length: 2\r\n\r\nhi`], true, /encoded as gzip/],
      ['whose head has no end', ['HTTP/1.1 200 OK\r\n', `x: ${'y'.repeat(32 * 1024)}\r\n`], true, /no HTTP/],
      [
        'with two lengths',
        [`${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\nabc`],
        true,
        /not of the length that its head says/,
      ],
      [
        'with a length and chunks',
        [`${HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n`, '2\r\nab\r\n0\r\n\r\n'],
        true,
        /not of the length that its head says/,
      ],
      ['that wants another protocol', ['HTTP/1.1 101 Up\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'], true, /./],
      ['that is no HTTP', ['SSH-2.0-OpenSSH_9.6\r\n'], true, /no HTTP/],
      ['of a length beyond the limit', [`${HEAD}content-length: 1048577\r\n\r\n`], false, /longer than 1048576 bytes/],
      [
        'without an end',
        [`${HEAD}transfer-encoding: chunked\r\n\r\n`, ...Array<string>(40).fill(`8000\r\n${'x'.repeat(0x8000)}\r\n`)],
        false,
        /longer than 1048576 bytes/,
      ],
    ];
    for (const [what, parts, retriable, message] of cases) {
      it(`${what} is a failure`, async () => {
        const url = await servers.raw(replying(...parts));
        const told = failure(await callOne(client, endpointAt(url)));
        assert.match(told.message, message);
        assert.equal(told.retriable, retriable);
      });
    }
  });

  describe('F70: an endpoint that answers twice, or late', () => {
    it('late: what comes after the time is heard by nobody, and the next call has its own answer', async () => {
      const held: ServerResponse[] = [];
      let outcomes = 0;
      const url = await servers.http((request, response) => {
        request.resume();
        if (held.length === 0) held.push(response);
        else answer(response, encodeFromFunction(textResult('second')));
      });
      const first = await new Promise<CallOutcome | undefined>((resolve) => {
        client.call(endpointAt(url, { timeoutMs: 60 }), [textBatch('ann', 'Ann')], ([outcome]) => {
          outcomes += 1;
          resolve(outcome);
        });
      });
      assert.equal(first?.kind, 'failure');
      answer(held[0]!);
      assert.deepEqual(sentTexts(await callOne(client, endpointAt(url))), ['second']);
      assert.equal(outcomes, 1);
    });

    for (const when of ['in one piece', 'later'] as const) {
      it(`twice, ${when}: the second one is no answer to the next call`, async () => {
        let connections = 0;
        const second = Buffer.concat([Buffer.from(`${HEAD}content-length: ${ANSWER.length}\r\n\r\n`), ANSWER]);
        let closed: () => void = () => undefined;
        const isClosed = new Promise<void>((resolve) => (closed = resolve));
        const url = await servers.raw((socket) => {
          const text = encodeFromFunction(textResult(`from ${++connections}`));
          const first = Buffer.concat([Buffer.from(`${HEAD}content-length: ${text.length}\r\n\r\n`), text]);
          socket.on('data', () => {
            if (connections > 1) return void socket.write(first);
            if (when === 'in one piece') return void socket.write(Buffer.concat([first, second]));
            socket.once('close', closed);
            socket.write(first, () => setImmediate(() => socket.write(second)));
          });
        });
        await callOne(client, endpointAt(url));
        if (when === 'later') await isClosed;
        assert.deepEqual(sentTexts(await callOne(client, endpointAt(url))), ['from 2']);
      });
    }
  });

  it('F71: an answer that redirects is a failure, and nobody is called at the other place', async () => {
    let strangers = 0;
    const other = await servers.http((request, response) => {
      strangers += 1;
      request.resume();
      answer(response);
    });
    for (const status of [301, 302, 303, 307, 308]) {
      const url = await servers.http((request, response) => {
        request.resume();
        response.writeHead(status, { location: other }).end();
      });
      const told = failure(await callOne(client, endpointAt(url)));
      assert.deepEqual([told.status, told.retriable], [status, false]);
      assert.match(told.message, /redirects are not followed/);
    }
    assert.equal(strangers, 0);
  });

  it('F66: an answer of any other status may be one of something in front of it, and may be tried again', async () => {
    for (const status of [400, 401, 403, 404, 409, 413, 500, 502]) {
      const url = await servers.http((request, response) => {
        request.resume();
        response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>no</h1>');
      });
      const told = failure(await callOne(client, endpointAt(url)));
      assert.deepEqual([told.status, told.retriable], [status, true]);
    }
  });

  it('F67: an endpoint that never answers the question what it is, is called all the same', async () => {
    const url = await servers.http((request, response) => {
      request.resume();
      if (request.method === 'POST') answer(response);
    });
    const endpoint = endpointAt(url, { timeoutMs: 3_600_000 });
    const told = await describeEndpoint(client, endpoint);
    assert.ok('kind' in told && told.status === undefined);
    assert.equal((await callOne(client, endpoint)).kind, 'result');
  });

  it('F67: nobody listens: the call is a failure that may be tried again', async () => {
    const url = await servers.http(() => undefined);
    await servers.close();
    const told = failure(await callOne(client, endpointAt(url)));
    assert.match(told.message, /ECONNREFUSED/);
    assert.equal(told.retriable, true);
  });

  it('tells nobody of a call that was cancelled, and closes its connection', async () => {
    let called: () => void = () => undefined;
    const isCalled = new Promise<void>((resolve) => (called = resolve));
    let hasEnded: Promise<unknown> | undefined;
    const url = await servers.raw((socket) => {
      hasEnded = once(socket, 'close');
      socket.once('data', called);
    });
    const cancel = client.call(endpointAt(url), [textBatch('ann', 'Ann')], () => assert.fail('it was cancelled'));
    await isCalled;
    cancel();
    await hasEnded;
  });

  it('lets go of everything when it is closed: nobody is told', async () => {
    let called: () => void = () => undefined;
    const isCalled = new Promise<void>((resolve) => (called = resolve));
    let hasEnded: Promise<unknown> | undefined;
    const url = await servers.raw((socket) => {
      hasEnded = once(socket, 'close');
      socket.once('data', called);
    });
    client.call(endpointAt(url), [textBatch('ann', 'Ann')], () => assert.fail('it was closed'));
    await isCalled;
    await client.close();
    await hasEnded;
  });
});
