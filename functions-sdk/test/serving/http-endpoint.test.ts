import assert from 'node:assert/strict';
import { persisted, statefulFunction, types, type EndpointOptions } from '../../src/index.js';
import { HttpEndpoint, STATEFUN_TYPE, type EndpointReply } from '../../src/serving/http-endpoint.js';
import type { Problem } from '../../src/serving/problem.js';
import {
  decodeSharedReplies,
  encodeSharedRequest,
  SHARED_REQUEST_TYPE,
  type InvocationFailure,
} from '../../src/wire/shared-request.js';
import { greeter, greeting, greetingBytes, OCTETS, quiet, textsOf } from './greeter.js';

async function ask(method: string, body: Uint8Array, options: EndpointOptions): Promise<EndpointReply> {
  const endpoint = new HttpEndpoint([greeter], { ...quiet, ...options });
  return endpoint.answer({ method, header: (name) => (OCTETS as Record<string, string>)[name], body });
}

const codeOf = ({ body }: EndpointReply): string => (JSON.parse(Buffer.from(body).toString()) as { code: string }).code;

/** Emits what cannot be written; `await` makes it wait before. */
const garbler = statefulFunction('test/greeter').on(types.string, (context, name): void | Promise<void> => {
  const argument = { typename: 'a/b', hasValue: true, bytes: new Uint8Array(0) };
  const emit = (): void => context.emit({ egress: name.startsWith('garble') ? 'test/\ud83d' : 'test/out', argument });
  return name.endsWith('await') ? Promise.resolve().then(emit) : emit();
});

describe('an endpoint', () => {
  for (const how of ['', ' await'])
    it(`fails a batch alone whose answer cannot be written${how === '' ? '' : ', also after it has waited'}`, async () => {
      const endpoint = new HttpEndpoint([garbler], quiet);
      const header = (): string => SHARED_REQUEST_TYPE;
      const body = encodeSharedRequest([
        greeting('1', `fine${how}`),
        greeting('2', `garble${how}`),
        greeting('3', 'fine'),
      ]);
      const reply = await endpoint.answer({ method: 'POST', header, body });
      assert.equal(reply.status, 200);
      const [first, second, third] = decodeSharedReplies(reply.body);
      assert.deepEqual([first?.kind, second?.kind, third?.kind], ['result', 'failure', 'result']);
      const problem = JSON.parse((second as InvocationFailure).problem) as Problem;
      assert.deepEqual(
        [problem.code, problem.retriable, problem.function, problem.id],
        ['invalid-effect', false, 'test/greeter', '2'],
      );
      const alone = await endpoint.answer({
        method: 'POST',
        header: () => STATEFUN_TYPE,
        body: greetingBytes('2', `garble${how}`),
      });
      assert.deepEqual(JSON.parse(Buffer.from(alone.body).toString()), problem);
    });

  it('tells of every failure, with what the handler threw', async () => {
    const told: [code: string, cause: unknown][] = [];
    await ask('POST', greetingBytes('1', 'crash'), { onError: ({ code, cause }) => void told.push([code, cause]) });
    assert.deepEqual(told, [['handler-failed', new TypeError('broken')]]);
  });

  it('answers also when whom it tells of a failure fails', async () => {
    const written: string[] = [];
    const { write } = process.stderr;
    process.stderr.write = (text): boolean => written.push(String(text)) > 0;
    try {
      const onError = (): void => {
        throw new Error('the log is full');
      };
      assert.equal(codeOf(await ask('POST', greetingBytes('1', 'reject'), { onError })), 'rejected');
    } finally {
      process.stderr.write = write;
    }
    assert.match(written.join(''), /\[rejected\] test\/greeter "1", message 0: not that name\n.*the log is full/s);
  });

  it('asks its own check of who calls, which may take its time and may fail', async () => {
    const body = greetingBytes('1', 'Ann');
    const open = await ask('POST', body, { authenticate: async () => undefined });
    assert.deepEqual(textsOf(open.body), ['Hello Ann']);
    const closed = await ask('POST', body, { authenticate: () => 'not on a Sunday' });
    assert.deepEqual([closed.status, codeOf(closed)], [401, 'not-authentic']);
    const broken = await ask('POST', body, { authenticate: () => Promise.reject(new Error('no directory')) });
    assert.equal(broken.status, 500);
  });

  it('describes its functions with their state, messages, limits and extensions', () => {
    const fn = statefulFunction('a/b', {
      state: { n: types.int, kept: persisted(types.bool, { expireAfterWrite: '1s' }) },
    })
      .on(types.string, () => undefined)
      .otherwise(() => undefined);
    const endpoint = new HttpEndpoint([fn], { maxBodyBytes: 7 });
    const reply = endpoint.answer({ method: 'GET', header: () => undefined, body: new Uint8Array(0) }) as EndpointReply;
    assert.deepEqual(JSON.parse(Buffer.from(reply.body).toString()), {
      protocol: 'io.statefun.sdk.reqreply',
      functions: [
        {
          type: 'a/b',
          state: [
            { name: 'n', type: 'io.statefun.types/int' },
            { name: 'kept', type: 'io.statefun.types/bool', expiration: { after: 'write', ms: 1000 } },
          ],
          accepts: ['io.statefun.types/string'],
          acceptsOthers: true,
        },
      ],
      limits: { maxBodyBytes: 7 },
      extensions: { sharedRequests: { contentType: 'application/vnd.tidegate.shared-request+protobuf' } },
    });
  });
});
