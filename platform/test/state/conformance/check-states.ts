/** Compares all that a store's states hold for some keys with the model. Reads everything, and changes nothing but times. */
import assert from 'node:assert/strict';
import { keyBytes, type Key } from '../../../src/record/key.js';
import { plainValueCodec } from '../../../src/state/codecs/plain-value-codec.js';
import type { ValueState } from '../../../src/state/keyed-store.js';
import { Model } from './model.js';
import { KEYS, type SampleStates } from './sample-states.js';

function inByteOrder<V>(entries: Iterable<readonly [Key, V]>): (readonly [Key, V])[] {
  return [...entries].sort(([a], [b]) => Buffer.compare(keyBytes(a), keyBytes(b)));
}

const DECODING = { ofValue: (value: unknown) => value, ofBytes: plainValueCodec<unknown>().decode };

export function checkStates(states: SampleStates, model: Model, isMine: (key: Key) => boolean, now: number): void {
  for (const key of KEYS) {
    const mine = isMine(key);
    const expect = <T>(map: Map<Key, T>): T | undefined => (mine ? map.get(key) : undefined);
    const at = `under ${String(key)}`;
    assert.deepStrictEqual(states.value.get(key), expect(model.value), `value ${at}`);
    assert.deepStrictEqual(states.otherOwner.get(key), expect(model.otherOwner), `the other owner's value ${at}`);
    assert.deepStrictEqual(states.list.get(key), expect(model.list) ?? [], `list ${at}`);
    assert.deepStrictEqual([...states.map.entries(key)], inByteOrder(expect(model.map) ?? []), `map ${at}`);
    assert.deepStrictEqual(states.reducing.get(key), expect(model.reducing), `reducing ${at}`);
    const added = expect(model.aggregating);
    const mean = added && added.reduce((a, b) => a + b, 0) / added.length;
    assert.deepStrictEqual(states.aggregating.get(key), mean, `aggregating ${at}`);
    const stamped = expect(model.expiring);
    const live = stamped && Model.isLive(stamped, now) ? stamped.value : undefined;
    assert.deepStrictEqual(states.expiring.get(key), live, `expiring ${at}`);
    const elements = (expect(model.expiringList) ?? []).filter((element) => Model.isLive(element, now));
    assert.deepStrictEqual(
      states.expiringList.get(key),
      elements.map(({ value }) => value),
      `expiring list ${at}`,
    );
  }
  for (const [name, state] of [
    ['value', states.value],
    ['expiring', states.expiring],
  ] as const) {
    const held = [...(model[name] as Map<Key, unknown>).entries()]
      .filter(([, value]) => name === 'value' || Model.isLive(value as { value: unknown; time: number }, now))
      .map(([key]) => key)
      .filter(isMine);
    assert.deepStrictEqual(new Set(state.keys()), new Set(held), `keys of ${name}`);
    const told = [...(state as ValueState<unknown>).scan(DECODING)];
    assert.deepStrictEqual(new Map(told), new Map(held.map((key) => [key, state.get(key)])), `scan of ${name}`);
    assert.equal(told.length, held.length);
  }
  const times = [...model.timers].flatMap(([key, ids]) =>
    isMine(key) ? [...ids].map((id) => Number(id.split('/')[0])) : [],
  );
  assert.equal(states.timers.next, Math.min(Infinity, ...times), 'the next timer');
}
