import assert from 'node:assert/strict';
import { compile, Pattern, PatternOperator, type Condition, type KeyState, type MatchStore } from '@tidegate/cep';
import { PatternStateCodec } from '../../../src/operators/rule/pattern-state-codec.js';
import { readDue } from '../../../src/operators/rule/plain-state-codec.js';
import { ByteReader, CorruptBytesError } from '../../../src/record/codec/byte-reader.js';
import { ByteWriter } from '../../../src/record/codec/byte-writer.js';
import { StreamRecord } from '../../../src/record/stream-record.js';
import { IncompatibleState } from '../../../src/state/state-codec.js';

const START = 1_700_000_000_000;
const SPLIT = { ingress: 'payments', id: '0' };

function payment(index: number): StreamRecord {
  return new StreamRecord({ amount: index }, START + index, 'payments', SPLIT, index, undefined, undefined);
}

const any: Condition<StreamRecord> = { id: 'any', eventOnly: true, test: () => true };

/** Runs that share their events: of each event begins one, and each takes what comes after it. */
function states(count: number, rules = 1): { codec: PatternStateCodec; state: KeyState<StreamRecord> } {
  const pattern = () => Pattern.begin<StreamRecord>('a').where(any).oneOrMore().allowCombinations();
  const looping = (index: number) =>
    pattern()
      .followedBy('b')
      .where({ ...any, id: `never ${index}`, test: () => false });
  const set = compile(
    Array.from({ length: rules }, (_, index) => ({ name: `r${index}`, pattern: looping(index).within(1000) })),
  );
  const codec = new PatternStateCodec(set, [], { sources: {}, onDropped: () => assert.fail('nothing is dropped') });
  let kept: KeyState<StreamRecord> | undefined;
  const store: MatchStore<string, StreamRecord> = {
    get: () => kept,
    put: (_key, state) => (kept = state),
    changed: (_key, state) => (kept = state),
    delete: () => (kept = undefined),
    isEmpty: false,
  };
  const operator = new PatternOperator<string, StreamRecord>(set, {
    output: { match: () => undefined, timeout: () => undefined, late: () => undefined },
    store,
    origin: codec.origin,
  });
  for (let index = 0; index < count; index++) operator.process('k', payment(index), START + index);
  operator.advance(START + count);
  assert.ok(kept !== undefined);
  return { codec, state: kept };
}

function encoded(codec: PatternStateCodec, state: KeyState<StreamRecord>): Uint8Array {
  const out = new ByteWriter();
  codec.encode(state, out);
  return out.finish();
}

describe('pattern state as bytes', () => {
  it('comes back as it was, to the byte', () => {
    const { codec, state } = states(4, 3);
    const bytes = encoded(codec, state);
    assert.deepEqual(encoded(codec, codec.decode(new ByteReader(bytes))), bytes);
  });

  it('tells at its head when the first window ends', () => {
    const { codec, state } = states(4);
    assert.equal(readDue(new ByteReader(encoded(codec, state))), START + 1000);
    assert.equal(codec.dueOf(state), START + 1000);
  });

  it('is refused when it was cut short, wherever', () => {
    const { codec, state } = states(3, 2);
    const bytes = encoded(codec, state);
    for (let length = 0; length < bytes.length; length++)
      assert.throws(() => codec.decode(new ByteReader(bytes.subarray(0, length))), CorruptBytesError);
  });

  it('never comes back as a state without sense, whatever byte is damaged', () => {
    const { codec, state } = states(3, 2);
    const bytes = encoded(codec, state);
    let refused = 0;
    for (let at = 8; at < bytes.length; at++) {
      for (const damage of [1, 128, 255]) {
        const damaged = bytes.slice();
        damaged[at]! ^= damage;
        try {
          // What is read is whole: it can be written again.
          encoded(codec, codec.decode(new ByteReader(damaged)));
        } catch (error) {
          assert.ok(error instanceof CorruptBytesError, String(error));
          refused++;
        }
      }
    }
    assert.ok(refused > bytes.length / 2, `only ${refused} of ${bytes.length * 3} were refused`);
  });

  it('holds each event once, and once what rules share', () => {
    const [one, many] = [states(1, 1), states(1, 50)].map(({ codec, state }) => encoded(codec, state).length);
    assert.equal(many, one);
    const { codec, state } = states(6);
    const text = Buffer.from(encoded(codec, state)).toString('latin1');
    assert.equal(text.split('payments').length - 1, 2, 'the source and the split are spelled out once');
    assert.ok(text.length < 6 * 30 + 10 * 63, `${text.length} bytes for 6 events and 63 runs`);
  });

  it('is not read as something else', () => {
    const { codec } = states(1);
    assert.ok(codec.migrate('record/1', null) instanceof IncompatibleState);
  });

  it('is weighed without being written', () => {
    const [few, many] = [states(2), states(8)];
    assert.ok(many.codec.sizeOf(many.state) > 2 * few.codec.sizeOf(few.state));
  });
});
