/** Runs whose functions answer requests are killed while clients call them: each call counts once, as its caller was told. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RequestCallers } from './request-callers.js';
import { RequestJob } from './request-job.js';
import { checkTold } from './request-verdict.js';

const CLIENTS = 64;
const ADDRESSES = 12;
const EVENTS = 300;

const addresses = Array.from({ length: ADDRESSES }, (_, i) => `a${i}`);
const addressOf = (number: number): string => addresses[number % ADDRESSES]!;

describe('a run whose functions answer requests, and that is killed', function () {
  this.timeout(180_000);

  async function disturbed(parallelism: number, disturb: (job: RequestJob, callers: RequestCallers) => Promise<void>) {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-requests-'));
    const events = Array.from({ length: EVENTS }, (_, i) => [addressOf(i), `event ${i}`] as const);
    const job = await RequestJob.prepare(folder, { parallelism, events });
    const callers = new RequestCallers({
      port: () => job.port,
      clients: CLIENTS,
      call: (client, number) => {
        const name = `${client}-${number}`;
        const by = (client + number) % 5 === 0 ? { by: 'clerk' } : {};
        return { address: `entry/${addressOf(client + number)}`, body: { name, ...by } };
      },
    });
    try {
      await disturb(job, callers);
      await callers.finish();
      await checkTold(callers, addresses, EVENTS);
    } finally {
      callers.close();
      await job.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }

  for (const parallelism of [1, 2])
    it(`at random instants, with parallelism ${parallelism}, has answered each call as it counts, once`, async () => {
      await disturbed(parallelism, async (job, callers) => {
        for (let kill = 0; kill < 3; kill++) {
          const child = await job.start();
          await callers.more(20 + 13 * kill);
          child.process.kill('SIGKILL');
          await child.finished;
        }
        await job.start();
        assert.ok(callers.repeated > 0, 'nobody noticed');
      });
    });

  const points: readonly (readonly [what: string, failpoint: string])[] = [
    ['before a call is made', 'requests.afterRead:40'],
    ['between a call and its entry in the log', 'invocations.beforeSync:9'],
    ['when what came of a call is in the log, before the reply', 'invocations.afterSync:9'],
    ['before a reply is sent', 'requests.beforeReply:40'],
    ['behind a reply, before the next checkpoint', 'requests.afterReply:40'],
    ['behind the barrier of a checkpoint', 'checkpoint.afterSnapshot:4'],
    ['when a checkpoint is complete, before the log is cut', 'storage.after-create:5'],
  ];
  for (const [index, [what, failpoint]] of points.entries())
    it(`dies ${what}, twice, and has answered each call as it counts, once`, async () => {
      await disturbed(1 + (index % 2), async (job, callers) => {
        for (let death = 0; death < 2; death++) {
          const { signal, err } = await (await job.start(failpoint)).finished;
          assert.equal(signal, 'SIGKILL', err);
        }
        await job.start();
        await callers.more(1);
      });
    });

  it('goes on at another parallelism each time, and has answered each call as it counts, once', async () => {
    await disturbed(2, async (job, callers) => {
      for (const parallelism of ['2', '3', '1', '4']) {
        const child = await job.start('', ['--parallelism', parallelism]);
        await callers.more(25);
        child.process.kill('SIGKILL');
        await child.finished;
      }
      await job.start();
    });
  });
});
