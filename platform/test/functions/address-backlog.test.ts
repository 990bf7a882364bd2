import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AddressBacklog } from '../../src/functions/address-backlog.js';
import { bytesOf, type WaitingMessage } from '../../src/functions/function-message.js';
import { WAITING_MESSAGES } from '../../src/functions/message-codec.js';
import { placeOf } from '../../src/functions/state-place.js';
import { openHeapStore } from '../state/stores.js';

const PLACE = placeOf('test/backlog', 'test/backlog');
const HELD_MESSAGES_MAX = 4;
const IDS = ['a', 'b'] as const;

const message = (n: number): WaitingMessage => ({
  caller: undefined,
  argument: { typename: 'test/N', hasValue: true, bytes: Uint8Array.of(n) },
});
const numbersOf = (messages: readonly WaitingMessage[]): number[] => messages.map(({ argument }) => argument.bytes[0]!);

type Step = readonly [what: 'add' | 'call' | 'page' | 'checkpoint' | 'restore', id: 'a' | 'b', count: number];

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(
    fc.constantFrom('add', 'add', 'call', 'call', 'page', 'checkpoint', 'restore'),
    fc.constantFrom(...IDS),
    fc.integer({ min: 1, max: 6 }),
  ),
  { maxLength: 60 },
);

describe('backlogs of addresses', () => {
  it('give messages in their order, held or paged, and lose none at a checkpoint', () => {
    fc.assert(
      fc.property(steps, (run) => {
        const store = openHeapStore();
        const open = () => new AddressBacklog(store, PLACE, HELD_MESSAGES_MAX * bytesOf(message(0)));
        const expected: Record<'a' | 'b', number[]> = { a: [], b: [] };
        let backlog = open();
        let last = 0;
        for (const [what, id, count] of run) {
          switch (what) {
            case 'add':
              for (let i = 0; i < count; i++) {
                backlog.add(id, message(++last % 256));
                expected[id].push(last % 256);
              }
              break;
            case 'call': {
              const called = backlog.peek(id, count, Infinity);
              assert.deepEqual(numbersOf(called), expected[id].slice(0, count));
              const { left } = backlog.remove(id, called);
              expected[id] = expected[id].slice(count);
              assert.equal(left, expected[id].length);
              break;
            }
            case 'page':
              backlog.page(id);
              break;
            case 'checkpoint':
              backlog.prepareSnapshot();
              break;
            case 'restore':
              backlog.prepareSnapshot();
              backlog = open();
          }
          for (const one of IDS) {
            assert.deepEqual(numbersOf(backlog.peek(one, Infinity, Infinity)), expected[one]);
            assert.equal(backlog.bytes(one), expected[one].length * bytesOf(message(0)));
          }
        }
        assert.deepEqual(
          [...backlog.all()].map(([id, , count]) => [id, count]).sort(),
          IDS.filter((id) => expected[id].length > 0).map((id) => [id, expected[id].length]),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('can be gone through while addresses come and go', () => {
    const backlog = new AddressBacklog(openHeapStore(), PLACE);
    for (const id of IDS) backlog.add(id, message(1));
    const found: string[] = [];
    for (const id of backlog.ids()) {
      found.push(id);
      assert.ok(found.length <= IDS.length);
      backlog.remove(id, backlog.peek(id, 1, Infinity));
      backlog.add(id, message(2));
    }
    assert.deepEqual(found, [...IDS]);
  });

  it('hold what they may, and leave nothing in keyed state that is done with', () => {
    const store = openHeapStore();
    const kept = store.map({ owner: PLACE.owner, name: 'messages', codec: WAITING_MESSAGES });
    const inState = (): number[] => [...kept.entries('a')].map(([, { argument }]) => argument.bytes[0]!);
    const backlog = new AddressBacklog(store, PLACE, HELD_MESSAGES_MAX * bytesOf(message(0)));
    for (let n = 1; n <= 6; n++) backlog.add('a', message(n));
    assert.deepEqual(inState(), [5, 6]);
    backlog.prepareSnapshot();
    assert.deepEqual(inState(), [1, 2, 3, 4, 5, 6]);
    backlog.remove('a', backlog.peek('a', 5, Infinity));
    assert.deepEqual(inState(), [6]);
    backlog.remove('a', backlog.peek('a', 1, Infinity));
    assert.deepEqual(inState(), []);
    backlog.add('a', message(7));
    assert.deepEqual(inState(), []);
    backlog.page('a');
    assert.deepEqual(inState(), [7]);
  });
});
