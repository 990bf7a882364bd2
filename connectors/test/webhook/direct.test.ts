/** The sink `webhook` without a queue: what a receiver gets, and what becomes of what it does not take. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OutgoingRecord, SinkWriter } from '../../src/api/index.js';
import { webhook } from '../../src/webhook/index.js';
import { startReceiver, type Answer, type Receiver } from '../http/receiver.js';
import { configured } from '../support/configured.js';
import { createContext, type TestContext } from '../support/context.js';
import { atLeastOnce } from '../support/writing.js';

const TIMEOUT = 10_000;

describe('the sink webhook without a queue', function () {
  this.timeout(20_000);
  let context: TestContext;
  let receiver: Receiver;
  /** Pauses that were asked for; they pass at once, and the clock goes on by them. */
  let pauses: number[];
  let now = 0;
  beforeEach(() => {
    const real = createContext();
    pauses = [];
    now = 1_700_000_000_000;
    context = {
      ...real,
      now: () => now,
      sign: (secrets, body) => ({ name: 'tidegate-signature', value: `${secrets.join('+')} of ${body.length}` }),
      schedule: (ms, callback) => {
        if (ms === TIMEOUT) return real.schedule(ms, callback);
        pauses.push(ms);
        return real.schedule(0, () => {
          now += ms;
          callback();
        });
      },
    };
  });
  afterEach(async () => {
    await receiver.close();
    await context.remove();
  });

  const start = async (options: Record<string, unknown> = {}, answer?: Answer): Promise<SinkWriter> => {
    receiver = await startReceiver(answer);
    const all = { url: receiver.url, timeout: TIMEOUT, concurrency: 1, ...options };
    return webhook
      .sink!.createSink(configured(webhook.sink!.options, all), context, undefined)
      .createWriter(atLeastOnce());
  };
  const record = (id: string, more: Partial<OutgoingRecord> = {}): OutgoingRecord => ({
    ...{ payload: `{"id":"${id}"}`, timestamp: 0, id },
    ...more,
  });
  const bodies = (): string[] => receiver.received.map(({ body }) => body);
  const deadLetters = (): unknown[] => {
    const path = join(context.stateDir, 'rejected.jsonl');
    if (!existsSync(path)) return [];
    return readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  };

  it('sends each alert signed, with its key, its trace and the headers that were asked for', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const writer = await start({ secrets: ['one', 'two'], headers: { Authorization: 'Bearer x' } });
    writer.write(record('a', { traceparent }));
    await writer.flush();
    const [{ headers, body } = assert.fail()] = receiver.received;
    assert.equal(body, '{"id":"a"}');
    assert.equal(headers['tidegate-signature'], `one+two of ${body.length}`);
    assert.equal(headers['traceparent'], traceparent);
    assert.equal(headers.authorization, 'Bearer x');
    assert.equal(headers['content-type'], 'application/json');
    assert.match(String(headers['idempotency-key']), /^[0-9a-f]{32}$/);
    await writer.close();
  });

  it('has one key for all tries of an alert and in every run, and another for another alert', async () => {
    const first = await start({}, (index) => (index < 2 ? 503 : 200));
    first.write(record('a'));
    first.write(record('b'));
    await first.close();
    const keys = receiver.received.map(({ headers }) => headers['idempotency-key']);
    await receiver.close();
    const second = await start();
    second.write(record('a'));
    await second.close();
    assert.deepEqual([new Set(keys).size, keys.length], [2, 4]);
    assert.ok(keys.includes(receiver.received[0]?.headers['idempotency-key']));
  });

  it('an alert that pauses holds back no other one', async () => {
    let refusals = 2;
    const writer = await start({ concurrency: 2 }, () => (refusals-- > 0 ? 500 : 200));
    for (const id of ['a', 'b', 'c', 'd']) writer.write(record(id));
    await writer.flush();
    assert.equal(new Set(bodies()).size, 4);
    assert.equal(bodies().length, 6);
    await writer.close();
  });

  it('has as many requests under way as concurrency says, and no more', async () => {
    let underWay = 0;
    let most = 0;
    const slow = await import('node:http').then(({ createServer }) =>
      createServer((request, response) => {
        most = Math.max(most, ++underWay);
        request.resume().once('end', () =>
          setTimeout(() => {
            underWay--;
            response.end();
          }, 10),
        );
      }),
    );
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    const { port } = slow.address() as { port: number };
    const writer = await start({ concurrency: 3, url: `http://127.0.0.1:${port}/` });
    for (let index = 0; index < 12; index++) writer.write(record(`r${index}`));
    await writer.close();
    assert.equal(most, 3);
    slow.close();
    slow.closeAllConnections();
  });

  it('sends no more often than rateLimit says', async () => {
    const writer = await start({ rateLimit: { requests: 2, per: 1000 }, concurrency: 8 });
    const times: number[] = [];
    const began = now;
    for (let index = 0; index < 5; index++) writer.write(record(`r${index}`));
    await writer.flush();
    times.push(now - began);
    assert.equal(receiver.received.length, 5);
    assert.deepEqual(times, [2000]);
    await writer.close();
  });

  it('waits as long as 429 asks before it sends anything', async () => {
    const writer = await start({ maxBackoff: 60_000 }, (index) =>
      index === 0 ? { status: 429, headers: { 'retry-after': '7' } } : 200,
    );
    const began = now;
    writer.write(record('a'));
    writer.write(record('b'));
    await writer.flush();
    assert.deepEqual(bodies().toSorted(), ['{"id":"a"}', '{"id":"a"}', '{"id":"b"}']);
    assert.ok(now - began >= 7000, `${now - began} ms`);
    assert.deepEqual(
      pauses.filter((ms) => ms >= 7000),
      [7000, 7000],
    );
    await writer.close();
  });

  const policies: [then: string, letters: number, log: RegExp][] = [
    ['dead-letter', 1, /answered 503, after 2 retries: the alert is kept as a dead letter/],
    ['drop', 0, /answered 503, after 2 retries: the alert is dropped/],
  ];
  for (const [then, letters, log] of policies) {
    it(`when the retries are used up: ${then} goes on, and counts and says it`, async () => {
      const counts: string[] = [];
      context = {
        ...context,
        metrics: { count: (name) => void counts.push(name), took: () => undefined, level: () => undefined },
      };
      const writer = await start({ then, retries: 2 }, (index) => (index < 3 ? 503 : 200));
      writer.write(record('a'));
      await writer.flush();
      writer.write(record('b'));
      await writer.close();
      assert.deepEqual(bodies(), [...Array.from({ length: 3 }, () => '{"id":"a"}'), '{"id":"b"}']);
      assert.equal(deadLetters().length, letters);
      assert.match(context.lines.join('\n'), log);
      const retried = 'deliveries.retried';
      assert.deepEqual(counts, [retried, retried, 'deliveries.given_up', 'deliveries.delivered']);
      assert.deepEqual(context.failures, []);
    });
  }

  it('when the retries are used up: fail fails the job, which may be started again', async () => {
    const writer = await start({ then: 'fail', retries: 1 }, () => 503);
    writer.write(record('a'));
    writer.write(record('b'));
    await assert.rejects(writer.flush(), { code: 'unavailable', retriable: true, message: /after 1 retries$/ });
    assert.equal(context.failures.length, 1);
    await assert.rejects(writer.close());
  });

  it('what is refused for good is not sent again, and kept with the reason', async () => {
    const writer = await start({}, () => 410);
    writer.write(record('a'));
    await writer.flush();
    assert.equal(receiver.received.length, 1);
    assert.deepEqual(deadLetters(), [
      { reason: `egress events: ${new URL(receiver.url).origin}: answered 410`, id: 'a', payload: '{"id":"a"}' },
    ]);
    await writer.close();
  });

  it('with delivery none a flush waits for nobody, and close for all', async () => {
    receiver = await startReceiver();
    const all = configured<Record<string, unknown>>(webhook.sink!.options, { url: receiver.url, timeout: TIMEOUT });
    const writer = webhook
      .sink!.createSink(all, context, undefined)
      .createWriter({ ...atLeastOnce(), delivery: 'none' });
    writer.write(record('a'));
    await writer.flush();
    assert.equal(receiver.received.length, 0);
    await writer.close();
    assert.equal(receiver.received.length, 1);
  });

  it('refuses secrets that can be guessed, without printing them', async () => {
    context = {
      ...context,
      sign: () => {
        throw new RangeError('too short');
      },
    };
    await assert.rejects(start({ secrets: ['abc'] }), { code: 'invalid-option', message: /secrets: too short$/ });
  });
});
