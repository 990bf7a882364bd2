/** One state of each kind, as the conformance suite opens them in every store, and a model of what they hold. */
import { plainValueCodec } from '../../../src/state/codecs/plain-value-codec.js';
import type { KeyedStore } from '../../../src/state/keyed-store.js';
import type { Key } from '../../../src/record/key.js';

export const TTL_MS = 100;

export function openStates(store: KeyedStore) {
  const codec = plainValueCodec<unknown>();
  const numbers = plainValueCodec<number>();
  const owner = 'rules.r';
  return {
    value: store.value({ owner, name: 'value', codec }),
    otherOwner: store.value({ owner: 'rules.other', name: 'value', codec }),
    list: store.list({ owner, name: 'list', codec }),
    map: store.map({ owner, name: 'map', codec }),
    reducing: store.reducing({ owner, name: 'reducing', codec: numbers }, (a, b) => a + b),
    aggregating: store.aggregating<number, { sum: number; n: number }, number>(
      { owner, name: 'aggregating', codec: plainValueCodec<{ sum: number; n: number }>() },
      {
        create: () => ({ sum: 0, n: 0 }),
        add: (accumulator, value) => {
          // Changed in place, as accumulators may be.
          accumulator.sum += value;
          accumulator.n++;
          return accumulator;
        },
        result: ({ sum, n }) => sum / n,
      },
    ),
    expiring: store.value({ owner, name: 'expiring', codec, ttl: { ms: TTL_MS } }),
    expiringList: store.list({ owner, name: 'expiringList', codec, ttl: { ms: TTL_MS } }),
    expiringMap: store.map({ owner, name: 'expiringMap', codec, ttl: { ms: TTL_MS, onRead: true } }),
    timers: store.timers(owner, 'timers'),
  };
}

export type SampleStates = ReturnType<typeof openStates>;

/** Keys whose canonical bytes differ in type, length and order; also beyond what a double holds, and lists. */
export const KEYS: readonly Key[] = [
  ...['', 'a', 'ab', 'b', 'é', '\u0000', '\u0000\u0000', 'a\u0000', 'customer-1', 'customer-10'],
  ...[0, 1, -1, 255, 256, 1.5, -1.5, 2 ** 53 - 1, 2n ** 60n, Infinity],
  ...[true, false],
];
