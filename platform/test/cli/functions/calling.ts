/** A client of functions, as its tests call it: with promises, and with servers of every kind. */
import { types } from '@tidegate/functions-sdk';
import type { EndpointDescription, InvocationBatch, InvocationOutcome } from '@tidegate/functions-sdk/protocol';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSocketServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { HttpFunctionClient, type HttpFunctionClientOptions } from '../../../src/cli/functions/http-function-client.js';
import { systemClock } from '../../../src/cli/runtime/system-clock.js';
import type { CallFailure, CallOutcome } from '../../../src/functions/function-client.js';
import type { HttpEndpointDescriptor } from '../../../src/job/function-endpoint.js';

export const OCTETS = 'application/octet-stream';

export function newClient(options: Partial<HttpFunctionClientOptions> = {}): HttpFunctionClient {
  return new HttpFunctionClient({ clock: systemClock, policy: { trusted: true }, ...options });
}

export function endpointAt(url: string, rest: Partial<HttpEndpointDescriptor> = {}): HttpEndpointDescriptor {
  return {
    kind: 'http',
    requestsMax: 16,
    id: url,
    url,
    timeoutMs: 20_000,
    connectTimeoutMs: 10_000,
    maxAnswerBytes: 1024 * 1024,
    ...rest,
  };
}

/** Text messages for one address. */
export function textBatch(id: string, ...texts: readonly string[]): InvocationBatch {
  const { typename } = types.string;
  return {
    target: { type: 'example/greeter', id },
    state: [],
    invocations: texts.map((text) => ({
      caller: undefined,
      argument: { typename, hasValue: true, bytes: types.string.encode(text) },
    })),
  };
}

export function callAll(
  client: HttpFunctionClient,
  endpoint: HttpEndpointDescriptor,
  batches: readonly InvocationBatch[],
): Promise<readonly CallOutcome[]> {
  return new Promise((resolve) => client.call(endpoint, batches, resolve));
}

export async function callOne(
  client: HttpFunctionClient,
  endpoint: HttpEndpointDescriptor,
  batch: InvocationBatch = textBatch('ann', 'Ann'),
): Promise<CallOutcome> {
  const [outcome] = await callAll(client, endpoint, [batch]);
  if (outcome === undefined) throw new Error('there is no outcome');
  return outcome;
}

export function describeEndpoint(
  client: HttpFunctionClient,
  endpoint: HttpEndpointDescriptor,
): Promise<EndpointDescription | CallFailure> {
  return new Promise((resolve) => client.describe(endpoint, resolve));
}

/** What a message says that the function has sent: `greeter` sends its greeting on. */
export function sentTexts(outcome: CallOutcome): readonly string[] {
  if (outcome.kind !== 'result') throw new Error(`it is a ${outcome.kind}: ${JSON.stringify(outcome)}`);
  return outcome.effects.messages.map(({ argument }) => types.string.decode(argument.bytes));
}

/** The outcome of a function that has sent a text. */
export function textResult(text: string): InvocationOutcome {
  const { typename } = types.string;
  const argument = { typename, hasValue: true, bytes: types.string.encode(text) };
  const messages = [{ target: { type: 'example/inbox', id: 'ann' }, argument }];
  return { kind: 'result', effects: { messages, delayed: [], egresses: [], state: [] } };
}

/** Servers on ports of their own, which are closed together, with whoever is connected. */
export class Servers {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  /** Gives its URL. */
  http(listener: RequestListener): Promise<string> {
    return this.#listen(createServer(listener));
  }

  /** What speaks bytes, as real servers do not. */
  raw(onConnection: (socket: Socket) => void): Promise<string> {
    return this.#listen(
      createSocketServer((socket) => {
        socket.on('error', () => undefined);
        onConnection(socket);
      }),
    );
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#servers.splice(0).map((server) => once(server.close(), 'close')));
  }

  async #listen(server: Server): Promise<string> {
    server.on('connection', (socket: Socket) => this.#sockets.add(socket));
    this.#servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
}
