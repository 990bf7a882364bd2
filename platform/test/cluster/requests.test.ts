/** Functions of a cluster's job, as those see them who call them and those who operate it; workers are killed meanwhile. */
import assert from 'node:assert/strict';
import { serve, type FunctionServer } from '@tidegate/functions-sdk';
import { freePort } from '@tidegate/connectors/services/free-port';
import { inFolder, type Child } from '../applications/child.js';
import { RequestCallers } from '../crash/request-callers.js';
import { REQUEST_FUNCTIONS, writeApplication } from '../crash/request-job.js';
import { checkTold } from '../crash/request-verdict.js';
import { Cluster, eventually, killed } from './cluster.js';

const JOB = 'requests';
const ADDRESSES = ['a', 'b', 'c', 'd', 'e'];
/** Of both subtasks. */
const EDITED = ['edited 1', 'edited 2', 'edited 3', 'edited 4'];
const idle = (id: string) => ({ id, status: 'idle', waiting: 0 }) as const;

describe("a cluster's job whose functions answer requests", function () {
  this.timeout(180_000);
  let functions: FunctionServer;
  before(async () => void (functions = await serve(REQUEST_FUNCTIONS, { port: 0, stopOn: [] })));
  after(() => functions.close());

  it('keeps what callers were told and operators have edited when its workers are killed; begun anew it knows nothing of it', () =>
    inFolder(async (folder) => {
      const port = await freePort();
      writeApplication(folder, functions.url, { parallelism: 2, events: [], port, restart: '{ initial: 100ms }' });
      const cluster = await Cluster.in(folder);
      await cluster.coordinator();
      let workers: Child[] = [await cluster.worker(1), await cluster.worker(1)];
      await done(cluster, 'submit', 'application.yaml');
      const callers = callersOf(port, 16);
      try {
        await callers.more(50);
        const told = await done(cluster, 'functions', 'get', JOB, 'test/entry', 'a');
        assert.match(told, /"status": "(idle|ready|calling)"/);
        const addresses = cluster.client.addresses(JOB);
        for (const id of EDITED) await addresses.write('test/entry', id, 'names', { json: '["by hand"]' });
        for (let kill = 0; kill < 2; kill++) {
          const [first, ...others] = workers;
          await killed(first!);
          workers = [...others, await cluster.worker(1)];
          await callers.more(50);
        }
        assert.ok(callers.repeated > 0, 'nobody noticed');
        await callers.finish();
        await checkTold(callers, ADDRESSES, 0);
        const page = await addresses.list('test/entry', { after: 'd', limit: 2 });
        assert.deepEqual(page, { addresses: ['e', 'edited 1'].map(idle), hasMore: true });
        for (const id of EDITED)
          assert.deepEqual((await addresses.readState('test/entry', id, 'names')).value, ['by hand']);
        await beginsAnew(cluster, callers, workers);
      } finally {
        callers.close();
      }
    }));

  /** What the job had logged before is none of its own. */
  async function beginsAnew(cluster: Cluster, callers: RequestCallers, workers: readonly Child[]): Promise<void> {
    await done(cluster, 'cancel', JOB);
    await eventually(async () => (await cluster.client.job(JOB)).endedAt !== undefined);
    await done(cluster, 'submit', 'application.yaml', '--fresh');
    const { key, address } = callers.told[0]!;
    assert.deepEqual(JSON.parse(await callers.ask(key, address, { name: 'anew' })), { name: 'anew', place: 1 });
    for (const { err } of workers) assert.doesNotMatch(err, /goes on from another checkpoint/);
  }
});

/** What a command says that is to succeed. */
async function done(cluster: Cluster, ...words: readonly string[]): Promise<string> {
  const { exitCode, out, err } = await cluster.ask(...words);
  assert.equal(exitCode, 0, err);
  return out;
}

function callersOf(port: number, clients: number): RequestCallers {
  return new RequestCallers({
    port: () => port,
    clients,
    call: (client, number) => {
      const name = `${client}-${number}`;
      const by = (client + number) % 5 === 0 ? { by: 'clerk' } : {};
      return { address: `entry/${ADDRESSES[(client + number) % ADDRESSES.length]}`, body: { name, ...by } };
    },
  });
}
