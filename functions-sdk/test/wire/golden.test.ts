/** Bytes that were measured between Apache StateFun’s own parties, against a function of this package. */
import assert from 'node:assert/strict';
import { egressValue, kafkaRecord, persisted, remoteFunction, statefulFunction, types } from '../../src/index.js';
import { FunctionSet } from '../../src/function/function-set.js';
import type { InvocationOutcome } from '../../src/wire/messages.js';
import { encodeFromFunction } from '../../src/wire/from-function.js';
import { decodeToFunction } from '../../src/wire/to-function.js';

const NO_STATE =
  'a206440a1b0a0b636f6d2e6578616d706c651207677265657465721a03626f621a2512230a18696f2e737461746566756e2e74797065732f737472696e6710011a050a03626f62';
const EMPTY_STATE =
  'a2064c0a1b0a0b636f6d2e6578616d706c651207677265657465721a03626f6212060a047365656e1a2512230a18696f2e737461746566756e2e74797065732f737472696e6710011a050a03626f62';
const INCOMPLETE = 'aa06270a250a047365656e1206080210e0d4031a15696f2e737461746566756e2e74797065732f696e74';

const inbox = remoteFunction('com.example/inbox', [types.string]);
const greeter = statefulFunction('com.example/greeter', {
  state: { seen: persisted(types.int, { default: 0, expireAfterCall: 60_000 }) },
}).on(types.string, (context, name) => {
  context.state.seen += 1;
  const text = `Hello ${name} x${context.state.seen}`;
  context.send(inbox.at(context.self.id), types.string, text);
  context.sendAfter(1000, context.self, types.string, 'again', { token: 'tok-1' });
  context.cancel('tok-0');
  context.emit(kafkaRecord({ egress: 'com.example/greets', topic: 'greetings', key: 'bob', value: text }));
});
const functions = new FunctionSet([greeter]);

function answer(hex: string): Buffer {
  return encodeFromFunction(functions.invoke(decodeToFunction(Buffer.from(hex, 'hex'))) as InvocationOutcome);
}

describe('the greeter, asked as Apache StateFun asks', () => {
  it('without state, answers what it needs, byte for byte', () => {
    assert.equal(answer(NO_STATE).toString('hex'), INCOMPLETE);
  });

  it('with empty state, answers its effects in 337 bytes that begin as measured', () => {
    const bytes = answer(EMPTY_STATE).toString('hex');
    const begin = 'a206cd020a2a080112047365656e1a200a15696f2e737461746566756e2e74797065732f696e7410011a050d01000000';
    assert.equal(bytes.slice(0, begin.length), begin);
    assert.equal(bytes.length / 2, 337);
  });

  it('with 41 as state, stores 42', () => {
    // The state's value, a TypedValue of an int, put into the measured request.
    const state = '12280a047365656e12200a15696f2e737461746566756e2e74797065732f696e7410011a050d29000000';
    const request = EMPTY_STATE.replace('a2064c', 'a2066e').replace('12060a047365656e', state);
    assert.match(
      answer(request).toString('hex'),
      /7365656e1a200a15696f2e737461746566756e2e74797065732f696e7410011a050d2a000000/,
    );
  });

  it('emits a typed value to an egress that takes them', () => {
    const { egress, argument } = egressValue('com.example/out', types.int, 0);
    assert.deepEqual([egress, argument.hasValue, argument.bytes.length], ['com.example/out', true, 0]);
  });
});
