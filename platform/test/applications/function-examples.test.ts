/** The examples with stateful functions: `tidegate run` in a process of its own, their functions in it, or served here over HTTP. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { serve, statefulFunction, type AnyFunction, type ValueType } from '@tidegate/functions-sdk';
import { Child, inFolder, jsonLines, lastLine, ROOT, tidegate, until } from './child.js';

const EXAMPLES = join(ROOT, 'config-examples');
const COMPILED = join(ROOT, 'functions-sdk', 'dist', 'test', 'config-examples');

async function functionsOf(example: string, file: string): Promise<Readonly<Record<string, AnyFunction>>> {
  const url = pathToFileURL(join(COMPILED, example, 'functions', file)).href;
  return (await import(url)) as Record<string, AnyFunction>;
}

/** A copy of the example's application in a folder, with its input beside it. */
function prepare(example: string, script: string, count: number, folder: string, to: string): void {
  cpSync(join(EXAMPLES, example, 'application.yaml'), join(folder, 'application.yaml'));
  const made = spawnSync(process.execPath, [join(EXAMPLES, example, script), String(count), join(folder, to)]);
  assert.equal(made.status, 0, made.stderr.toString());
}

async function serving(functions: readonly AnyFunction[], body: (url: string) => Promise<void>): Promise<void> {
  const server = await serve(functions, { port: 0, stopOn: [], drainTimeout: '100ms', onError: () => undefined });
  try {
    await body(server.url);
  } finally {
    await server.close();
  }
}

describe('the examples with stateful functions', function () {
  this.timeout(180_000);

  const findsReviews = async (folder: string, parallelism: number, env: Record<string, string> = {}): Promise<void> => {
    const run = await tidegate(['run', '--parallelism', String(parallelism)], { cwd: folder, env });
    assert.equal(run.exitCode, 0, run.err);
    assert.equal(lastLine(run.out), '8 alerts');
    const customers = jsonLines(join(folder, 'out', 'reviews.jsonl')).map(({ customer }) => customer);
    assert.deepEqual(customers.sort(), ['customer-149', 'customer-199', 'customer-49', 'customer-99']);
    assert.deepEqual(jsonLines(join(folder, 'out', 'bad-records.jsonl')), []);
  };

  for (const parallelism of [1, 2]) {
    it(`customer-risk finds the customers whose cards were tried out, at parallelism ${parallelism}`, () =>
      inFolder(async (folder) => {
        prepare('customer-risk', 'make-payments.mjs', 5000, folder, 'out/payments.jsonl');
        cpSync(join(EXAMPLES, 'customer-risk', 'functions'), join(folder, 'functions'), { recursive: true });
        await findsReviews(folder, parallelism);
      }));

    it(`customer-risk finds them with the function served elsewhere, at parallelism ${parallelism}`, () =>
      inFolder(async (folder) => {
        prepare('customer-risk', 'make-payments.mjs', 5000, folder, 'out/payments.jsonl');
        const file = join(folder, 'application.yaml');
        const written = readFileSync(file, 'utf8');
        const served = written.replace(/^ *module: .*\n( *)# (http: )/m, '$1$2');
        assert.notEqual(served, written);
        writeFileSync(file, served);
        const { profile } = await functionsOf('customer-risk', 'profile.js');
        await serving([profile!], (url) => findsReviews(folder, parallelism, { PROFILE_URL: url }));
      }));
  }

  it('customer-risk goes on without a customer whose payments never end, and says who that is', () =>
    inFolder(async (folder) => {
      prepare('customer-risk', 'make-payments.mjs', 200, folder, 'out/payments.jsonl');
      cpSync(join(EXAMPLES, 'customer-risk', 'functions'), join(folder, 'functions'), { recursive: true });
      const file = join(folder, 'application.yaml');
      const written = readFileSync(file, 'utf8');
      const impatient = written
        .replace('module: ./functions/profile.ts', 'module: { file: ./functions/profile.ts, timeout: 2s }')
        .replace('retries: 5', 'retries: 1');
      assert.notEqual(impatient, written);
      writeFileSync(file, impatient);
      const profile = join(folder, 'functions', 'profile.ts');
      const mended = readFileSync(profile, 'utf8');
      const looping = mended.replace(
        '.on(Payment, (context, { amount, country }) => {',
        "$&\n    if (context.self.id === 'customer-7') for (;;);",
      );
      assert.notEqual(looping, mended);
      writeFileSync(profile, looping);
      const run = await tidegate(['run'], { cwd: folder });
      assert.equal(run.exitCode, 0, run.err);
      assert.match(
        run.err,
        /functions\.fraud\/profile \(fraud\/profile of "customer-7", message 1 of \d+\): it has held its/,
      );
      const letters = jsonLines(join(folder, 'out', 'bad-records.jsonl'));
      assert.deepEqual(new Set(letters.map((letter) => letter['split'])), new Set(['customer-7']));
      assert.equal(letters.length, 1);
    }));

  it('order-workflow ends each order once, although the run is killed while orders are being charged', () =>
    inFolder(async (folder) => {
      prepare('order-workflow', 'make-orders.mjs', 300, folder, 'out');
      const { order } = await functionsOf('order-workflow', 'order.js');
      const { stockOfItem } = await functionsOf('order-workflow', 'stock.js');
      const { Charge, Charged, Refund } = (await functionsOf('order-workflow', 'messages.js')) as never as Messages;
      // Nobody is charged before the run is killed, in the midst of its retries.
      let isOpen = false;
      let charges = 0;
      const provider = statefulFunction('shop/payments')
        .on(Charge, (context, { amount }) => {
          charges++;
          if (!isOpen) throw new Error('the provider is closed');
          context.reply(Charged, { ok: amount <= 1000 });
        })
        .on(Refund, () => undefined);
      await serving([order!, stockOfItem!, provider], async (url) => {
        const options = { cwd: folder, env: { SHOP_URL: url } };
        const killed = new Child(['run'], { input: '', ...options });
        await until(() => charges > 1000, killed);
        killed.process.kill('SIGKILL');
        assert.equal((await killed.finished).signal, 'SIGKILL');
        isOpen = true;
        const run = await tidegate(['run'], options);
        assert.equal(run.exitCode, 0, run.err);
      });
      const ended = jsonLines(join(folder, 'out', 'ended.jsonl'));
      assert.equal(new Set(ended.map((one) => one['order'])).size, 300);
      assert.equal(ended.length, 300);
      for (const { outcome } of ended) assert.ok(['completed', 'declined', 'out-of-stock'].includes(String(outcome)));
    }));
});

/** Of config-examples/order-workflow/functions/messages.ts, which is of another project. */
interface Messages {
  readonly Charge: ValueType<{ readonly customer: string; readonly amount: number }, 'shop/Charge'>;
  readonly Charged: ValueType<{ readonly ok: boolean }, 'shop/Charged'>;
  readonly Refund: ValueType<object, 'shop/Refund'>;
}
