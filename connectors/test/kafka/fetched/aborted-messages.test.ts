import assert from 'node:assert/strict';
import {
  withoutAborted,
  type AbortedTransaction,
  type TransactionalRecord,
} from '../../../src/kafka/fetched/aborted-messages.js';

type Of = readonly [producer: number, kind: 'record' | 'abort' | 'commit' | 'plain'];

const KEYS = { abort: [0, 0, 0, 0], commit: [0, 0, 0, 1] };

function fetched(all: readonly Of[], from = 0): TransactionalRecord[] {
  return all.map(([producer, kind], index) => ({
    offsetNumber: from + index,
    key: kind === 'abort' || kind === 'commit' ? Buffer.from(KEYS[kind]) : null,
    isControlRecord: kind === 'abort' || kind === 'commit',
    batchContext: { producerId: String(producer), inTransaction: kind !== 'plain' },
  }));
}

const aborted = (...all: readonly (readonly [producer: number, first: number])[]): AbortedTransaction[] =>
  all.map(([producer, first]) => ({ producerId: String(producer), firstOffset: String(first) }));

const cases: readonly (readonly [
  what: string,
  messages: readonly Of[],
  list: AbortedTransaction[],
  left: number[],
  from?: number,
])[] = [
  [
    'all where nothing was aborted',
    [
      [1, 'record'],
      [1, 'commit'],
    ],
    [],
    [0],
  ],
  [
    'none of an aborted one',
    [
      [1, 'record'],
      [1, 'record'],
      [1, 'abort'],
    ],
    aborted([1, 0]),
    [],
  ],
  [
    'what its producer committed behind it',
    [
      [1, 'record'],
      [1, 'abort'],
      [1, 'record'],
      [1, 'commit'],
    ],
    aborted([1, 0]),
    [2],
  ],
  [
    'none of two that overlap, listed in the order of their ends',
    [
      [1, 'record'],
      [2, 'record'],
      [1, 'record'],
      [2, 'abort'],
      [1, 'record'],
      [1, 'abort'],
    ],
    aborted([2, 1], [1, 0]),
    [],
  ],
  [
    'none of two that began before what was fetched',
    [
      [2, 'record'],
      [1, 'record'],
      [2, 'abort'],
      [1, 'abort'],
    ],
    aborted([2, 5], [1, 3]),
    [],
    10,
  ],
  [
    'what others committed in between',
    [
      [1, 'record'],
      [2, 'record'],
      [3, 'plain'],
      [2, 'commit'],
      [1, 'abort'],
    ],
    aborted([1, 0]),
    [1, 2],
  ],
  [
    'what was committed between two that were aborted',
    [
      [1, 'record'],
      [1, 'abort'],
      [1, 'record'],
      [1, 'commit'],
      [1, 'record'],
      [1, 'abort'],
    ],
    aborted([1, 0], [1, 4]),
    [2],
  ],
];

describe('of what was fetched', () => {
  for (const [what, messages, list, left, from = 0] of cases)
    it(`there is left ${what}`, () => {
      const found = withoutAborted(fetched(messages, from), list);
      assert.deepEqual(
        found.filter(({ isControlRecord }) => !isControlRecord).map(({ offsetNumber }) => offsetNumber - from),
        left,
      );
    });

  it('a record whose key has the bytes of an abort marker ends nothing', () => {
    const [first, second, marker] = fetched([
      [1, 'record'],
      [1, 'record'],
      [1, 'abort'],
    ]);
    const messages = [{ ...first!, key: Buffer.from(KEYS.abort) }, second!, marker!];
    assert.deepEqual(withoutAborted(messages, aborted([1, 0])), [marker]);
  });
});
