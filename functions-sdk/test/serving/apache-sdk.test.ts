/** The other way round: a platform that speaks this package’s protocol calls functions of Apache’s own JavaScript SDK. */
import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { types } from '../../src/index.js';
import { toTypedValue } from '../../src/types/value-type.js';
import {
  decodeFromFunction,
  encodeToFunction,
  type InvocationBatch,
  type InvocationOutcome,
} from '../../src/protocol.js';
import { OCTETS } from './greeter.js';

interface Apache {
  StateFun: {
    new (): { bind(spec: object): void; handler(): RequestListener };
    intType(): object;
    stringType(): object;
  };
  messageBuilder(message: object): object;
  kafkaEgressMessage(message: object): object;
}

interface ApacheContext {
  storage: { seen: number | null };
  self: { id: string };
  send(message: object): void;
  sendAfter(delay: number, message: object, token?: string): void;
  cancelDelayedMessage(token: string): void;
}

const { StateFun, messageBuilder, kafkaEgressMessage } = createRequire(import.meta.url)(
  'apache-flink-statefun',
) as Apache;

function greeter(context: ApacheContext, message: { asString(): string }): void {
  context.storage.seen = (context.storage.seen ?? 0) + 1;
  const value = `Hello ${message.asString()} x${context.storage.seen}`;
  context.send(messageBuilder({ typename: 'com.example/inbox', id: context.self.id, value }));
  context.sendAfter(1000, messageBuilder({ typename: 'com.example/greeter', id: 'bob', value: 'again' }), 'tok-1');
  context.cancelDelayedMessage('tok-0');
  context.send(kafkaEgressMessage({ typename: 'com.example/greets', topic: 'greetings', key: 'bob', value }));
}

function request(state: InvocationBatch['state'], ...names: string[]): InvocationBatch {
  const invocations = names.map((name) => ({ caller: undefined, argument: toTypedValue(types.string, name) }));
  return { target: { type: 'com.example/greeter', id: 'bob' }, state, invocations };
}

describe('a function of Apache’s SDK, called by this protocol', () => {
  let server: Server;
  let url: string;

  before(async () => {
    const functions = new StateFun();
    const specs = [{ name: 'seen', type: StateFun.intType(), expireAfterCall: 60_000 }];
    functions.bind({ typename: 'com.example/greeter', specs, fn: greeter });
    server = createServer(functions.handler());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  async function call(batch: InvocationBatch): Promise<InvocationOutcome> {
    const body = encodeToFunction(batch) as Uint8Array<ArrayBuffer>;
    const reply = await fetch(url, { method: 'POST', headers: OCTETS, body });
    assert.equal(reply.status, 200);
    return decodeFromFunction(new Uint8Array(await reply.arrayBuffer()));
  }

  it('says which state it needs', async () => {
    assert.deepEqual(await call(request([], 'bob')), {
      kind: 'incomplete',
      missing: [{ name: 'seen', typename: 'io.statefun.types/int', expiration: { after: 'call', ms: 60_000 } }],
    });
  });

  it('answers a batch with all kinds of effects', async () => {
    const outcome = await call(request([{ name: 'seen', value: toTypedValue(types.int, 40) }], 'Ann', 'Bob'));
    assert.ok(outcome.kind === 'result');
    const { messages, delayed, egresses, state } = outcome.effects;
    assert.deepEqual(
      messages.map(({ target, argument }) => [target, types.string.decode(argument.bytes)]),
      [
        [{ type: 'com.example/inbox', id: 'bob' }, 'Hello Ann x41'],
        [{ type: 'com.example/inbox', id: 'bob' }, 'Hello Bob x42'],
      ],
    );
    assert.deepEqual(
      delayed.map((message) => [message.kind, message.token, message.kind === 'send' ? message.delayMs : undefined]),
      [
        ['send', 'tok-1', 1000],
        ['cancel', 'tok-0', undefined],
        ['send', 'tok-1', 1000],
        ['cancel', 'tok-0', undefined],
      ],
    );
    assert.deepEqual([egresses.length, egresses[0]?.egress], [2, 'com.example/greets']);
    assert.deepEqual(
      state.map(({ name, value }) => [name, types.int.decode(value!.bytes)]),
      [['seen', 42]],
    );
  });
});
