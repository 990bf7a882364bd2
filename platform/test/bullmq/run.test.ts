/** `tidegate run` from a queue of BullMQ into a queue and a file, on a real Redis: each job counts once, whatever dies. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { freePort } from '@tidegate/connectors/services/free-port';
import { redisDatabase } from '@tidegate/connectors/services/shared-redis';
import { Child, inFolder, until } from '../applications/child.js';

const JOBS = 600;
const BATCH = 1_000;
/** A machine that has never started a server fetches it first. */
const START_MS = 300_000;

/** Where a run dies, and the row of the fault matrix that it stands for. */
const DEATHS: readonly [row: string, failpoint: string][] = [
  ['F2: before the first acknowledgement', 'checkpoint.beforeAcknowledge:1'],
  ['F4: before a later acknowledgement', 'checkpoint.beforeAcknowledge:4'],
  ['F5: after a checkpoint is complete, before its jobs are', 'bullSource.beforeComplete:1'],
  ['F5: after a later one is complete, before its jobs are', 'bullSource.beforeComplete:3'],
  ['F6: when some of the jobs of a checkpoint are completed', 'bullSource.midComplete:2'],
  ['F6: when all jobs of a checkpoint are completed', 'bullSource.afterComplete:1'],
];

const application = (url: string): string => `name: queues
settings:
  checkpoint: { interval: 100ms }
  restart: none
ingresses:
  payments:
    bullmq: { url: "${url}", queue: payments, end: drained, fields: { id: jobId } }
    schema: { cardId: string, amount: double, ts: timestamp, jobId: string }
    time: { field: ts, format: epoch-millis, maxOutOfOrderness: 10m }
    onBadRecord: { to: bad }
rules:
  large:
    from: payments
    key: cardId
    where: amount > 500
    severity: critical
    select: { payment: jobId, amount: amount }
    to: [alerts, file]
egresses:
  alerts:
    bullmq:
      url: "${url}"
      queue: alerts
      name: "{{ alert.rule }} {{ key() }}"
      priority: 'alert.severity == "critical" ? 2 : 20'
      attempts: 3
  file: { file: alerts.jsonl }
  bad: { file: bad.jsonl }
`;

