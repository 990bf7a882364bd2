import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { StreamSink } from '../../src/stdout/stream-sink.js';
import { createContext, type TestContext } from '../support/context.js';

describe('the sink stdout', function () {
  // Busy machines are slow.
  this.timeout(20_000);

  let context: TestContext;
  beforeEach(() => {
    context = createContext();
  });
  afterEach(() => context.remove());

  it('prints each record at once', () => {
    const stream = new PassThrough();
    const writer = new StreamSink(stream, 'stdout', context, 'header').createWriter();
    writer.write({ payload: 'one', timestamp: 0 });
    writer.write({ payload: Buffer.from('two'), timestamp: 0 });
    assert.equal(String(stream.read()), 'header\none\ntwo\n');
  });

  it('leaves the stream open and its listeners as they were, but for the one on errors', async () => {
    const stream = new PassThrough();
    await new StreamSink(stream, 'stdout', context, undefined).createWriter().close();
    assert.equal(stream.writableEnded, false);
    assert.equal(stream.listenerCount('drain'), 0);
  });

  it('tells once that its reader has gone, and takes the rest without a word', async () => {
    const stream = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    });
    const writer = new StreamSink(stream, 'stdout', context, undefined).createWriter();
    writer.write({ payload: 'one', timestamp: 0 });
    await assert.rejects(writer.flush(), { code: 'closed', message: 'stdout: the reader has gone (EPIPE)' });
    writer.write({ payload: 'two', timestamp: 0 });
    assert.ok(writer.ready());
    await writer.close();
    assert.equal(context.failures.length, 1);
  });
});
