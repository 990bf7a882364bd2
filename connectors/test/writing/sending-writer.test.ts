import assert from 'node:assert/strict';
import { SendingWriter } from '../../src/writing/sending-writer.js';

describe('a writer that sends as records come', () => {
  const record = (payload: string) => ({ payload, timestamp: 0 });
  const setUp = ({ bytes = 1, isAwaited = true } = {}) => {
    const sent: string[][] = [];
    const failures: Error[] = [];
    const answers: ((error?: Error) => void)[] = [];
    const due: (() => void)[] = [];
    const schedule = (_: number, callback: () => void) => {
      due.push(callback);
      return () => undefined;
    };
    const writer = new SendingWriter<string>({
      sender: {
        send: (messages) => {
          sent.push([...messages]);
          return new Promise((resolve, reject) => answers.push((error) => (error ? reject(error) : resolve())));
        },
        close: async () => answers.splice(0).forEach((answer) => answer(new Error('closed'))),
      },
      messageOf: ({ payload }) => String(payload),
      bytesOf: () => bytes,
      errorOf: (cause) => cause as Error,
      isAwaited,
      context: { fail: (error) => failures.push(error), schedule },
    });
    const answer = async (error?: Error): Promise<void> => {
      while (answers.length === 0) await Promise.resolve();
      answers.shift()!(error);
    };
    return { writer, sent, failures, answer, due };
  };

  it('sends together what was written in one step, and the rest behind it', async () => {
    const { writer, sent, answer } = setUp();
    writer.write(record('a'));
    writer.write(record('b'));
    await Promise.resolve();
    writer.write(record('c'));
    const flushed = writer.flush();
    await answer();
    await answer();
    await flushed;
    assert.deepEqual(sent, [['a', 'b'], ['c']]);
  });

  it('sends what is written at any moment while a request ends', async () => {
    for (let turns = 0; turns < 12; turns++) {
      const { writer, sent, answer } = setUp();
      writer.write(record('a'));
      await answer();
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      writer.write(record('b'));
      const flushed = writer.flush();
      await answer();
      await flushed;
      assert.deepEqual(sent.flat(), ['a', 'b'], `${turns} turns later`);
    }
  });

  it('takes no more than a few megabytes, and says when it does again', async () => {
    const { writer, answer } = setUp({ bytes: 3 * 1024 * 1024 });
    writer.write(record('a'));
    assert.equal(writer.ready(), true);
    writer.write(record('b'));
    assert.equal(writer.ready(), false);
    const told = new Promise<void>((resolve) => writer.onReady(resolve));
    await answer();
    await told;
    assert.equal(writer.ready(), true);
  });

  it('fails once, drops the rest, and rejects every flush from then on', async () => {
    const { writer, sent, failures, answer } = setUp();
    writer.write(record('a'));
    const flushed = writer.flush();
    await answer(new Error('gone'));
    await assert.rejects(flushed, /gone/);
    writer.write(record('b'));
    await assert.rejects(writer.flush(), /gone/);
    await assert.rejects(writer.close(), /gone/);
    assert.deepEqual([sent, failures.length], [[['a']], 1]);
  });

  it('is closed within a moment where the other side does not answer, and nobody is told of what that comes to', async () => {
    const { writer, sent, failures, due } = setUp();
    writer.write(record('a'));
    await Promise.resolve();
    writer.write(record('b'));
    const closed = writer.close();
    due.shift()!();
    await closed;
    assert.deepEqual([sent, failures], [[['a']], []]);
  });

  it('waits at its end for what is under way, also where a flush waits for nobody', async () => {
    const { writer, answer } = setUp({ isAwaited: false });
    writer.write(record('a'));
    await writer.flush();
    let hasEnded = false;
    const ended = writer.end().then(() => (hasEnded = true));
    await Promise.resolve();
    assert.equal(hasEnded, false);
    await answer();
    await ended;
  });
});
