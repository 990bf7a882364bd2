/** Functions in a thread of the worker: what a call comes to, whatever the module does. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TidegateError } from '../../../../src/common/errors.js';
import type { CallOutcome } from '../../../../src/functions/function-client.js';
import { eventually } from '../../../cluster/cluster.js';
import { sentTexts, textBatch } from '../calling.js';
import { Modules } from './modules.js';

const GREETER = `
import { statefulFunction, types } from '@tidegate/functions-sdk';
import { MessageChannel } from 'node:worker_threads';
import { greetingFor } from './greeting.js';

const kept: Buffer[] = [];
export const greeter = statefulFunction('example/greeter').on(types.string, async (context, name: string) => {
  if (name === 'loop') for (;;);
  if (name === 'loop later') await null, (() => { for (;;); })();
  if (name === 'exit') process.exit(7);
  if (name === 'crash') await new Promise(() => setTimeout(() => { throw new TypeError('broken'); }));
  if (name === 'memory') for (const hoard: string[][] = []; ; ) hoard.push(new Array(100_000).fill(name));
  if (name === 'keep') for (let i = 0; i < 200; i++) kept.push(Buffer.alloc(1 << 20, 1));
  if (name === 'keep some') kept.push(Buffer.alloc(1 << 20, 1));
  if (name === 'use') for (let i = 0; i < 400; i++) Buffer.alloc(1 << 20, 1);
  if (name === 'keep later') setTimeout(() => { for (let i = 0; i < 200; i++) kept.push(Buffer.alloc(1 << 20, 1)); });
  if (name === 'wait') await new Promise(() => undefined);
  if (name === 'reject') void Promise.reject(new Error('nobody looks'));
  if (name === 'spin') for (;;) await new Promise((resolve) => setImmediate(resolve));
  if (name === 'timer') await new Promise(() => setTimeout(() => { for (;;); }, 50));
  if (name === 'channel') await new Promise(() => {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', () => { for (;;); }).unref();
    setTimeout(() => port2.postMessage(1), 50);
  });
  if (name.startsWith('late')) await new Promise((resolve) => setTimeout(resolve, 50));
  if (name === 'slow') await new Promise((resolve) => setTimeout(resolve, 450));
  if (name === 'late loop') for (;;);
  if (name === 'throw') throw new Error('not that name');
  if (name === 'print') console.log('printed', { name }), console.error('and warned');
  if (name === 'no text') context.send({ type: 'example/inbox', id: '\\ud800' }, types.string, 'x');
  else context.send({ type: 'example/inbox', id: context.self.id }, types.string, greetingFor(name));
});
`;
const GREETING = `export function greetingFor(name: string): string { return \`Hello \${name}\`; }\n`;

const failureOf = (outcome: CallOutcome | undefined) => {
  assert.ok(outcome?.kind === 'failure', JSON.stringify(outcome));
  return outcome;
};

describe('functions in a thread of the worker', function () {
  this.timeout(60_000);
  let modules: Modules;
  beforeEach(() => {
    modules = new Modules();
    modules.write('greeter.ts', GREETER);
    modules.write('greeting.ts', GREETING);
  });
  afterEach(() => modules.close());

  it('are TypeScript of several files, described and called without HTTP', async () => {
    const endpoint = modules.endpoint('greeter.ts');
    const told = await new Promise((resolve) => modules.client.describe(endpoint, resolve));
    assert.deepEqual((told as { functions: unknown }).functions, [
      { type: 'example/greeter', state: [], accepts: ['io.statefun.types/string'], acceptsOthers: false },
    ]);
    const outcomes = await modules.callAll(endpoint, [textBatch('ann', 'Ann', 'Anna'), textBatch('bob', 'Bob')]);
    assert.deepEqual(outcomes.map(sentTexts), [['Hello Ann', 'Hello Anna'], ['Hello Bob']]);
  });

  it('fail alone, with the place of the message, as over HTTP', async () => {
    const [ann, bob] = await modules.callAll(modules.endpoint('greeter.ts'), [
      textBatch('ann', 'Ann', 'throw'),
      textBatch('bob', 'Bob'),
    ]);
    const { retriable, invocation, message } = failureOf(ann);
    assert.deepEqual([retriable, invocation], [true, 1]);
    assert.match(message, /^functions\.example\/greeter: answered 500, handler-failed: not that name/);
    assert.deepEqual(sentTexts(bob!), ['Hello Bob']);
  });

  const ends: readonly [what: string, name: string, message: RegExp, at: number | undefined][] = [
    ['an endless loop', 'loop', /held its thread for longer than 1s, as an endless loop does/, 1],
    ['an endless loop after it has waited', 'loop later', /held its thread for longer than 1s/, 1],
    ['the end of the process', 'exit', /thread has ended with the code 7, as process\.exit\(\) does/, 1],
    ['more memory than it may have', 'memory', /took more than 64 MiB of memory/, 1],
    ['an error that nobody catches', 'crash', /thread has ended with TypeError: broken\n.*greeter\.ts:\d+/s, undefined],
  ];
  for (const [what, name, expected, at] of ends) {
    it(`are stopped with ${what}, which is its message's failure, and serve again`, async () => {
      const endpoint = modules.endpoint('greeter.ts', { timeoutMs: name.startsWith('loop') ? 1000 : 30_000 });
      const [held, other] = await Promise.all([
        modules.callAll(endpoint, [textBatch('ann', 'Ann', name)]),
        modules.callAll(endpoint, [textBatch('bob', 'Bob')]),
      ]);
      const { retriable, invocation, message, unreachable } = failureOf(held[0]);
      assert.deepEqual([retriable, invocation, unreachable], [true, at, undefined]);
      assert.match(message, expected);
      // It may have been answered before, or have waited behind: then it counts against nothing.
      const [bob] = other;
      assert.ok(bob!.kind === 'result' || (bob!.kind === 'failure' && bob!.unreachable));
      const warning = modules.said.find((line) => line.includes('another thread is started'));
      assert.match(
        warning!,
        at === undefined ? /\(one of 2 addresses, now|of "ann"\)/ : /\(example\/greeter of "ann", message 2 of 2\)/,
      );
      assert.match(warning!, expected);
      const [again] = await modules.callAll(endpoint, [textBatch('cy', 'Cy')]);
      assert.deepEqual(sentTexts(again!), ['Hello Cy']);
      assert.deepEqual(modules.failures, []);
    });
  }

  it('call again who shared the thread with an endless loop, and blame nobody else', async () => {
    const endpoint = modules.endpoint('greeter.ts', { timeoutMs: 1000 });
    const outcomes = await modules.callAll(endpoint, [
      textBatch('ann', 'Ann'),
      textBatch('bob', 'loop'),
      textBatch('cy', 'Cy'),
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => [failureOf(outcome).unreachable, failureOf(outcome).invocation]),
      [
        [true, undefined],
        [undefined, 0],
        [true, undefined],
      ],
    );
  });

  it('have Buffers counted among their memory, and blame who keeps them alone', async () => {
    const endpoint = modules.endpoint('greeter.ts');
    const outcomes = await modules.callAll(endpoint, [
      textBatch('ann', 'Ann'),
      textBatch('bob', 'keep', 'Bob'),
      textBatch('cy', 'Cy'),
    ]);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['result', 'failure', 'result'],
    );
    assert.match(
      failureOf(outcomes[1]).message,
      /took more than 64 MiB of memory, 2\d\d MiB with what lies outside of its heap/,
    );
    assert.match(modules.said.at(-1)!, /\(example\/greeter of "bob"\): its thread took more than 64 MiB/);
  });

  it('may use more Buffers than they keep', async () => {
    const endpoint = modules.endpoint('greeter.ts');
    for (let round = 0; round < 3; round++) {
      const [ann] = await modules.callAll(endpoint, [textBatch('ann', 'use', 'keep some', 'use')]);
      assert.equal(sentTexts(ann!).length, 3);
    }
    assert.deepEqual(modules.said, []);
  });

  it('end with what many messages keep together, which is the failure of none', async () => {
    const endpoint = modules.endpoint('greeter.ts');
    const batches = Array.from({ length: 90 }, (_, n) => textBatch(`a${n}`, 'keep some'));
    const outcomes = await modules.callAll(endpoint, batches);
    assert.equal(outcomes.filter(({ kind }) => kind === 'result').length, 90);
    assert.match(modules.said[0]!, /\(one of 90 addresses, now called alone\): .* more than 64 MiB .*, \d+ MiB with/);
    assert.match(modules.said[1]!, /\(example\/greeter of "a\d\d", or what came before, now called alone\)/);
  });

  it('are looked at also while they do nothing', async () => {
    const endpoint = modules.endpoint('greeter.ts');
    await modules.callAll(endpoint, [textBatch('ann', 'keep later')]);
    await eventually(() => modules.said.some((line) => line.includes('took more than 64 MiB of memory')));
    const [bob] = await modules.callAll(endpoint, [textBatch('bob', 'Bob')]);
    assert.deepEqual(sentTexts(bob!), ['Hello Bob']);
  });

  const loops: readonly [where: string, name: string, isTried: boolean][] = [
    ['that stands behind an await', 'late loop', false],
    ['in a callback of a timer', 'timer', true],
    ['where nobody knows whose it is', 'channel', true],
  ];
  for (const [where, name, isTried] of loops) {
    it(`blame none of 30 addresses that wait but the one with an endless loop ${where}`, async () => {
      const endpoint = modules.endpoint('greeter.ts', { timeoutMs: 1000 });
      const batches = Array.from({ length: 30 }, (_, n) => textBatch(`a${n}`, n === 12 ? name : 'late'));
      const halves = [batches.slice(0, 16), batches.slice(16)];
      const outcomes = (await Promise.all(halves.map((half) => modules.callAll(endpoint, half)))).flat();
      const blamed = outcomes.flatMap((outcome, n) =>
        outcome.kind === 'failure' && outcome.unreachable !== true ? [n] : [],
      );
      assert.deepEqual(blamed, [12]);
      if (isTried) assert.equal(outcomes.filter(({ kind }) => kind === 'result').length, 29);
      const warnings = modules.said.filter((line) => line.includes('another thread is started'));
      assert.equal(warnings.length, isTried ? 2 : 1);
      assert.match(warnings.at(-1)!, /\(example\/greeter of "a12"/);
      if (isTried) assert.match(warnings[0]!, /\(one of \d+ addresses, now called alone\)/);
    });
  }

  it('end a thread in which a batch runs on that was given up, and blame nobody else', async () => {
    const endpoint = modules.endpoint('greeter.ts', { timeoutMs: 400 });
    const [ann] = await modules.callAll(endpoint, [textBatch('ann', 'spin')]);
    assert.equal(failureOf(ann).status, 504);
    const [bob] = await modules.callAll(endpoint, [textBatch('bob', 'Bob')]);
    assert.deepEqual(sentTexts(bob!), ['Hello Bob']);
    await eventually(() => modules.said.some((line) => line.includes('another thread is started')));
    const expected =
      /\(example\/greeter of "ann", message 1 of 1\): its handler still runs 400ms after its batch was given up/;
    assert.match(modules.said.at(-1)!, expected);
    const [cy] = await modules.callAll(endpoint, [textBatch('cy', 'Cy')]);
    assert.deepEqual(sentTexts(cy!), ['Hello Cy']);
  });

  it('let a batch end that was given up, as long as it does so soon', async () => {
    const endpoint = modules.endpoint('greeter.ts', { timeoutMs: 300 });
    const [ann] = await modules.callAll(endpoint, [textBatch('ann', 'slow')]);
    assert.equal(failureOf(ann).status, 504);
    await new Promise((resolve) => setTimeout(resolve, 700));
    assert.deepEqual(
      modules.said.filter((line) => line.includes('another thread')),
      [],
    );
  });

  it('give up a batch that waits for too long, while others go on', async () => {
    const endpoint = modules.endpoint('greeter.ts', { timeoutMs: 200 });
    const [ann, bob] = await modules.callAll(endpoint, [textBatch('ann', 'Ann', 'wait'), textBatch('bob', 'Bob')]);
    const { status, retriable, invocation, message } = failureOf(ann);
    assert.deepEqual([status, retriable, invocation], [504, true, 1]);
    assert.match(message, /timed-out: it takes longer than 200 ms/);
    assert.deepEqual(sentTexts(bob!), ['Hello Bob']);
    assert.deepEqual(
      modules.said.filter((line) => line.includes('another thread')),
      [],
    );
  });

  it('say what they print, and which rejections nobody handles, in the log', async () => {
    const endpoint = modules.endpoint('greeter.ts');
    const outcomes = await modules.callAll(endpoint, [textBatch('ann', 'print', 'reject')]);
    assert.deepEqual(outcomes.map(sentTexts), [['Hello print', 'Hello reject']]);
    const expected = [
      /^functions\.example\/greeter: printed \{ name: 'print' \}$/,
      /^functions\.example\/greeter: and warned$/,
      /^functions\.example\/greeter: a rejection that nobody handles: Error: nobody looks$/,
    ];
    await eventually(() => expected.every((one) => modules.said.some((line) => one.test(line))));
  });

  it('fail alone with an answer that cannot be written', async () => {
    const endpoint = modules.endpoint('greeter.ts');
    const [ann, bob] = await modules.callAll(endpoint, [textBatch('ann', 'no text'), textBatch('bob', 'Bob')]);
    assert.equal(failureOf(ann).retriable, false);
    assert.deepEqual(sentTexts(bob!), ['Hello Bob']);
  });

  it('do not answer a call that was cancelled, and leave nothing behind', async () => {
    const endpoint = modules.endpoint('greeter.ts');
    const cancel = modules.client.call(endpoint, [textBatch('ann', 'Ann')], () => assert.fail('it was cancelled'));
    cancel();
    const [bob] = await modules.callAll(endpoint, [textBatch('bob', 'Bob')]);
    assert.deepEqual(sentTexts(bob!), ['Hello Bob']);
    assert.equal(readdirSync(join(modules.folder, 'local')).length, 1);
    await modules.client.close();
    assert.deepEqual(readdirSync(join(modules.folder, 'local')), []);
  });

  it('are those that a module would serve, and nothing listens', async () => {
    modules.write(
      'server.mjs',
      `import { serve, statefulFunction, types } from '@tidegate/functions-sdk';
const greeter = statefulFunction('example/greeter').on(types.string, (context, name) => {
  context.send({ type: 'example/inbox', id: 'x' }, types.string, url + name);
});
const { url } = await serve([greeter], { port: 1 });`,
    );
    const [outcome] = await modules.callAll(modules.endpoint('server.mjs'), [textBatch('ann', 'Ann')]);
    assert.deepEqual(sentTexts(outcome!), ['thread:Ann']);
  });

  it('know where each of their files lies, and take packages from there', async () => {
    const packageDir = join(modules.folder, 'node_modules', 'greetings');
    mkdirSync(packageDir, { recursive: true });
    modules.write(
      'node_modules/greetings/package.json',
      '{ "name": "greetings", "exports": { "import": "./index.mjs" } }',
    );
    modules.write('node_modules/greetings/index.mjs', 'export default "Welcome"; export const at = import.meta.url;');
    mkdirSync(join(modules.folder, 'lib'));
    modules.write('lib/place.ts', 'export const place: string = import.meta.url;');
    modules.write(
      'placed.ts',
      `import { statefulFunction, types } from '@tidegate/functions-sdk';
import { readFileSync } from 'node:fs';
import greeting, { at } from 'greetings';
import { place } from './lib/place.js';
const own = readFileSync(new URL('greeting.ts', import.meta.url), 'utf8').length > 0;
export default [statefulFunction('example/greeter').on(types.string, (context) => {
  context.send({ type: 'example/inbox', id: 'x' }, types.string, [greeting, at, place, own].join(' '));
})];`,
    );
    const [outcome] = await modules.callAll(modules.endpoint('placed.ts'), [textBatch('ann', 'Ann')]);
    const [said] = sentTexts(outcome!);
    assert.match(said!, /^Welcome file:.*\/node_modules\/greetings\/index\.mjs file:.*\/lib\/place\.ts true$/);
  });

  const unfit: readonly [what: string, text: string | undefined, message: RegExp][] = [
    ['is not there', undefined, /Could not resolve/],
    ['is no TypeScript', 'const x: = 1;', /greeter\.ts:1:9[\s\S]*Unexpected "="|Unexpected "="[\s\S]*greeter\.ts:1:9/],
    ['throws while it is loaded', 'throw new RangeError("no ledger");', /RangeError: no ledger\n.*greeter\.ts:1/],
    ['has no function', 'export const greeter = 1;', /there is no function to serve/],
    [
      'has another function',
      `import { statefulFunction } from '@tidegate/functions-sdk';\nexport default statefulFunction('example/other');`,
      /it has no function example\/greeter, but example\/other/,
    ],
    ['lacks a package', `import x from 'no-such-package'; export default x;`, /Could not resolve "no-such-package"/],
  ];
  for (const [what, text, expected] of unfit) {
    it(`fail the job for good when the module ${what}`, async () => {
      if (text !== undefined) modules.write('greeter.ts', text);
      const name = text === undefined ? 'nowhere.ts' : 'greeter.ts';
      const error = await modules.failure(modules.endpoint(name));
      assert.ok(error instanceof TidegateError);
      assert.deepEqual([error.code, error.options.retriable], ['TG483', false]);
      assert.match(error.message, /^functions\.example\/greeter: the module .*\.ts cannot be loaded: /);
      assert.match(error.message, expected);
    });
  }

  const never: readonly [what: string, text: string, expected: RegExp, tells: boolean][] = [
    ['is an endless loop', 'for (;;);', /not ended after \S+: it holds its thread, as an endless loop does/, true],
    ['waits', 'await new Promise((done) => setTimeout(done, 1e8));', /: it awaits something that does not come/, true],
    ['waits for nothing', 'await new Promise(() => undefined);', /not ended: it awaits what nothing can bring/, false],
  ];
  for (const [what, text, expected, tells] of never) {
    it(`fail the job for good when the top level of the module ${what}, and say so before`, async () => {
      const limited = new Modules(undefined, { tellMs: 700, endMs: 1500 });
      limited.write('greeter.ts', text);
      const error = await limited.failure(limited.endpoint('greeter.ts'));
      assert.ok(error instanceof TidegateError && error.code === 'TG483' && error.options.retriable === false);
      assert.match(error.message, /cannot be loaded: its top level has not ended/);
      assert.match(error.message, expected);
      const told = limited.said.filter((line) => line.includes('the module is not ready'));
      assert.equal(told.length, tells ? 1 : 0);
      for (const line of told) assert.match(line, expected);
      await limited.close();
    });
  }

  it('do not run where the operator of the process does not let them', async () => {
    const refusing = new Modules(() => 'TIDEGATE_FUNCTION_MODULES of this process allows none');
    refusing.write('greeter.ts', 'throw new Error("it ran");');
    const error = await refusing.failure(refusing.endpoint('greeter.ts'));
    assert.ok(error instanceof TidegateError && error.code === 'TG484' && error.options.retriable === false);
    assert.match(error.message, /may not run: TIDEGATE_FUNCTION_MODULES of this process allows none$/);
    assert.ok(!existsSync(join(refusing.folder, 'local')));
    await refusing.close();
  });
});
