/** `watermarkAlignment` on real partitions: one that is far ahead is not read before the other has come nearer. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectBrokers, until, type BrokerTools } from '@tidegate/connectors/services/broker-tools';
import { sharedKafka } from '@tidegate/connectors/services/shared-kafka';
import { Child, inFolder } from '../applications/child.js';

const START_MS = 300_000;
const SECONDS = 1_000;
const DRIFT_S = 60;
/** A batch of records is taken whole: 128 KiB, of records of 2 KiB. */
const BATCH = 64;
const PADDING = 'x'.repeat(2_000);

interface Options {
  readonly brokers: string;
  readonly from: string;
  readonly to: string;
  readonly parallelism: number;
  readonly idleTimeout?: string;
}

function application({ brokers, from, to, parallelism, idleTimeout }: Options): string {
  return `name: aligned
settings:
  parallelism: ${parallelism}
  checkpoint: { interval: 100ms }
ingresses:
  events:
    kafka: { brokers: ${brokers}, topics: ${from} }
    schema: { partition: int, second: int, ts: timestamp, padding: string }
    time:
      field: ts
      format: epoch-millis
      watermarkAlignment: { maxDrift: ${DRIFT_S}s, updateInterval: 100ms }
      ${idleTimeout === undefined ? '' : `idleTimeout: ${idleTimeout}`}
rules:
  all: { from: events, select: { partition: partition, second: second }, to: seen }
egresses:
  seen: { kafka: { brokers: ${brokers}, topic: ${to} }, delivery: exactly-once }
`;
}

const event = (partition: number, second: number): { partition: number; value: string } => ({
  partition,
  value: JSON.stringify({ partition, second, ts: 1_700_000_000_000 + second * 1000, padding: PADDING }),
});

describe('partitions whose watermarks are aligned', function () {
  this.timeout(START_MS);
  let tools: BrokerTools;

  before(async () => void (tools = await connectBrokers((await sharedKafka()).brokers)));
  after(() => tools?.close());

  /** Partition 0 has events of all seconds, partition 1 the first one alone. */
  async function withRun(
    options: Pick<Options, 'parallelism' | 'idleTimeout'>,
    body: (source: string, secondsOf: (partition: number) => Promise<number[]>) => Promise<void>,
  ): Promise<void> {
    const [from, to] = [await tools.createTopic(2), await tools.createTopic(1)];
    await tools.produce(from, [event(1, 0)]);
    for (let at = 0; at < SECONDS; at += 200)
      await tools.produce(
        from,
        Array.from({ length: 200 }, (_, i) => event(0, at + i)),
      );
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'application.yaml'), application({ brokers: tools.brokers, from, to, ...options }));
      const run = new Child(['run', '--quiet'], { cwd: folder, input: '', lifetimeMs: START_MS });
      await body(from, async (partition) => {
        assert.equal(run.process.exitCode, null, run.err);
        const seen = (await tools.committed(to)).map(({ value }) => JSON.parse(value) as Seen);
        return seen.filter((one) => one.partition === partition).map(({ second }) => second);
      });
      run.process.kill('SIGINT');
      const { exitCode, err } = await run.finished;
      assert.ok(exitCode === 0 || exitCode === 130, err);
    });
  }

  for (const parallelism of [1, 2]) {
    it(`are read no further ahead of each other than they may be, at parallelism ${parallelism}`, async () => {
      await withRun({ parallelism }, async (source, secondsOf) => {
        const isRead = (second: number) => async () => Math.max(...(await secondsOf(0))) >= second;
        await until(isRead(DRIFT_S - 1));
        for (let second = 0; second < SECONDS; second += 200) {
          const reached = Math.max(...(await secondsOf(0)));
          assert.ok(reached <= second + DRIFT_S + BATCH, `one partition is at ${second} s, the other at ${reached} s`);
          await tools.produce(source, [event(1, second + 200)]);
          await until(isRead(Math.min(second + 200 + DRIFT_S, SECONDS) - 1));
        }
        const all = Array.from({ length: SECONDS }, (_, second) => second);
        assert.deepEqual(
          (await secondsOf(0)).toSorted((a, b) => a - b),
          all,
        );
      });
    });
  }

  it('do not wait for one that is idle', async () => {
    await withRun({ parallelism: 2, idleTimeout: '500ms' }, async (_, secondsOf) => {
      await until(async () => (await secondsOf(0)).length === SECONDS);
      assert.deepEqual(await secondsOf(1), [0]);
    });
  });
});

interface Seen {
  readonly partition: number;
  readonly second: number;
}
