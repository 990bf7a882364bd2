/** What topics bring to a run that goes on: partitions that are silent, late or new, and records that are none. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Message } from 'kafkajs';
import { connectBrokers, type BrokerTools } from '@tidegate/connectors/services/broker-tools';
import { newKafka, sharedKafka } from '@tidegate/connectors/services/shared-kafka';
import { Child, inFolder, jsonLines, tidegate, until } from '../applications/child.js';

/** A machine that has never started a broker fetches it first. */
const START_MS = 300_000;
const START = 1_700_000_000_000;

interface Options {
  readonly parallelism?: number;
  /** Of the ingress's time, besides ours. */
  readonly time?: string;
}

const application = (brokers: string, topic: string, { parallelism = 1, time = '' }: Options): string => `name: input
settings: { parallelism: ${parallelism}, checkpoint: { interval: 100ms } }
ingresses:
  events:
    kafka: { brokers: "${brokers}", topics: "${topic}", discovery: 500ms, fields: { key: key } }
    schema: { k: string, n: int, ts: timestamp, key: string? }
    time: { field: ts, format: epoch-millis, maxOutOfOrderness: 1s, idleTimeout: 500ms${time} }
    onBadRecord: { to: bad }
rules:
  pair:
    from: events
    key: k
    pattern:
      within: 5m
      steps:
        - begin: first
          where: n == 1
        - followedBy: second
          where: n == 2
    select: { k: first.k, n: second.n }
    to: pairs
  big: { from: events, where: n > 1000, select: { k: k, n: n }, to: numbers }
egresses:
  pairs: { file: out/pairs.jsonl }
  numbers: { file: out/numbers.jsonl }
  bad: { file: out/bad.jsonl }
`;

/** @param second of event time */
const event = (partition: number, k: string, n: number, second: number): Message => ({
  partition,
  key: k,
  value: JSON.stringify({ k, n, ts: START + second * 1000 }),
});

/** The lines of an egress. */
type Out = (name: string) => Record<string, unknown>[];

