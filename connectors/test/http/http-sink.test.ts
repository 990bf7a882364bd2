import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SinkWriter } from '../../src/api/index.js';
import { http } from '../../src/http/index.js';
import { configured } from '../support/configured.js';
import { createContext, type TestContext } from '../support/context.js';
import { atLeastOnce } from '../support/writing.js';
import { startReceiver, type Answer, type Receiver } from './receiver.js';

const TIMEOUT = 10_000;
const SHORT_TIMEOUT = 51;
const TIMEOUTS = [TIMEOUT, SHORT_TIMEOUT];

describe('the sink http', function () {
  // Busy machines are slow.
  this.timeout(20_000);

  let context: TestContext;
  let receiver: Receiver;
  /** Pauses that were asked for, in order; they pass at once. */
  let pauses: number[];
  beforeEach(() => {
    const real = createContext();
    pauses = [];
    context = {
      ...real,
      schedule: (ms, callback) => {
        pauses.push(ms);
        // Only the timeouts of answers are waited for.
        return real.schedule(TIMEOUTS.includes(ms) ? ms : 0, callback);
      },
    };
  });
  afterEach(async () => {
    await receiver.close();
    await context.remove();
  });

  const start = async (options: Record<string, unknown> = {}, answer?: Answer): Promise<SinkWriter> => {
    receiver = await startReceiver(answer);
    return create({ url: receiver.url, ...options });
  };
  const create = (options: Record<string, unknown>): SinkWriter => {
    assert.ok(http.sink);
    const all = configured<Record<string, unknown>>(http.sink.options, { timeout: TIMEOUT, linger: 1, ...options });
    return http.sink.createSink(all, context, undefined).createWriter(atLeastOnce());
  };
  const record = (payload: string, id?: string) => ({ payload, timestamp: 0, ...(id === undefined ? {} : { id }) });
  const bodies = (): string[] => receiver.received.map(({ body }) => body);
  const retryPauses = (): number[] => pauses.filter((ms) => ms !== TIMEOUT && ms !== 1);

  it('sends each record by POST, in order, with its headers', async () => {
    const writer = await start({ headers: { Authorization: 'Bearer x' } });
    for (const index of [1, 2, 3]) writer.write(record(`{"a":${index}}`, `id-${index}`));
    await writer.close();
    assert.deepEqual(bodies(), ['{"a":1}', '{"a":2}', '{"a":3}']);
    const { headers } = receiver.received[0] ?? assert.fail();
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers.authorization, 'Bearer x');
    assert.equal(new Set(receiver.received.map((request) => request.headers['idempotency-key'])).size, 3);
  });

  it('sends batches as JSON lists, and the last one when its time has come', async () => {
    const writer = await start({ batch: 2 });
    for (const index of [1, 2, 3]) writer.write(record(`{"a":${index}}`));
    await writer.flush();
    assert.deepEqual(
      bodies().map((body) => JSON.parse(body) as unknown),
      [[{ a: 1 }, { a: 2 }], [{ a: 3 }]],
    );
    await writer.close();
  });

  it('makes the Idempotency-Key of the ids alone, the same at every try and in every run', async () => {
    const keys: unknown[] = [];
    for (const failures of [0, 2]) {
      const writer = await start({ batch: 2 }, (index) => (index < failures ? 503 : 200));
      writer.write(record('{"a":1}', 'one\r\nX-Evil: 1'));
      writer.write(record('{"a":2}', 'two'));
      await writer.close();
      keys.push(...receiver.received.map(({ headers }) => headers['idempotency-key']));
      assert.ok(receiver.received.every(({ headers }) => headers['x-evil'] === undefined));
      if (failures === 0) await receiver.close();
    }
    assert.equal(keys.length, 4);
    assert.equal(new Set(keys).size, 1);
    assert.match(String(keys[0]), /^[0-9a-f]{32}$/);
  });

  for (const status of [408, 429, 500, 503]) {
    it(`sends again after ${status}, keeping the order, with pauses that grow and vary`, async () => {
      const writer = await start({ backoff: 100, maxBackoff: 450 }, (index) => (index < 4 ? status : 200));
      writer.write(record('{"a":1}'));
      writer.write(record('{"a":2}'));
      await writer.close();
      assert.deepEqual(bodies(), [...Array.from({ length: 5 }, () => '{"a":1}'), '{"a":2}']);
      const bounds = [
        [50, 100],
        [100, 200],
        [200, 400],
        [225, 450],
      ];
      assert.equal(retryPauses().length, bounds.length);
      for (const [index, pause] of retryPauses().entries()) {
        const [least = NaN, most = NaN] = bounds[index] ?? [];
        assert.ok(pause >= least && pause <= most, `${pause} ms at retry ${index}`);
      }
    });
  }

  const retryAfter: [what: string, header: string, ms: number][] = [
    ['seconds', '7', 7000],
    ['a date', new Date(1_700_000_000_000 + 9000).toUTCString(), 9000],
    ['more than the longest pause', '86400', 20_000],
  ];
  for (const [what, header, ms] of retryAfter) {
    it(`obeys Retry-After: ${what}`, async () => {
      const writer = await start({ backoff: 10, maxBackoff: 20_000 }, (index) =>
        index === 0 ? { status: 429, headers: { 'retry-after': header } } : 200,
      );
      writer.write(record('{}'));
      await writer.close();
      assert.deepEqual(retryPauses(), [ms]);
    });
  }

  it('sends again when there is no answer in time', async () => {
    receiver = await startReceiver((index) => (index === 0 ? 'silent' : 200));
    const writer = create({ url: receiver.url, timeout: SHORT_TIMEOUT });
    writer.write(record('{"a":1}'));
    await writer.close();
    assert.deepEqual(bodies(), ['{"a":1}', '{"a":1}']);
  });

  it('fails when the retries are used up, and says that another try may help', async () => {
    const writer = await start({ retries: 2 }, () => 503);
    writer.write(record('{"a":1}'));
    writer.write(record('{"a":2}'));
    await assert.rejects(writer.flush(), {
      code: 'unavailable',
      retriable: true,
      message: /^egress events: http:\/\/127\.0\.0\.1:\d+: answered 503, after 2 retries$/,
    });
    assert.deepEqual(bodies(), ['{"a":1}', '{"a":1}', '{"a":1}']);
    assert.equal(context.failures.length, 1);
    await assert.rejects(writer.close(), { code: 'unavailable' });
  });

  it('fails when nobody listens', async () => {
    const writer = await start({ retries: 1 });
    await receiver.close();
    writer.write(record('{}'));
    await assert.rejects(writer.flush(), {
      code: 'unavailable',
      message: /cannot be reached \(ECONNREFUSED\), after 1 retries/,
    });
  });

  for (const status of [400, 401, 404, 413, 422]) {
    it(`fails at once on ${status}`, async () => {
      const writer = await start({}, () => status);
      writer.write(record('{}'));
      await assert.rejects(writer.flush(), {
        code: 'refused',
        retriable: false,
        message: new RegExp(`answered ${status}$`),
      });
      assert.equal(receiver.received.length, 1);
    });
  }

  it('has flushed when what was written before it is acknowledged, however much is written meanwhile', async () => {
    let more = true;
    const writer = await start({}, (index) => {
      if (more) writer.write(record(`{"a":${index + 1}}`));
      return 200;
    });
    writer.write(record('{"a":0}'));
    await writer.flush();
    assert.ok(bodies().includes('{"a":0}'));
    more = false;
    await writer.close();
  });

  const paces: [what: string, requestMs: number, waiting: number][] = [
    ['a slow receiver does in a second', 100, 12],
    ['a very slow one does, and at least one', 60_000, 2],
  ];
  for (const [what, requestMs, waiting] of paces) {
    it(`F62: takes no more than ${what}`, async () => {
      let now = 0;
      context.now = () => (now += requestMs);
      const writer = await start();
      let written = 0;
      let most = 0;
      const fill = (): void => {
        while (written < 100 && writer.ready()) writer.write(record(`{"a":${written++}}`));
        most = Math.max(most, written - receiver.received.length);
      };
      writer.onReady(fill);
      fill();
      while (written < 100) await writer.flush();
      await writer.close();
      assert.equal(receiver.received.length, 100);
      assert.ok(most <= waiting, `${most} waited`);
    });
  }

  it('takes much while the receiver is quick', async () => {
    context.now = () => 0;
    const writer = await start();
    for (let index = 0; index < 100; index++) {
      writer.write(record('{"a":1}'));
      await writer.flush();
    }
    for (let index = 0; index < 300; index++) {
      assert.ok(writer.ready());
      writer.write(record('{"a":1}'));
    }
    await writer.close();
  });

  it('does not follow redirects', async () => {
    const elsewhere = await startReceiver();
    const writer = await start({}, () => ({ status: 307, headers: { location: elsewhere.url } }));
    writer.write(record('{}'));
    await assert.rejects(writer.flush(), { code: 'refused', message: /answered 307; redirects are not followed/ });
    assert.deepEqual(elsewhere.received, []);
    await elsewhere.close();
  });

  it('writes refused records to the dead letters and goes on, when told to', async () => {
    const writer = await start({ onError: 'dead-letter' }, (index) => (index === 1 ? 422 : 200));
    for (const index of [1, 2, 3]) writer.write(record(`{"a":${index}}`, `id-${index}`));
    await writer.close();
    assert.equal(receiver.received.length, 3);
    const rejected = readFileSync(join(context.stateDir, 'rejected.jsonl'), 'utf8').trimEnd().split('\n');
    assert.deepEqual(
      rejected.map((line) => JSON.parse(line) as unknown),
      [{ reason: `egress events: ${new URL(receiver.url).origin}: answered 422`, id: 'id-2', payload: '{"a":2}' }],
    );
    assert.deepEqual(context.failures, []);
  });

  it('keeps refused records on the disk when a flush says so', async () => {
    const writer = await start({ onError: 'dead-letter' }, () => 422);
    writer.write(record('{}', 'id-1'));
    await writer.flush();
    assert.match(readFileSync(join(context.stateDir, 'rejected.jsonl'), 'utf8'), /^.*"id":"id-1".*\n$/);
    await writer.close();
  });

  it('keeps no dead letters when nothing was refused', async () => {
    const writer = await start({ onError: 'dead-letter' });
    writer.write(record('{}'));
    await writer.close();
    assert.equal(existsSync(context.stateDir), false);
  });

  const headers: [what: string, options: Record<string, unknown>][] = [
    ['a line end in a value', { headers: { 'X-A': 'b\r\nX-Evil: 1' } }],
    ['a line end in a name', { headers: { 'X-A\r\nX-Evil': 'b' } }],
    ['a NUL in a value', { headers: { 'X-A': 'b\0' } }],
    ['a line end in the content type', { contentType: 'text/plain\r\nX-Evil: 1' }],
  ];
  for (const [what, options] of headers) {
    it(`F94: refuses ${what}, without printing it`, async () => {
      receiver = await startReceiver();
      assert.throws(
        () => create({ url: receiver.url, ...options }),
        (error: Error) => error.message.includes('cannot be sent') && !error.message.includes('Evil: 1'),
      );
    });
  }

  it('refuses an address that is none, and keeps credentials out of messages', async () => {
    const writer = await start({}, () => 404);
    await writer.close();
    assert.throws(() => create({ url: 'http://' }), { code: 'invalid-option' });
    const hidden = create({ url: `${receiver.url}?token=secret` });
    hidden.write(record('{}'));
    await assert.rejects(hidden.flush(), (error: Error) => !error.message.includes('secret'));
  });
});
