import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { types } from '../../src/index.js';
import type { InvocationBatch, InvocationOutcome } from '../../src/protocol.js';
import { toTypedValue } from '../../src/types/value-type.js';

const Note = types.json<{ text: string }>('test/Note');

describe('functions in a thread of their own', () => {
  let thread: Worker;
  before(() => (thread = new Worker(new URL('./thread.js', import.meta.url))));
  after(() => thread.terminate());

  async function invoke(state: InvocationBatch['state'], ...texts: string[]): Promise<InvocationOutcome> {
    const caller = { type: 'test/writer', id: 'w' };
    const invocations = texts.map((text) => ({ caller, argument: toTypedValue(Note, { text }) }));
    thread.postMessage({ target: { type: 'test/notes', id: '1' }, state, invocations });
    const [outcome] = (await once(thread, 'message')) as [InvocationOutcome];
    return outcome;
  }

  it('take batches as values and give effects as values, without HTTP', async () => {
    const first = await invoke([], 'a');
    assert.ok(first.kind === 'incomplete');
    assert.deepEqual(
      first.missing.map(({ name }) => name),
      ['all', 'count'],
    );
    const stored = toTypedValue(types.json<string[]>('test/Notes'), ['z']);
    const second = await invoke(
      [
        { name: 'all', value: stored },
        { name: 'count', value: undefined },
      ],
      'a',
      'b',
    );
    assert.ok(second.kind === 'result');
    const { state, messages } = second.effects;
    assert.deepEqual(
      state.map(({ value }) => Buffer.from(value!.bytes).toString()),
      ['["z","a","b"]', Buffer.from(types.long.encode(2n)).toString()],
    );
    assert.deepEqual(
      messages.map(({ target, argument }) => [target.id, types.string.decode(argument.bytes)]),
      [
        ['w', 'noted a'],
        ['w', 'noted b'],
      ],
    );
  });
});
