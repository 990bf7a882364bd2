import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { json } from '../../src/formats/index.js';
import { stdin } from '../../src/stdin/index.js';
import { StreamSource } from '../../src/stdin/stream-source.js';
import { createContext, type TestContext } from '../support/context.js';
import { createFormat } from '../support/formats.js';
import { open, readAll } from '../support/reading.js';

describe('the source stdin', function () {
  // Busy machines are slow.
  this.timeout(20_000);

  let context: TestContext;
  beforeEach(() => {
    context = createContext();
  });
  afterEach(() => context.remove());
  const source = (stream: Readable): StreamSource => new StreamSource(stream, 'stdin', createFormat(json), context);

  it('gives lines that come in pieces, until the stream ends', async () => {
    const records = await readAll(source(Readable.from([Buffer.from('{"a":1}\n{"a'), Buffer.from('":2}')])), context);
    assert.deepEqual(
      records.map(({ offset, payload }) => [offset, payload]),
      [
        [0, '{"a":1}'],
        [8, '{"a":2}'],
      ],
    );
  });

  it('gives a line as soon as it is whole, while the stream stays open', async () => {
    const stream = new PassThrough();
    const polls = await open(source(stream), context);
    stream.write('{"a":1}\n{"a":2}');
    assert.deepEqual(
      (await polls.records(1)).map(({ payload }) => payload),
      ['{"a":1}'],
    );
    await polls.reader.close();
    assert.ok(stream.destroyed);
  });

  it('counts on from a checkpoint, with what the stream now has', async () => {
    const records = await readAll(source(Readable.from([Buffer.from('{"a":8}\n{"a":9}')])), context, [
      { id: 'stdin', offset: 500 },
    ]);
    assert.deepEqual(
      records.map(({ offset, payload }) => [offset, payload]),
      [
        [500, '{"a":8}'],
        [508, '{"a":9}'],
      ],
    );
  });

  it('fails clearly when the stream breaks', async () => {
    const stream = new PassThrough();
    const polls = await open(source(stream), context);
    stream.destroy(Object.assign(new Error('read EIO'), { code: 'EIO' }));
    await assert.rejects(polls.records(1), { code: 'io', message: 'stdin: read EIO' });
    await polls.reader.close();
  });

  it('says that records can be lost, where the application is validated', () => {
    assert.match(stdin.source?.warning ?? '', /at most once/);
    assert.equal(source(new PassThrough()).replayable, false);
  });
});
