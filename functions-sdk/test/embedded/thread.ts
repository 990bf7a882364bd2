/** A worker's thread that runs functions on what it is sent. */
import { parentPort } from 'node:worker_threads';
import { FunctionSet, persisted, statefulFunction, types } from '../../src/index.js';
import type { InvocationBatch } from '../../src/protocol.js';

const Note = types.json<{ text: string }>('test/Note');

const notes = statefulFunction('test/notes', {
  state: { all: persisted(types.json<string[]>('test/Notes'), { default: () => [] }), count: types.long },
}).on(Note, async (context, { text }) => {
  await null;
  context.state.all.push(text);
  context.state.count = (context.state.count ?? 0n) + 1n;
  context.reply(types.string, `noted ${text}`);
});
const functions = new FunctionSet([notes]);

parentPort!.on('message', (batch: InvocationBatch) => {
  void Promise.resolve(functions.invoke(batch)).then((outcome) => parentPort!.postMessage(outcome));
});
