/** `tidegate run` with webhooks, on a real receiver and a real Redis: every alert arrives, whatever dies. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { redisDatabase } from '@tidegate/connectors/services/shared-redis';
import { verify } from '@tidegate/functions-sdk/signature';
import { Child, inFolder, until } from '../applications/child.js';

/** A machine that has never started a server fetches it first. */
const START_MS = 300_000;
const ALERTS = 40;
const SECRET = 'a secret that both sides know';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly isAnswered: boolean;
}

/** Answers nobody until it is told to. */
class Hook {
  readonly received: Received[] = [];
  readonly #server: Server;
  #answers = false;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.once('end', () => this.#answer(request.headers, Buffer.concat(chunks), response));
    });
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}/hook`;
  }

  beginToAnswer(): void {
    this.#answers = true;
  }

  /** Payments whose alerts were answered, each as often as it was. */
  get answered(): string[] {
    return this.received
      .filter(({ isAnswered }) => isAnswered)
      .map(({ body }) => (JSON.parse(body.toString()) as { payment: string }).payment)
      .toSorted();
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(headers: IncomingHttpHeaders, body: Buffer, response: ServerResponse): void {
    this.received.push({ headers, body, isAnswered: this.#answers });
    if (this.#answers) response.writeHead(202).end('thank you');
  }
}

const application = (hook: string, more: string): string => `name: hooks
settings:
  checkpoint: { interval: 200ms }
  restart: none
ingresses:
  payments:
    file: payments.jsonl
    schema: { id: string, amount: double, ts: timestamp }
    time: { field: ts, format: epoch-millis }
rules:
  large:
    from: payments
    key: id
    where: amount > 500
    select: { payment: id }
    to: hook
egresses:
  hook:
    webhook:
      url: "${hook}"
      secrets: "\${HOOK_SECRET}"
      ${more}
`;

describe('a run that tells a receiver of its alerts', function () {
  this.timeout(START_MS);

  async function withHook(more: string, body: (hook: Hook, start: () => Child) => Promise<void>): Promise<void> {
    const hook = new Hook();
    await hook.listen();
    try {
      await inFolder(async (folder) => {
        const payments = Array.from({ length: ALERTS }, (_, n) => ({
          id: `p${n}`,
          amount: 900,
          ts: 1_700_000_000_000 + n,
        }));
        writeFileSync(join(folder, 'payments.jsonl'), payments.map((each) => `${JSON.stringify(each)}\n`).join(''));
        writeFileSync(join(folder, 'application.yaml'), application(hook.url, more));
        const env = { HOOK_SECRET: SECRET };
        await body(hook, () => new Child(['run'], { cwd: folder, input: '', env }));
      });
    } finally {
      hook.close();
    }
  }
  const expected = Array.from({ length: ALERTS }, (_, n) => `p${n}`).toSorted();

  async function killedBeforeAnAnswer(hook: Hook, start: () => Child): Promise<void> {
    const killed = start();
    await until(() => hook.received.length > 0, killed);
    killed.process.kill('SIGKILL');
    await killed.finished;
    hook.beginToAnswer();
    const { exitCode, err } = await start().finished;
    assert.equal(exitCode, 0, err);
  }

  const assertSigned = (hook: Hook): void => {
    for (const { headers, body } of hook.received) {
      const header = headers['tidegate-signature'];
      const check = { secrets: [SECRET], nowMs: Date.now(), replayWindowMs: START_MS };
      assert.equal(verify(String(header), body, check), undefined);
    }
  };

  it('by a queue: killed between enqueuing and delivery, each alert is delivered once, signed', async () => {
    const url = await redisDatabase();
    await withHook(`queue: { url: "${url}", lock: 2s }`, async (hook, start) => {
      await killedBeforeAnAnswer(hook, start);
      assert.deepEqual(hook.answered, expected);
      assertSigned(hook);
    });
  });

  it('without a queue: killed before an answer, each alert is delivered, signed', async () => {
    await withHook('timeout: 30s', async (hook, start) => {
      await killedBeforeAnAnswer(hook, start);
      assert.deepEqual([...new Set(hook.answered)], expected);
      assertSigned(hook);
    });
  });

  it('of alerts that come again, the key is that of the first time', async () => {
    await withHook('timeout: 30s', async (hook, start) => {
      await killedBeforeAnAnswer(hook, start);
      const keys = new Map<string, Set<unknown>>();
      for (const { body, headers } of hook.received) {
        const { payment } = JSON.parse(body.toString()) as { payment: string };
        keys.set(payment, (keys.get(payment) ?? new Set()).add(headers['idempotency-key']));
      }
      assert.ok([...keys.values()].every(({ size }) => size === 1));
      assert.ok(hook.received.length > ALERTS, 'nothing came twice');
    });
  });
});