describe('a run that reads topics', function () {
  this.timeout(START_MS);
  let tools: BrokerTools;

  before(async () => void (tools = await connectBrokers((await sharedKafka()).brokers)));
  after(() => tools?.close());

  /** @param body the run is ended behind it */
  async function withRun(
    partitions: number,
    options: Options,
    body: (topic: string, run: Child, out: Out, folder: string) => Promise<void>,
  ): Promise<void> {
    const topic = await tools.createTopic(partitions);
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'application.yaml'), application(tools.brokers, topic, options));
      const run = new Child(['run'], { cwd: folder, input: '', lifetimeMs: START_MS });
      await body(topic, run, (name) => jsonLines(join(folder, 'out', `${name}.jsonl`)), folder);
      run.process.kill('SIGKILL');
      await run.finished;
    });
  }

  const keysOf = (pairs: readonly Record<string, unknown>[]): unknown[] => pairs.map(({ key }) => key).sort();

  it('F39: a partition that is silent holds time back no longer than its idle timeout', async () => {
    await withRun(2, { parallelism: 2 }, async (topic, run, out) => {
      await tools.produce(topic, [event(0, 'a', 1, 0), event(0, 'a', 2, 1), event(0, 'a', 3, 60)]);
      await until(() => keysOf(out('pairs')).join() === 'a', run);
    });
  });

  it('F40: a partition that was idle and comes back with old times takes no time back, and others go on', async () => {
    await withRun(2, { parallelism: 2 }, async (topic, run, out) => {
      await tools.produce(topic, [event(0, 'c', 1, 0), event(0, 'a', 1, 1), event(0, 'a', 2, 2), event(0, 'a', 3, 60)]);
      await until(() => keysOf(out('pairs')).join() === 'a', run);
      // Time is at 59 s: what is of 3 s is late, and would have been the second of a pair.
      await tools.produce(topic, [event(1, 'c', 2, 3)]);
      await tools.produce(topic, [event(1, 'd', 1, 70), event(1, 'd', 2, 71), event(1, 'd', 3, 120)]);
      await until(() => keysOf(out('pairs')).join() === 'a,d', run);
      await tools.produce(topic, [event(0, 'b', 1, 130), event(0, 'b', 2, 131), event(0, 'b', 3, 200)]);
      await until(() => keysOf(out('pairs')).length >= 3, run);
      assert.deepEqual(keysOf(out('pairs')), ['a', 'b', 'd']);
    });
  });

  it('F41: neither a partition that is idle nor a subtask without one holds up partitions that are aligned', async () => {
    const time = ', watermarkAlignment: { maxDrift: 10s, updateInterval: 100ms }';
    await withRun(2, { parallelism: 4, time }, async (topic, run, out) => {
      const names = Array.from({ length: 30 }, (_, i) => `k${10 + i}`);
      await tools.produce(topic, [
        ...names.flatMap((k, i) => [event(0, k, 1, i * 60), event(0, k, 2, i * 60 + 1)]),
        event(0, 'end', 3, 10_000),
      ]);
      await until(() => keysOf(out('pairs')).length >= names.length, run);
      assert.deepEqual(keysOf(out('pairs')), names);
    });
  });

  it('F37: a topic that is deleted is told by its name, and the run does not pass it over', async () => {
    const topic = await tools.createTopic(1);
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'application.yaml'), application(tools.brokers, topic, {}));
      const run = new Child(['run'], { cwd: folder, input: '', lifetimeMs: START_MS });
      await tools.produce(topic, [event(0, 'a', 1, 0), event(0, 'a', 2, 1), event(0, 'a', 3, 60)]);
      await until(() => jsonLines(join(folder, 'out', 'pairs.jsonl')).length === 1, run);
      await tools.admin.deleteTopics({ topics: [topic] });
      const { exitCode, err } = await run.finished;
      assert.equal(exitCode, 1, err);
      assert.match(err, new RegExp(topic));
    });
  });

  it('F37: a partition that is added while it goes on is read from its first record', async () => {
    await withRun(1, { parallelism: 2 }, async (topic, run, out) => {
      await tools.produce(topic, [event(0, 'a', 1, 0), event(0, 'a', 2, 1), event(0, 'a', 3, 60)]);
      await until(() => keysOf(out('pairs')).join() === 'a', run);
      await tools.addPartitions(topic, 2);
      await tools.produce(topic, [event(1, 'b', 1, 70), event(1, 'b', 2, 71), event(1, 'b', 3, 120)]);
      await until(() => keysOf(out('pairs')).join() === 'a,b', run);
    });
  });

  it('F35: a second run of the same application in the same folder is refused while the first goes on', async () => {
    await withRun(1, {}, async (topic, run, out, folder) => {
      await tools.produce(topic, [event(0, 'a', 1, 0), event(0, 'a', 2, 1), event(0, 'a', 3, 60)]);
      await until(() => keysOf(out('pairs')).join() === 'a', run);
      const second = await tidegate(['run'], { cwd: folder });
      assert.notEqual(second.exitCode, 0);
      assert.match(second.err, /TG\d{3}/);
      await tools.produce(topic, [event(0, 'b', 1, 61), event(0, 'b', 2, 62), event(0, 'b', 3, 200)]);
      await until(() => keysOf(out('pairs')).join() === 'a,b', run);
    });
  });

  it('F72, F74: what is no record goes to the dead letters with its place and the reason, once, and the rest goes on', async () => {
    await withRun(1, {}, async (topic, run, out) => {
      const text = (value: string): Message => ({ partition: 0, key: 'x', value });
      const good = (n: number): string => JSON.stringify({ k: 'a', n, ts: START + n * 1000 });
      const bad: readonly Message[] = [
        text('{"k": "a", "n": '),
        { partition: 0, key: 'x', value: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]) },
        text('not json'),
        text(`{"k":"a","n":1.5,"ts":${START}}`),
        text(`{"k":"a","n":NaN,"ts":${START}}`),
        text(`{"k":null,"n":1,"ts":${START}}`),
        text(`{"k":"a","n":1}`),
        // A tombstone.
        { partition: 0, key: 'x', value: null },
      ];
      const sent = [text(good(1)), ...bad, { partition: 0, key: null, value: good(2) }, text(good(60))];
      await tools.produce(topic, sent);
      await until(() => keysOf(out('pairs')).join() === 'a', run);
      const letters = out('bad');
      assert.deepEqual(
        letters.map(({ offset }) => Number(offset)),
        bad.map((_, i) => i + 1),
      );
      for (const { reason } of letters) assert.ok(String(reason).length > 10, JSON.stringify(letters));
    });
  });

  it('F74: integers beyond what a double holds stay exact, and odd keys, headers and texts are no harm', async () => {
    await withRun(1, {}, async (topic, run, out, folder) => {
      const odd = (k: string, n: string, headers: Message['headers'] = {}): Message => ({
        ...{ partition: 0, key: Buffer.from([0xff, 0x00]), headers },
        value: `{"k":${k},"n":${n},"ts":${START}}`,
      });
      await tools.produce(topic, [
        odd('"exact"', '9007199254740993', { __proto__x: 'y', '': '', bytes: Buffer.from([0xff]) }),
        odd('"\\ud800 lone"', '2000'),
        odd('"minus zero"', '-0'),
        odd('"end"', '3000'),
      ]);
      await until(() => out('numbers').length >= 3, run);
      const text = readFileSync(join(folder, 'out', 'numbers.jsonl'), 'utf8');
      assert.match(text, /9007199254740993/);
      assert.doesNotMatch(text, /9007199254740992/);
      assert.equal(out('bad').length, 0);
    });
  });
});

