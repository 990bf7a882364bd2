/**
 * What operators do to sample states, as data for property tests; each is done to the states and to the model. Stores
 * are given copies of values that may be changed in place.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { keyBytes, type Key } from '../../../src/record/key.js';
import { Model, withEntry } from './model.js';
import { KEYS, type SampleStates } from './sample-states.js';

type Names<T> = { readonly [K in keyof T]: T[K] }[keyof T];

const key = fc.constantFrom(...KEYS);
const value = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.string({ maxLength: 3 }),
  fc.constant(null),
  fc.record({ n: fc.nat(9) }, { noNullPrototype: true }),
);
const number = fc.integer({ min: -100, max: 100 });
const time = fc.integer({ min: -3, max: 20 });
const tag = fc.constantFrom('', 'a', 'a/b');
const action = <N extends string, T extends object>(name: N, fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record({ action: fc.constant(name), ...fields }, { noNullPrototype: true }) as unknown as fc.Arbitrary<
    { readonly action: N } & T
  >;

const ACTIONS = {
  put: action('put', { key, value }),
  change: action('change', { key }),
  delete: action('delete', { key }),
  putOther: action('putOther', { key, value }),
  add: action('add', { key, value }),
  update: action('update', { key, values: fc.array(value, { maxLength: 3 }) }),
  deleteList: action('deleteList', { key }),
  putEntry: action('putEntry', { key, mapKey: key, value }),
  getEntry: action('getEntry', { key, mapKey: key }),
  deleteEntry: action('deleteEntry', { key, mapKey: key }),
  clear: action('clear', { key }),
  reduce: action('reduce', { key, number }),
  aggregate: action('aggregate', { key, number }),
  deleteReduced: action('deleteReduced', { key }),
  putExpiring: action('putExpiring', { key, value }),
  addExpiring: action('addExpiring', { key, value }),
  putExpiringEntry: action('putExpiringEntry', { key, mapKey: key, value }),
  readExpiringEntries: action('readExpiringEntries', { key }),
  setTimer: action('setTimer', { key, time, tag }),
  cancelTimer: action('cancelTimer', { key, time, tag }),
  advanceTimers: action('advanceTimers', { time }),
};

type ValueOf<A> = A extends fc.Arbitrary<infer T> ? T : never;
export type Action = ValueOf<Names<typeof ACTIONS>>;
export const anyAction: fc.Arbitrary<Action> = fc.oneof(...(Object.values(ACTIONS) as fc.Arbitrary<Action>[]));

export function perform(action: Action, states: SampleStates, model: Model, now: number): void {
  const before = <T>(map: Map<Key, T>): T | undefined => map.get((action as { key: Key }).key);
  switch (action.action) {
    case 'put':
      states.value.put(action.key, structuredClone(action.value));
      model.value.set(action.key, action.value);
      break;
    case 'change': {
      // In place, between get and put.
      const held = states.value.get(action.key);
      assert.deepStrictEqual(held, before(model.value));
      if (held === null || typeof held !== 'object') break;
      const changed = { ...held, changed: true };
      Object.assign(held, { changed: true });
      states.value.put(action.key, held);
      model.value.set(action.key, changed);
      break;
    }
    case 'delete':
      states.value.delete(action.key);
      model.value.delete(action.key);
      break;
    case 'putOther':
      states.otherOwner.put(action.key, structuredClone(action.value));
      model.otherOwner.set(action.key, action.value);
      break;
    case 'add':
      states.list.add(action.key, action.value);
      model.list.set(action.key, [...(before(model.list) ?? []), action.value]);
      break;
    case 'update':
      states.list.update(action.key, action.values);
      if (action.values.length === 0) model.list.delete(action.key);
      else model.list.set(action.key, action.values);
      break;
    case 'deleteList':
      states.list.delete(action.key);
      model.list.delete(action.key);
      break;
    case 'putEntry':
      states.map.put(action.key, action.mapKey, action.value);
      withEntry(model.map, action.key, action.mapKey, action.value);
      break;
    case 'getEntry':
      assert.deepStrictEqual(states.map.get(action.key, action.mapKey), before(model.map)?.get(action.mapKey));
      break;
    case 'deleteEntry':
      states.map.delete(action.key, action.mapKey);
      withEntry(model.map, action.key, action.mapKey, undefined);
      break;
    case 'clear':
      states.map.clear(action.key);
      model.map.delete(action.key);
      break;
    case 'reduce':
      states.reducing.add(action.key, action.number);
      model.reducing.set(action.key, (before(model.reducing) ?? 0) + action.number);
      break;
    case 'aggregate':
      states.aggregating.add(action.key, action.number);
      model.aggregating.set(action.key, [...(before(model.aggregating) ?? []), action.number]);
      break;
    case 'deleteReduced':
      states.reducing.delete(action.key);
      states.aggregating.delete(action.key);
      model.reducing.delete(action.key);
      model.aggregating.delete(action.key);
      break;
    case 'putExpiring':
      states.expiring.put(action.key, structuredClone(action.value));
      model.expiring.set(action.key, { value: action.value, time: now });
      break;
    case 'addExpiring':
      states.expiringList.add(action.key, action.value);
      model.expiringList.set(action.key, [
        ...(before(model.expiringList) ?? []).filter((element) => Model.isLive(element, now)),
        { value: action.value, time: now },
      ]);
      break;
    case 'putExpiringEntry':
      states.expiringMap.put(action.key, action.mapKey, action.value);
      withEntry(model.expiringMap, action.key, action.mapKey, { value: action.value, time: now });
      break;
    case 'readExpiringEntries': {
      const live = [...(before(model.expiringMap) ?? [])].filter(([, stamped]) => Model.isLive(stamped, now));
      live.sort(([a], [b]) => Buffer.compare(keyBytes(a), keyBytes(b)));
      assert.deepStrictEqual(
        [...states.expiringMap.entries(action.key)],
        live.map(([mapKey, { value }]) => [mapKey, value]),
      );
      // Reading begins the time anew.
      for (const [mapKey, { value }] of live) withEntry(model.expiringMap, action.key, mapKey, { value, time: now });
      break;
    }
    case 'setTimer':
      states.timers.set(action.key, action.time, action.tag);
      model.timers.set(action.key, new Set([...(before(model.timers) ?? []), `${action.time}/${action.tag}`]));
      break;
    case 'cancelTimer': {
      states.timers.cancel(action.key, action.time, action.tag);
      removeTimer(model, action.key, `${action.time}/${action.tag}`);
      break;
    }
    case 'advanceTimers': {
      const fired: (readonly [Key, number, string])[] = [];
      states.timers.advance(action.time, (...timer) => fired.push(timer));
      assert.deepStrictEqual(fired, dueTimers(model, action.time));
      for (const [key, at, tag] of fired) removeTimer(model, key, `${at}/${tag}`);
      break;
    }
  }
}

function removeTimer(model: Model, key: Key, id: string): void {
  const left = [...(model.timers.get(key) ?? [])].filter((timer) => timer !== id);
  if (left.length === 0) model.timers.delete(key);
  else model.timers.set(key, new Set(left));
}

function dueTimers(model: Model, until: number): (readonly [Key, number, string])[] {
  return [...model.timers]
    .flatMap(([key, ids]) =>
      [...ids].map((id) => [key, Number(id.split('/')[0]), id.slice(id.indexOf('/') + 1)] as const),
    )
    .filter(([, time]) => time <= until)
    .sort(
      ([a, left, tag], [b, right, other]) =>
        left - right || Buffer.compare(keyBytes(a), keyBytes(b)) || (tag < other ? -1 : tag > other ? 1 : 0),
    );
}
