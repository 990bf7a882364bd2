/**
 * A server of functions on which a test says what becomes of the next requests to a function, and the application that calls
 * them: each function of it counts what it is asked to, and answers with the sum.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { nodeListener, persisted, statefulFunction, types, type NodeListener } from '@tidegate/functions-sdk';
import { encodeFromFunction, type StateMutation } from '@tidegate/functions-sdk/protocol';

export const Ask = types.json<{ readonly add: number }>('fault/Ask');
const Sum = types.json<{ readonly sum: number }>('fault/Sum');

/** What a server does with a request instead of answering it. @param answer does answer it */
export type Misbehaviour = (request: IncomingMessage, response: ServerResponse, answer: NodeListener) => void;

export class FaultyFunctions {
  /** Calls of a function, however they were answered; by its name. */
  readonly calls = new Map<string, number>();
  readonly #listeners = new Map<string, NodeListener>();
  readonly #next = new Map<string, Misbehaviour[]>();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((request, response) => this.#serve(request, response));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket.on('close', () => this.#sockets.delete(socket)));
    });
  }

  static async start(): Promise<FaultyFunctions> {
    const functions = new FaultyFunctions();
    await once(functions.#server.listen(0, '127.0.0.1'), 'listening');
    return functions;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** As the application calls them: `http: URL`. */
  urlOf(name: string): string {
    return `http://127.0.0.1:${this.port}/${name}`;
  }

  /** The next requests to a function are answered so; then as they should be. */
  misbehave(name: string, ...how: readonly Misbehaviour[]): void {
    this.#next.set(name, [...how]);
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const name = request.url!.slice(1);
    const listener = this.#listenerOf(name);
    if (request.method !== 'POST') return listener(request, response);
    this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
    const how = this.#next.get(name)?.shift();
    if (how === undefined) listener(request, response);
    else how(request, response, listener);
  }

  #listenerOf(name: string): NodeListener {
    let listener = this.#listeners.get(name);
    if (listener === undefined) {
      const counter = statefulFunction(`fault/${name}`, { state: { sum: persisted(types.int, { default: 0 }) } });
      const counting = counter.on(Ask, (context, { add }) => {
        context.state.sum += add;
        if (context.caller !== undefined) context.reply(Sum, { sum: context.state.sum });
      });
      this.#listeners.set(name, (listener = nodeListener([counting], { onError: () => undefined })));
    }
    return listener;
  }
}

export const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\n';

/** An answer of this status and nothing else. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}): Misbehaviour {
  return (request, response) => {
    request.resume();
    response.writeHead(code, headers).end();
  };
}

/** Bytes as they are, and then the end of the connection. */
export function raw(...parts: readonly (string | Uint8Array)[]): Misbehaviour {
  return (request) => {
    request.resume();
    for (const part of parts) request.socket.write(part);
    request.socket.end();
  };
}

/** Answers with this instead of what the function says. */
export function body(bytes: Uint8Array): Misbehaviour {
  return (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes.length }).end(bytes);
  };
}

export function stateChange(...state: readonly StateMutation[]): Uint8Array {
  return encodeFromFunction({ kind: 'result', effects: { messages: [], delayed: [], egresses: [], state } });
}

/** The function is called, and its answer comes so much later. */
export function late(ms: number): Misbehaviour {
  return (request, response, answer) => {
    const end = response.end.bind(response);
    response.end = ((chunk: Uint8Array) => {
      setTimeout(() => end(chunk), ms);
      return response;
    }) as typeof response.end;
    answer(request, response);
  };
}

/** Nothing is ever answered. */
export const hangs: Misbehaviour = (request) => void request.resume();