describe('a run that reads a topic with a record of 100 MB', function () {
  this.timeout(START_MS);

  it('F73: refuses it by the limit, with bounded memory, and goes on', async () => {
    const size = 100 * 1024 * 1024;
    await inFolder(async (folder) => {
      const broker = await newKafka(join(folder, 'kafka'), {
        'message.max.bytes': String(size + 1024 * 1024),
        'replica.fetch.max.bytes': String(size + 1024 * 1024),
        'socket.request.max.bytes': String(size + 2 * 1024 * 1024),
      });
      try {
        await broker.start();
        const tools = await connectBrokers(broker.brokers);
        const topic = await tools.createTopic(1);
        await tools.produce(topic, [event(0, 'a', 1, 0)]);
        await tools.produce(topic, [{ partition: 0, key: 'big', value: Buffer.alloc(size, 0x20) }]);
        await tools.produce(topic, [event(0, 'a', 2, 1), event(0, 'a', 3, 60)]);
        await tools.close();
        writeFileSync(join(folder, 'application.yaml'), application(broker.brokers, topic, {}));
        const run = new Child(['run'], { cwd: folder, input: '', lifetimeMs: START_MS });
        await until(() => jsonLines(join(folder, 'out', 'pairs.jsonl')).length === 1, run);
        const [letter, ...more] = jsonLines(join(folder, 'out', 'bad.jsonl'));
        assert.deepEqual(more, []);
        assert.equal(Number(letter?.['offset']), 1);
        assert.ok(JSON.stringify(letter).length < 64 * 1024, 'the dead letter is as long as the record');
        const [, peakKb = ''] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${run.process.pid}/status`, 'utf8')) ?? [];
        assert.ok(Number(peakKb) * 1024 < 8 * size, `it has held ${peakKb} kB`);
        run.process.kill('SIGKILL');
        await run.finished;
      } finally {
        await broker.stop('SIGKILL');
      }
    });
  });
});
