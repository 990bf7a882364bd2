/** F33: `tidegate transactions` on a real broker, for a job that died in the middle of a transaction. */
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { connectBrokers, type BrokerTools } from '@tidegate/connectors/services/broker-tools';
import { sharedKafka } from '@tidegate/connectors/services/shared-kafka';
import { inFolder, tidegate, until, type Finished } from '../applications/child.js';
import { CardsRun, idsByKey, payments, producePayments } from './cards.js';

const EVENTS = 3_000;
/** A machine that has never started a broker fetches it first. */
const START_MS = 300_000;
/** The broker itself aborts nothing while the test runs. */
const TIMEOUT = '14m';

describe('tidegate transactions', function () {
  this.timeout(START_MS);
  let tools: BrokerTools;
  let source: string;
  before(async () => {
    tools = await connectBrokers((await sharedKafka()).brokers);
    source = await producePayments(tools, EVENTS);
  });
  after(() => tools?.close());

  interface World {
    readonly run: CardsRun;
    readonly alerts: string;
    readonly folder: string;
    readonly transactions: (...words: string[]) => Promise<Finished>;
  }
  const withRun = (body: (world: World) => Promise<void>, ingress?: string, input = source): Promise<void> =>
    inFolder(async (folder) => {
      const alerts = await tools.createTopic(2);
      const more = ingress === undefined ? {} : { ingress };
      // The broker is shared: what others have left open there is none of ours.
      const egress = `transactionTimeout: ${TIMEOUT}\n      transactionalIdPrefix: ours-${alerts}`;
      const options = { brokers: tools.brokers, payments: input, alerts, egress, parallelism: 1, ...more };
      const run = new CardsRun(folder, options);
      await body({
        ...{ run, alerts, folder },
        transactions: (...words) => tidegate(['transactions', ...words], { cwd: folder }),
      });
    });
  const dieWithin = async (run: CardsRun): Promise<void> => {
    const died = await run.start('kafkaSink.beforeEndTransaction:1').finished;
    assert.equal(died.signal, 'SIGKILL', died.err);
  };

  it('lists what a job that was killed has left open, and aborts it: readers go on, and nothing is lost', async () => {
    await withRun(async ({ run, alerts, transactions }) => {
      await dieWithin(run);
      const listed = await transactions('list');
      assert.equal(listed.exitCode, 0, listed.err);
      assert.match(
        listed.out,
        /^egresses\.alerts \(kafka\)\n {2}ours-[\w-]+-0-\w+ {2}open for .+, aborted after 14m \(Ongoing\), checkpoint none\n$/,
      );
      const aborted = await transactions('abort');
      assert.deepEqual([aborted.exitCode, aborted.err], [0, '']);
      assert.match(aborted.out, /^aborted ours-[\w-]+-0-\w+: open/);
      // Its marks are committed behind what was open: it would wait for as long as that is.
      assert.deepEqual(await tools.committed(alerts), []);
      assert.match((await transactions('list')).out, /closed \((?:Empty|CompleteAbort)\)/);
      assert.equal((await transactions('abort')).out, 'nothing is open\n');
      await run.complete();
      const ids = Object.values(idsByKey(await tools.committed(alerts))).flat();
      assert.ok(ids.length > 0);
      assert.equal(new Set(ids).size, ids.length);
    });
  });

  it('aborts the one that it is told to, and no other', async () => {
    await withRun(async ({ run, alerts, transactions }) => {
      await dieWithin(run);
      assert.equal((await transactions('abort', '--id', 'another')).out, 'nothing is open\n');
      const id = /ours-[\w-]+-0-\w+/.exec((await transactions('list')).out)?.[0] ?? assert.fail();
      assert.match((await transactions('abort', '--id', id)).out, new RegExp(`^aborted ${id}`));
      assert.deepEqual(await tools.committed(alerts), []);
    });
  });

  it('finds what the state folder does not name any more, and aborts it only by force', async () => {
    await withRun(async ({ run, alerts, folder, transactions }) => {
      await dieWithin(run);
      const state = join(folder, '.tidegate', 'cards', 'egresses.alerts');
      for (const name of readdirSync(state)) if (name.startsWith('line-')) rmSync(join(state, name));
      assert.match((await transactions('list')).out, /open for .*; not named in the state folder/);
      const refused = await transactions('abort');
      assert.deepEqual([refused.exitCode, refused.out], [1, '']);
      assert.match(refused.err, /may be of a job that runs elsewhere; --force aborts it/);
      assert.match((await transactions('abort', '--force')).out, /^aborted/);
      assert.deepEqual(await tools.committed(alerts), []);
    });
  });

  it('leaves a run that goes on alone, which goes on to deliver each alert once', async () => {
    const input = await tools.createTopic(2);
    await withRun(
      async ({ run, alerts, transactions }) => {
        const child = run.start();
        await tools.produce(input, payments(0, EVENTS));
        let found = 0;
        const look = setInterval(() => void tools.committed(alerts).then(({ length }) => (found = length)), 1000);
        await until(() => found > 0, child).finally(() => clearInterval(look));
        const refused = await transactions('abort');
        assert.equal(refused.exitCode, 1);
        assert.match(refused.err, /^error\[TG445\]: the job cards needs its transactions: .* in use by process \d+/);
        child.process.kill('SIGINT');
        await child.finished;
        const ids = Object.values(idsByKey(await tools.committed(alerts))).flat();
        assert.equal(new Set(ids).size, ids.length);
      },
      'discovery: 100ms',
      input,
    );
  });

  it('says what is wrong with how it is called, and where there is nothing to look at', async () => {
    await withRun(async ({ transactions }) => {
      const wrong: [words: string[], says: RegExp][] = [
        [[], /expected list or abort/],
        [['list', '--force'], /--id and --force are for abort/],
        [['abort', 'a', 'b'], /too many arguments/],
      ];
      for (const [words, says] of wrong) {
        const { exitCode, err } = await transactions(...words);
        assert.equal(exitCode, 2);
        assert.match(err, says);
      }
      assert.equal((await transactions('list')).out, 'egresses.alerts (kafka): none\n');
      assert.equal((await transactions('abort')).out, 'nothing is open\n');
    });
    const none = await tidegate(['transactions', 'list', 'config-examples/card-testing']);
    assert.deepEqual([none.exitCode, none.out], [0, 'no egress of this application has transactions\n']);
  });
});
