/** `tidegate functions`, as whoever runs an application uses it. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { persisted, persistedMap, serve, statefulFunction, types, type FunctionServer } from '@tidegate/functions-sdk';
import { eventually } from '../cluster/cluster.js';
import { Child, inFolder, tidegate, until } from './child.js';

const TYPE = 'test/account';
const Payment = types.json<{ readonly owner: string; readonly card: string; readonly amount: number }>('test/Payment');
const Spent = types.json<{ card: string; total: number }>('test/Spent');

describe('tidegate functions', function () {
  this.timeout(120_000);
  let server: FunctionServer;
  let isMended = false;

  before(async () => {
    const account = statefulFunction(TYPE, {
      state: {
        spent: persisted(Spent, { default: () => ({ card: '', total: 0 }) }),
        latest: persistedMap(types.double),
      },
    }).on(Payment, ({ state }, { card, amount }) => {
      if (amount < 0 && !isMended) throw new Error('nobody is paid');
      state.spent = { card, total: state.spent.total + amount };
      state.latest.set(card, amount);
    });
    server = await serve([account], { port: 0, stopOn: [], onError: () => undefined });
  });
  after(() => server.close());

  it('shows what functions remember, changes it for good, and has a parked address go on', () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'application.yaml'), application(server.url));
      const payments = { ann: 5, bob: -1 };
      const lines = Object.entries(payments).map(([owner, amount]) => JSON.stringify({ owner, card: '4111', amount }));
      writeFileSync(join(folder, 'payments.jsonl'), `${lines.join('\n')}\n`);
      const functions = (...words: readonly string[]) => tidegate(['functions', ...words], { cwd: folder });
      const told = async (...words: readonly string[]): Promise<string> => {
        const { exitCode, out, err } = await functions(...words);
        assert.equal(exitCode, 0, err);
        return out;
      };
      const run = await started(folder);
      await eventually(async () => (await functions('list', '.', TYPE)).out === 'ann idle 0\nbob parked 1\n');
      assert.equal(await told('list', '.', TYPE, '--parked'), 'bob parked 1\n');
      const masked = JSON.parse(await told('get', '.', TYPE, 'ann')) as { readonly states: readonly unknown[] };
      const spent = { name: 'spent', type: 'test/Spent', bytes: 25 };
      assert.deepEqual(masked.states, [
        { ...spent, value: { card: '***', total: 5 } },
        { name: 'latest', type: 'io.statefun.types/double', parts: { kind: 'map' } },
      ]);
      assert.deepEqual(JSON.parse(await told('get', '.', TYPE, 'ann', 'spent')), {
        ...spent,
        value: { card: '4111', total: 5 },
      });

      assert.equal(await told('entries', '.', TYPE, 'ann', 'latest'), '{"key":"4111","bytes":9,"value":5}\n');
      await told('set', '.', TYPE, 'ann', 'latest', '4111', '6.5');
      await told('set', '.', TYPE, 'ann', 'latest', '4222', '1');
      await told('delete', '.', TYPE, 'ann', 'latest', '4222');
      // The same over HTTP.
      const [, api] = /functions are shown at (\S+)/.exec(run.err + run.out) ?? [];
      const answer = await fetch(`${api}${TYPE}/ann/state/latest/entries`);
      assert.deepEqual(await answer.json(), {
        ...{ type: 'io.statefun.types/double', hasMore: false },
        entries: [{ key: '4111', bytes: 9, value: 6.5 }],
      });
      assert.equal((await fetch(`${api?.replace('accounts', 'others')}${TYPE}/ann`)).status, 404);
      assert.equal((await fetch(`${api}${TYPE}/ann`, { headers: { origin: 'http://evil.example' } })).status, 403);
      const entry = { key: '4111', bytes: 9, value: 6.5 };
      assert.deepEqual(JSON.parse(await told('get', '.', TYPE, 'ann', 'latest', '4111')), entry);
      assert.match((await functions('get', '.', TYPE, 'ann', 'latest', '4222')).err, /has no entry "4222" there/);

      await told('set', '.', TYPE, 'ann', 'spent', '{"card":"4222","total":7}');
      run.process.kill('SIGKILL');
      await run.finished;
      assert.match((await functions('get', '.', TYPE, 'ann')).err, /^error\[TG488\]: no run of "accounts" goes on/);
      const again = await started(folder);
      await eventually(async () => (await functions('list', '.', TYPE, '--parked')).out === 'bob parked 1\n');
      const kept = JSON.parse(await told('get', '.', TYPE, 'ann', 'spent')) as { readonly value: unknown };
      assert.deepEqual(kept.value, { card: '4222', total: 7 });

      isMended = true;
      await told('release', '.', TYPE, 'bob');
      await eventually(async () => (await told('list', '.', TYPE)) === 'ann idle 0\nbob idle 0\n');
      await told('delete', '.', TYPE, 'bob');
      assert.equal(await told('list', '.', TYPE), 'ann idle 0\n');
      const { exitCode, err } = await functions('set', '.', TYPE, 'ann', 'sum', '1');
      assert.equal(exitCode, 1);
      assert.match(err, /^error\[TG488\]: test\/account has no state sum: it has spent, latest\n/);
      again.process.kill('SIGINT');
      await again.finished;
    }));
});

async function started(folder: string): Promise<Child> {
  const run = new Child(['run', '--quiet', '--rest', '127.0.0.1:0'], { cwd: folder });
  const stateDir = join(folder, '.tidegate', 'accounts');
  await until(() => existsSync(join(stateDir, 'control')) && existsSync(join(stateDir, 'databases')), run);
  return run;
}

function application(url: string): string {
  return `name: accounts
settings: { parallelism: 2, checkpoint: { interval: 200ms } }
ingresses:
  payments:
    file: { path: payments.jsonl, follow: true }
    schema: { owner: string, card: { $type: string, pii: true }, amount: double }
functions:
  ${TYPE}: { http: "${url}", onFailure: { retries: 0, then: park } }
routes:
  payments: { from: payments, to: { function: ${TYPE}, id: owner, type: test/Payment } }
egresses: {}
`;
}
