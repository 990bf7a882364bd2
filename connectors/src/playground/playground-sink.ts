/**
 * Records behind a small HTTP server, one for each GET.
 *
 * | asked                            | answer                                          |
 * |----------------------------------|-------------------------------------------------|
 * | GET /TOPIC, where records wait   | 200 with the oldest, which is gone from then on |
 * | GET /TOPIC, where none does      | 404, which names the topics in which some do    |
 * | another method                   | 405                                             |
 * | another Host, or a web page      | 421, 403                                        |
 *
 * Invariants
 * - The server listens while there is a writer. It takes nothing in, so nothing of it needs a bound but the records.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ConnectorError,
  connectorError,
  type ConfigOf,
  type ConnectorContext,
  type OutgoingRecord,
  type Sink,
  type SinkWriter,
} from '../api/index.js';
import { allowedNames, isLoopback } from '../http/addresses.js';
import { arrivalLimits } from '../http/arrival-limits.js';
import { checkSender } from '../http/request-check.js';
import type { sinkOptions } from './sink-options.js';
import { TopicQueues } from './topic-queues.js';

const DEFAULT_TOPIC = 'records';

type PlaygroundOptions = ConfigOf<typeof sinkOptions>;

export class PlaygroundSink implements Sink {
  readonly deliveries = ['none'] as const;

  /** Throws a ConnectorError `invalid-option`. */
  constructor(
    private readonly options: PlaygroundOptions,
    private readonly context: ConnectorContext,
  ) {
    const { host, insecure } = options;
    if (isLoopback(host) || insecure) return;
    throw new ConnectorError(
      'invalid-option',
      `egress ${context.name}: others can reach ${host} and there is no authentication; listen on 127.0.0.1, or write insecure: true`,
    );
  }

  createWriter(): SinkWriter {
    return new PlaygroundWriter(this.options, this.context);
  }
}

class PlaygroundWriter implements SinkWriter {
  readonly #queues: TopicQueues;
  readonly #server: Server;
  readonly #names: ReadonlySet<string> | undefined;
  #isFull = false;

  constructor(
    private readonly options: PlaygroundOptions,
    private readonly context: ConnectorContext,
  ) {
    const { host, port, keep } = options;
    this.#queues = new TopicQueues(keep);
    this.#names = allowedNames(host, undefined);
    this.#server = createServer(arrivalLimits(), (request, response) => this.#serve(request, response));
    this.#server.on('error', (error) => context.fail(connectorError(`${host}:${port}`, error)));
    this.#server.listen(port, host.replace(/^\[|\]$/g, ''), () => {
      const { port: taken } = this.#server.address() as AddressInfo;
      context.log?.(`egress ${context.name}: records can be asked for at http://${host}:${taken}/TOPIC`);
    });
  }

  write({ payload, values }: OutgoingRecord): void {
    const topic = String(values?.['topic'] ?? this.options.topic ?? DEFAULT_TOPIC);
    if (this.#queues.add(topic, payload) || this.#isFull) return;
    this.#isFull = true;
    this.context.log?.(`egress ${this.context.name}: ${this.options.keep} records wait, and further ones are dropped`);
  }

  ready(): boolean {
    return true;
  }

  onReady(): void {
    // It is always ready.
  }

  stage(): Uint8Array {
    return new Uint8Array();
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    // The body of a request is nobody's; it is read so that the connection can go on.
    request.resume();
    const answer = (status: number, body: string | Uint8Array): void => {
      response.writeHead(status, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
      response.end(body);
    };
    const refusal = checkSender(request, this.#names);
    if (refusal !== undefined) return answer(refusal.status, `${refusal.reason}\n`);
    if (request.method !== 'GET') return answer(405, 'ask for records by GET\n');
    const topic = topicOf(request.url ?? '/');
    const record = this.#queues.take(topic);
    if (record !== undefined) {
      this.#isFull = false;
      return answer(200, record);
    }
    const others = this.#queues.topics;
    const where = others.length === 0 ? 'in no topic' : `in ${others.slice(0, 10).join(', ')}`;
    answer(404, `nothing waits in ${JSON.stringify(topic)}; something waits ${where}\n`);
  }
}

function topicOf(url: string): string {
  const path = url.split('?')[0]!.slice(1);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
