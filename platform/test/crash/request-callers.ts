/**
 * Clients that call functions through `requests`, one call after the other, and do not give up: whatever happens to the
 * job, each asks again with the same idempotency key until it is answered. What they were told is held against what the functions remember in the end.
 */
import { Agent, request } from 'node:http';

export interface Told {
  readonly key: string;
  readonly address: string;
  readonly body: string;
}

export interface RequestCallersOptions {
  /** Where requests are taken now; undefined: nowhere. */
  port(): number | undefined;
  readonly clients: number;
  /** Which address a call is for, and what it says. */
  call(client: number, number: number): { readonly address: string; readonly body: unknown };
}

const AGAIN_MS = 40;
const PATIENCE_MS = 100_000;

export class RequestCallers {
  readonly told: Told[] = [];
  /** Answers that were no reply: 202, 503, broken connections. */
  repeated = 0;
  readonly #finished: Promise<unknown>;
  #isOver = false;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(private readonly options: RequestCallersOptions) {
    this.#finished = Promise.all(Array.from({ length: options.clients }, (_, client) => this.#calls(client)));
    // Whoever waits for them hears of it then.
    this.#finished.catch(() => undefined);
  }

  /** Asks once more, what may have been asked before. */
  async ask(key: string, address: string, body: unknown): Promise<string> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const answer = await this.#post(key, address, JSON.stringify(body));
      if (answer?.status === 200) return answer.body;
      if (answer !== undefined && answer.status !== 202 && answer.status !== 503)
        throw new Error(`${key}: ${answer.status} ${answer.body}`);
      if (performance.now() > deadline) throw new Error(`${key} was never answered`);
      this.repeated++;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  /** Resolves when so many more have been answered. */
  async more(count: number): Promise<void> {
    const wanted = this.told.length + count;
    const deadline = performance.now() + PATIENCE_MS;
    while (this.told.length < wanted) {
      if (performance.now() > deadline) throw new Error(`${this.told.length} calls were answered, not ${wanted}`);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  /** Nobody begins anything any more. Resolves when all that was begun is answered. */
  async finish(): Promise<void> {
    this.#isOver = true;
    await this.#finished;
  }

  close(): void {
    this.#isOver = true;
    this.#agent.destroy();
  }

  async #calls(client: number): Promise<void> {
    for (let number = 0; !this.#isOver; number++) {
      const { address, body } = this.options.call(client, number);
      const key = `${client}-${number}`;
      this.told.push({ key, address, body: await this.ask(key, address, body) });
    }
  }

  /** Undefined when there was no answer. */
  #post(key: string, address: string, body: string): Promise<{ status: number; body: string } | undefined> {
    const port = this.options.port();
    if (port === undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const asked = request(
        {
          port,
          host: '127.0.0.1',
          agent: this.#agent,
          method: 'POST',
          path: `/v1/functions/test/${address}`,
          headers: { 'idempotency-key': key, 'content-length': Buffer.byteLength(body) },
        },
        (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('error', () => resolve(undefined));
          response.on('end', () => resolve({ status: response.statusCode!, body: text }));
        },
      );
      asked.on('error', () => resolve(undefined));
      asked.end(body);
    });
  }
}
