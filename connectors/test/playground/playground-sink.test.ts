/** What is written waits until it is asked for, over real HTTP. */
import assert from 'node:assert/strict';
import type { OutgoingRecord, SinkWriter } from '../../src/api/index.js';
import { playground } from '../../src/playground/index.js';
import { configured } from '../support/configured.js';
import { createContext, type TestContext } from '../support/context.js';
import { atLeastOnce } from '../support/writing.js';

describe('the sink playground', function () {
  // Busy machines are slow.
  this.timeout(20_000);

  let context: TestContext;
  let writer: SinkWriter | undefined;
  let url: string | undefined;
  beforeEach(() => {
    context = createContext();
    url = undefined;
  });
  afterEach(async () => {
    await writer?.close();
    writer = undefined;
    await context.remove();
    assert.deepEqual(context.failures, []);
  });

  const open = (options: Record<string, unknown> = {}): SinkWriter => {
    const { sink } = playground;
    writer = sink!
      .createSink(configured(sink!.options, { port: 0, ...options }), context, undefined)
      .createWriter(atLeastOnce());
    return writer;
  };
  const record = (topic: string, payload: string): OutgoingRecord => ({ payload, timestamp: 0, values: { topic } });
  const ask = async (path: string, init: RequestInit = {}): Promise<string> => {
    const heard = (): string | undefined => /http:\/\/[\d.]+:\d+/.exec(context.lines.join())?.[0];
    for (url ??= heard(); url === undefined; url = heard()) await new Promise((resolve) => setTimeout(resolve, 5));
    const response = await fetch(`${url}/${path}`, init);
    return `${response.status} ${await response.text()}`;
  };

  it('gives the records of a topic in their order, each once', async () => {
    open();
    for (let i = 0; i < 1500; i++) writer!.write(record('some/topic', `${i}`));
    writer!.write(record('other', 'x'));
    for (let i = 0; i < 1500; i++) assert.equal(await ask('some%2Ftopic'), `200 ${i}`);
    assert.equal(await ask('some%2Ftopic'), '404 nothing waits in "some/topic"; something waits in other\n');
    assert.equal(await ask('other?x=1'), '200 x');
    assert.equal(await ask('other'), '404 nothing waits in "other"; something waits in no topic\n');
  });

  it('drops what comes when too much waits, and says so once until there is room', async () => {
    open({ keep: 2 });
    for (const payload of ['a', 'b', 'c', 'd']) writer!.write(record('t', payload));
    assert.equal(await ask('t'), '200 a');
    writer!.write(record('t', 'e'));
    assert.deepEqual([await ask('t'), await ask('t')], ['200 b', '200 e']);
    assert.equal(context.lines.filter((line) => line.includes('2 records wait')).length, 1);
  });

  it('gives nothing to web pages, to who means another server, and to other methods', async () => {
    open().write(record('t', 'a'));
    assert.match(await ask('t', { headers: { origin: 'https://evil.example' } }), /^403 /);
    assert.match(await ask('t', { method: 'POST' }), /^405 /);
    assert.equal(await ask('t'), '200 a');
  });

  it('does not listen where others can reach it unless it is told to', () => {
    assert.throws(() => open({ host: '0.0.0.0' }), { code: 'invalid-option' });
  });
});
