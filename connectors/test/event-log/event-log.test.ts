import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventLog } from '../../src/event-log/event-log.js';
import { listSegments } from '../../src/event-log/segment.js';
import { encodeEntry } from '../../src/event-log/entry.js';
import { LogCursor } from '../../src/event-log/log-cursor.js';

describe('the event log', function () {
  // Busy machines are slow.
  this.timeout(20_000);

  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-log-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const read = async (log: EventLog, from = log.first): Promise<unknown[]> => {
    const cursor = new LogCursor(log, from);
    const payloads: unknown[] = [];
    for (let block = await cursor.next(); block !== undefined; block = await cursor.next()) {
      assert.equal(block.first, from + payloads.length);
      payloads.push(...block.payloads);
    }
    await cursor.close();
    return payloads;
  };
  const reopened = async (from?: number): Promise<unknown[]> => {
    const log = await EventLog.open(folder);
    const payloads = await read(log, from);
    await log.close();
    return payloads;
  };
  const onlySegment = (): string => join(folder, readdirSync(folder)[0] ?? '');

  it('gives back what was appended, in order and in kind, in this run and the next', async () => {
    const payloads = ['{"a":1}', 'ž🌊', '', { a: 9223372036854775807n, b: [null] }];
    const log = await EventLog.open(folder);
    await log.append(payloads.slice(0, 2));
    await log.append(payloads.slice(2));
    assert.deepEqual(await read(log), payloads);
    assert.equal(log.next, 4);
    await log.close();
    assert.deepEqual(await reopened(), payloads);
    assert.deepEqual(await reopened(3), payloads.slice(3));
  });

  it('puts appends that come together into one group, in the order of their calls', async () => {
    const log = await EventLog.open(folder);
    let commits = 0;
    log.onCommit(() => commits++);
    await Promise.all(Array.from({ length: 1000 }, (_, index) => log.append([`${index}`])));
    assert.ok(commits <= 2, `${commits} commits`);
    assert.deepEqual(
      await read(log),
      Array.from({ length: 1000 }, (_, index) => `${index}`),
    );
    await log.close();
  });

  it('goes on in a new segment when one is full, and reads over all of them from anywhere', async () => {
    const log = await EventLog.open(folder, 100);
    for (let index = 0; index < 50; index++) await log.append([`payload ${index}`]);
    assert.ok(readdirSync(folder).length > 5);
    await log.close();
    for (const from of [0, 7, 25, 49]) {
      assert.deepEqual(
        await reopened(from),
        Array.from({ length: 50 - from }, (_, index) => `payload ${from + index}`),
      );
    }
    assert.deepEqual(await reopened(50), []);
  });

  it('reads entries that are larger than a block', async () => {
    const large = 'x'.repeat(3 * 1024 * 1024);
    const log = await EventLog.open(folder);
    await log.append(['a', large, 'b']);
    await log.close();
    assert.deepEqual(await reopened(), ['a', large, 'b']);
  });

  it('F72: cuts off a torn entry at every length, keeps those before it and goes on', async () => {
    const whole = Buffer.concat(['one', 'two'].map(encodeEntry));
    const torn = encodeEntry('three');
    for (let length = 1; length < torn.length; length++) {
      writeFileSync(join(folder, `${'0'.repeat(16)}.log`), Buffer.concat([whole, torn.subarray(0, length)]));
      const log = await EventLog.open(folder);
      assert.equal(log.cutBytes, length);
      await log.append(['four']);
      assert.deepEqual(await read(log), ['one', 'two', 'four']);
      await log.close();
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
    }
  });

  it('cuts off what a file system filled with zeros', async () => {
    const log = await EventLog.open(folder);
    await log.append(['one']);
    await log.close();
    appendFileSync(onlySegment(), Buffer.alloc(5000));
    assert.deepEqual(await reopened(), ['one']);
  });

  it('cuts off an entry whose bytes changed', async () => {
    const log = await EventLog.open(folder);
    await log.append(['one', 'two']);
    await log.close();
    const bytes = readFileSync(onlySegment());
    bytes[bytes.length - 1] = 0;
    writeFileSync(onlySegment(), bytes);
    assert.deepEqual(await reopened(), ['one']);
  });

  it('refuses a log that is damaged before its last segment', async () => {
    const log = await EventLog.open(folder, 1);
    for (const payload of ['one', 'two', 'three']) await log.append([payload]);
    await log.close();
    truncateSync(join(folder, readdirSync(folder).sort()[0] ?? ''), 5);
    await assert.rejects(EventLog.open(folder), { code: 'corrupt', message: /damaged at byte 0 of 5/ });
  });

  it('removes whole segments below a sequence number, and never the last', async () => {
    const log = await EventLog.open(folder, 1);
    for (const payload of ['one', 'two', 'three']) await log.append([payload]);
    await log.trim(2);
    assert.deepEqual([log.first, await read(log)], [2, ['three']]);
    await log.trim(100);
    assert.equal(log.next, 3);
    await log.close();
    assert.deepEqual(await reopened(2), ['three']);
  });

  it('is closed when nothing is being removed any more', async () => {
    const log = await EventLog.open(folder, 1);
    for (let sequence = 0; sequence < 20; sequence++) await log.append([`${sequence}`]);
    const trimmed = log.trim(19);
    await log.close();
    assert.deepEqual(await listSegments(folder), [19]);
    await trimmed;
  });
});
