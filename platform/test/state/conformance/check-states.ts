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

function isBehind(key: Key, after: Key | undefined): boolean {
  return after === undefined || Buffer.compare(keyBytes(key), keyBytes(after)) > 0;
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
    for (const after of [undefined, ...KEYS])
      assert.deepStrictEqual(
        states.map.behind(key, after, 2),
        inByteOrder(expect(model.map) ?? [])
          .filter(([mapKey]) => isBehind(mapKey, after))
          .slice(0, 2),
        `map ${at} behind ${String(after)}`,
      );
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
    for (const after of [undefined, ...KEYS]) {
      const runs = (state as ValueState<unknown>).runs(after, DECODING);
      if (runs === undefined) continue;
      const read = [...runs].map((run) => [...run]);
      for (const run of read) assert.deepStrictEqual(run, inByteOrder(run), `a run of ${name} is in order`);
      const behind = new Map(told.filter(([key]) => isBehind(key, after)));
      assert.deepStrictEqual(new Map(read.flat()), behind, `runs of ${name} behind ${String(after)}`);
    }
  }
  const times = [...model.timers].flatMap(([key, ids]) =>
    isMine(key) ? [...ids].map((id) => Number(id.split('/')[0])) : [],
  );
  assert.equal(states.timers.next, Math.min(Infinity, ...times), 'the next timer');
}