describe('a run from a queue of BullMQ to a queue and a file', function () {
  this.timeout(START_MS);

  interface World {
    readonly folder: string;
    readonly payments: Queue;
    readonly alerts: Queue;
    start(failpoint?: string): Child;
    complete(): Promise<void>;
  }

  async function withQueues(body: (world: World) => Promise<void>): Promise<void> {
    const url = await redisDatabase();
    const redis = new Redis(url, { maxRetriesPerRequest: null });
    const [payments, alerts] = ['payments', 'alerts'].map((name) => new Queue(name, { connection: redis })) as [
      Queue,
      Queue,
    ];
    try {
      await inFolder(async (folder) => {
        writeFileSync(join(folder, 'application.yaml'), application(url));
        const start = (failpoint?: string): Child =>
          new Child(['run'], {
            cwd: folder,
            input: '',
            env: failpoint === undefined ? {} : { TIDEGATE_FAIL: failpoint },
          });
        const complete = async (): Promise<void> => {
          const { exitCode, err } = await start().finished;
          assert.equal(exitCode, 0, err);
        };
        await body({ folder, payments, alerts, start, complete });
      });
    } finally {
      await Promise.all([payments.close(), alerts.close()]);
      redis.disconnect();
    }
  }

  const amountOf = (n: number): number => (n % 13 === 0 ? 900 : 50);
  async function produce(payments: Queue, count: number): Promise<string[]> {
    for (let from = 0; from < count; from += BATCH) {
      await payments.addBulk(
        Array.from({ length: Math.min(BATCH, count - from) }, (_, index) => {
          const n = from + index;
          const data = { cardId: `card-${n % 41}`, amount: amountOf(n), ts: 1_700_000_000_000 + n * 100 };
          return { name: 'payment', data, opts: { jobId: `p${n}` } };
        }),
      );
    }
    return Array.from({ length: count }, (_, n) => n)
      .flatMap((n) => (amountOf(n) > 500 ? [`p${n}`] : []))
      .toSorted();
  }
  const inFile = (folder: string): string[] =>
    readFileSync(join(folder, 'alerts.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { payment: string }).payment)
      .toSorted();
  const inQueue = async (alerts: Queue): Promise<string[]> =>
    (await alerts.getJobs(['prioritized', 'wait'])).map(({ data }) => (data as { payment: string }).payment).toSorted();
  const assertAllOnce = async (
    { folder, payments, alerts }: World,
    expected: readonly string[],
    jobs = JOBS,
  ): Promise<void> => {
    assert.deepEqual(inFile(folder), expected);
    assert.deepEqual(await inQueue(alerts), expected);
    const { completed, active, wait, failed } = await payments.getJobCounts('completed', 'active', 'wait', 'failed');
    assert.deepEqual({ completed, active, wait, failed }, { completed: jobs, active: 0, wait: 0, failed: 0 });
  };

  it('reads each job once, completes it, and makes a job of each alert by the expressions of the egress', async () => {
    await withQueues(async (world) => {
      const expected = await produce(world.payments, JOBS);
      await world.complete();
      await assertAllOnce(world, expected);
      const job = (await world.alerts.getJobs(['prioritized'])).find(
        ({ data }) => (data as { payment: string }).payment === 'p0',
      );
      assert.deepEqual([job?.name, job?.opts.priority, job?.opts.attempts], ['large card-0', 2, 3]);
      assert.equal(job?.id, (job?.data as { id: string }).id);
    });
  });

  for (const [row, failpoint] of DEATHS) {
    it(`${row}: killed and begun again, each job counts once and each alert is there once`, async () => {
      await withQueues(async (world) => {
        const expected = await produce(world.payments, JOBS);
        const died = await world.start(failpoint).finished;
        assert.equal(died.signal, 'SIGKILL', died.err);
        await world.complete();
        await assertAllOnce(world, expected);
      });
    });
  }

  it('F72: a job that cannot be read goes to the dead letters, and is completed', async () => {
    await withQueues(async (world) => {
      const expected = await produce(world.payments, 100);
      await world.payments.add('payment', 'no record', { jobId: 'poison' });
      await world.complete();
      await assertAllOnce(world, expected, 101);
      assert.ok(existsSync(join(world.folder, 'bad.jsonl')));
      const [letter] = readFileSync(join(world.folder, 'bad.jsonl'), 'utf8').trim().split('\n');
      assert.equal((JSON.parse(letter!) as { where: string }).where, 'ingresses.payments');
    });
  });

  it('is refused without checkpoints, as no job would ever be completed', async () => {
    await inFolder(async (folder) => {
      const text = application('redis://localhost:1').replace('checkpoint: { interval: 100ms }', 'checkpoint: none');
      writeFileSync(join(folder, 'application.yaml'), text);
      const { exitCode, err, out } = await new Child(['validate'], { cwd: folder, input: '' }).finished;
      assert.equal(exitCode, 1);
      assert.match(out + err, /needs checkpoints.*a job is completed with the checkpoint that holds it/);
    });
  });

  it('says for whom a stop waits while Redis is away, and ends at a second signal', async () => {
    await inFolder(async (folder) => {
      const text = `name: away
settings: { checkpoint: { interval: 10m } }
ingresses: { in: { file: { path: in.jsonl, follow: true }, format: raw } }
rules: { all: { from: in, where: "true", to: jobs } }
egresses: { jobs: { bullmq: { url: "redis://127.0.0.1:${await freePort()}", queue: jobs, retryFor: 1h } } }
`;
      writeFileSync(join(folder, 'application.yaml'), text);
      writeFileSync(join(folder, 'in.jsonl'), 'a line\n');
      const run = new Child(['run'], { cwd: folder, input: '' });
      await until(() => run.err.includes('cannot be reached'), run);
      run.process.kill('SIGINT');
      await until(() => run.err.includes('stopping: the last checkpoint waits for egresses.jobs. Ctrl-C again'), run);
      run.process.kill('SIGINT');
      assert.equal((await run.finished).signal, 'SIGINT');
    });
  });
});
