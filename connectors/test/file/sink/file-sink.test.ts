import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConnectorError, type Sink } from '../../../src/api/index.js';
import { file } from '../../../src/file/index.js';
import { configured } from '../../support/configured.js';
import { createContext, type TestContext } from '../../support/context.js';
import { atLeastOnce } from '../../support/writing.js';

describe('the sink file', function () {
  // Busy machines are slow.
  this.timeout(20_000);

  let context: TestContext;
  beforeEach(() => {
    context = createContext();
  });
  afterEach(() => context.remove());

  const sink = (options: Record<string, unknown>, header?: string): Sink => {
    assert.ok(file.sink);
    return file.sink.createSink(configured(file.sink.options, options), context, header);
  };
  const read = (name: string): string => readFileSync(join(context.baseDir, name), 'utf8');
  const record = (payload: string | Uint8Array) => ({ payload, timestamp: 0 });

  it('writes a line a record, bytes and text in order, into folders that it makes', async () => {
    const writer = sink({ path: 'out/deep/alerts.jsonl' }).createWriter(atLeastOnce());
    writer.write(record('{"a":1}'));
    writer.write(record(Buffer.from('{"a":"é"}')));
    writer.write(record('{"a":"🌊"}'));
    await writer.close();
    assert.equal(read('out/deep/alerts.jsonl'), '{"a":1}\n{"a":"é"}\n{"a":"🌊"}\n');
  });

  it('empties the file that an earlier run left, also when nothing is written', async () => {
    writeFileSync(join(context.baseDir, 'alerts.jsonl'), 'old\n');
    await sink({ path: 'alerts.jsonl' }).createWriter(atLeastOnce()).close();
    assert.equal(read('alerts.jsonl'), '');
  });

  it('lets subtasks share one file, whole lines each, and one header', async () => {
    const shared = sink({ path: 'all.csv' }, 'a,b');
    const writers = [0, 1, 2].map((subtask) => shared.createWriter(atLeastOnce(subtask, 3)));
    for (let index = 0; index < 30_000; index++)
      writers[index % 3]?.write(record(`${index},${'x'.repeat(index % 50)}`));
    await writers[1]?.close();
    writers[0]?.write(record('30000,after another closed'));
    for (const writer of writers) await writer.close();
    const lines = read('all.csv').trimEnd().split('\n');
    assert.equal(lines.length, 30_002);
    assert.equal(lines[0], 'a,b');
    assert.deepEqual(
      lines.slice(1).map((line) => Number(line.split(',')[0])),
      Array.from({ length: 30_001 }, (_, index) => index),
    );
  });

  it('has written at a flush what came before it, without a close', async () => {
    const writer = sink({ path: 'alerts.jsonl' }).createWriter(atLeastOnce());
    writer.write(record('one'));
    await writer.flush();
    assert.equal(read('alerts.jsonl'), 'one\n');
    await writer.close();
  });

  it('writes a folder as one part a subtask, hidden until complete, and discards older parts alone', async () => {
    mkdirSync(join(context.baseDir, 'out'));
    for (const name of ['part-7-0.jsonl', '.part-3-0.jsonl.inprogress', 'notes.txt'])
      writeFileSync(join(context.baseDir, 'out', name), '');
    const parts = sink({ path: 'out/' });
    const writers = [0, 1].map((subtask) => parts.createWriter(atLeastOnce(subtask, 2)));
    for (const [index, writer] of writers.entries()) writer.write(record(`{"a":${index}}`));
    await Promise.all(writers.map((writer) => writer.flush()));
    assert.deepEqual(readdirSync(join(context.baseDir, 'out')).sort(), [
      '.part-0-0.jsonl.inprogress',
      '.part-1-0.jsonl.inprogress',
      'notes.txt',
    ]);
    for (const writer of writers) await writer.close();
    assert.deepEqual(readdirSync(join(context.baseDir, 'out')).sort(), [
      'notes.txt',
      'part-0-0.jsonl',
      'part-1-0.jsonl',
    ]);
    assert.equal(read('out/part-1-0.jsonl'), '{"a":1}\n');
  });

  it('is not ready while a slow disk holds much, and tells when it is again', async () => {
    const writer = sink({ path: 'alerts.jsonl' }).createWriter(atLeastOnce());
    const line = 'x'.repeat(64 * 1024);
    let written = 0;
    while (writer.ready()) {
      writer.write(record(line));
      written++;
      assert.ok(written < 1000, 'always ready');
    }
    await new Promise<void>((resolve) => writer.onReady(resolve));
    assert.ok(writer.ready());
    await writer.close();
    assert.equal(read('alerts.jsonl').length, written * (line.length + 1));
  });

  it('fails once and clearly when a folder cannot be made, and at every flush', async () => {
    writeFileSync(join(context.baseDir, 'blocked'), '');
    const writer = sink({ path: 'blocked/alerts.jsonl' }).createWriter(atLeastOnce());
    writer.write(record('one'));
    await assert.rejects(writer.flush(), ConnectorError);
    await assert.rejects(writer.flush(), ConnectorError);
    await assert.rejects(writer.close(), ConnectorError);
    assert.equal(context.failures.length, 1);
  });

  it('fails with no-space when the disk is full', async function () {
    if (!existsSync('/dev/full')) this.skip();
    const writer = sink({ path: '/dev/full' }).createWriter(atLeastOnce());
    writer.write(record('one'));
    await assert.rejects(writer.flush(), {
      code: 'no-space',
      message: /\/dev\/full: no space left to write \(ENOSPC\)/,
    });
    assert.equal(context.failures.length, 1);
    await assert.rejects(writer.close(), { code: 'no-space' });
  });
});
