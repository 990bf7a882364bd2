/** What every sink must do, wherever it writes. `payloads` tells what has arrived, in order. */
import assert from 'node:assert/strict';
import type { Sink } from '../../src/api/index.js';
import { createContext, type TestContext } from '../support/context.js';
import { atLeastOnce } from '../support/writing.js';

export interface SinkUnderTest {
  readonly sink: Sink;
  /** Payloads that have reached the outer system. */
  payloads(): readonly string[];
  close?(): Promise<void>;
}

export function itIsASink(name: string, setUp: (context: TestContext) => Promise<SinkUnderTest>): void {
  describe(`the sink ${name}, as every sink,`, function () {
    // Busy machines are slow.
    this.timeout(20_000);

    let context: TestContext;
    let tested: SinkUnderTest;
    beforeEach(async () => {
      context = createContext();
      tested = await setUp(context);
    });
    afterEach(async () => {
      await tested.close?.();
      await context.remove();
      assert.deepEqual(context.failures, []);
    });
    const record = (index: number, text = '') => ({
      payload: `{"index":${index},"text":"${text}"}`,
      timestamp: index,
      id: `id-${index}`,
    });

    it('keeps order and loses nothing, whether or not it was flushed', async () => {
      const writer = tested.sink.createWriter(atLeastOnce());
      const written = Array.from({ length: 200 }, (_, index) => record(index, 'ž🌊'));
      for (const [index, each] of written.entries()) {
        writer.write(each);
        if (index === 100) await writer.flush();
      }
      await writer.close();
      assert.deepEqual(
        tested.payloads(),
        written.map(({ payload }) => payload),
      );
    });

    it('has delivered at a flush what was written before', async () => {
      const writer = tested.sink.createWriter(atLeastOnce());
      writer.write(record(1));
      await writer.flush();
      assert.equal(tested.payloads().length, 1);
      await writer.flush();
      await writer.close();
    });

    it('says when it takes no more, and calls back when it does again', async () => {
      const writer = tested.sink.createWriter(atLeastOnce());
      const text = 'x'.repeat(32 * 1024);
      let written = 0;
      for (let waits = 0; waits < 3; waits++) {
        while (writer.ready()) {
          writer.write(record(written++, text));
          assert.ok(written < 2000, 'always ready');
        }
        await new Promise<void>((resolve) => {
          writer.onReady(resolve);
        });
        assert.ok(writer.ready());
      }
      await writer.close();
      assert.equal(tested.payloads().length, written);
    });

    it('stages nothing, as it delivers at least once', async () => {
      const writer = tested.sink.createWriter(atLeastOnce());
      writer.write(record(1));
      assert.equal(writer.stage(1).length, 0);
      await writer.close();
    });

    it('can be closed twice, and without anything written', async () => {
      const writer = tested.sink.createWriter(atLeastOnce());
      await writer.close();
      await writer.close();
      assert.deepEqual(tested.payloads(), []);
    });
  });
}
