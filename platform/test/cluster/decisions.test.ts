/** Terminals that wait for the answers of rules which run on several workers, of which some are killed: the example `payment-decision`. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { freePort } from '@tidegate/connectors/services/free-port';
import { inFolder, jsonLines, type Child } from '../applications/child.js';
import { decided, writePaymentDecision, type Decided } from '../applications/payment-terminal.js';
import { Cluster, eventually, killed } from './cluster.js';

const TERMINALS = 8;
const PAYMENTS_EACH = 12;
const KILLS = 3;

describe('who waits for a decision of rules that run on several workers', function () {
  this.timeout(180_000);

  it('is answered once, and the same when it asks again, whichever worker is killed; each payment counts once', () =>
    inFolder(async (folder) => {
      const port = await freePort();
      writePaymentDecision(folder, port, '100ms');
      const cluster = await Cluster.in(folder);
      await cluster.coordinator();
      let workers: Child[] = [await cluster.worker(1), await cluster.worker(1)];
      const { exitCode, err } = await cluster.ask('submit', 'application.yaml', '--parallelism', '2');
      assert.equal(exitCode, 0, err);
      const url = `http://127.0.0.1:${port}/payments`;
      const told = new Map<string, Decided>();
      // Every third one is above the limit.
      const paymentOf = (terminal: number, n: number): object => ({
        ...{ card: `c${terminal}-${n}`, amount: n % 3 === 0 ? 1500 + n : 20, country: 'NL' },
      });
      const ask = (request: string, payment: object): Promise<Decided> =>
        decided(url, request, payment, { mayBeAway: true });
      const terminal = async (number: number): Promise<void> => {
        for (let n = 0; n < PAYMENTS_EACH; n++)
          told.set(`${number}-${n}`, await ask(`${number}-${n}`, paymentOf(number, n)));
      };
      const terminals = Promise.all(Array.from({ length: TERMINALS }, (_, number) => terminal(number)));
      for (let kill = 1; kill <= KILLS; kill++) {
        const soFar = kill * TERMINALS * 2;
        await Promise.race([terminals, eventually(() => told.size >= soFar)]);
        const [first, ...others] = workers;
        await killed(first!);
        workers = [...others, await cluster.worker(1)];
      }
      await terminals;
      assert.equal(told.size, TERMINALS * PAYMENTS_EACH);
      for (const [request, { by, answer }] of told) {
        const [number, n] = request.split('-').map(Number);
        const isLarge = n! % 3 === 0;
        // The default, in time, is an answer too; what is below the limit is answered with nothing else.
        if (!isLarge) assert.deepEqual({ by, answer }, { by: 'default', answer: { approve: true } }, request);
        else if (by === 'rule') assert.match(JSON.stringify(answer), /the amount is above the limit/);
        assert.deepEqual(await ask(request, paymentOf(number!, n!)), { by, answer }, request);
      }
      assert.ok(
        [...told.values()].some(({ by }) => by === 'rule'),
        'no rule was in time',
      );
      const cardsDeclined = (): string[] =>
        jsonLines(join(folder, 'out', 'declined.jsonl')).map(({ event }) => (event as { card: string }).card);
      const large = [...told.keys()].filter((request) => Number(request.split('-')[1]) % 3 === 0);
      await eventually(() => cardsDeclined().length >= large.length);
      assert.deepEqual(cardsDeclined().sort(), large.map((request) => `c${request}`).sort());
    }));
});
