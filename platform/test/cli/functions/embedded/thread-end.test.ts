import assert from 'node:assert/strict';
import {
  failuresOf,
  isDoubtful,
  placeOf,
  suspectsOf,
  type ThreadEnd,
} from '../../../../src/cli/functions/embedded/thread-end.js';
import { textBatch } from '../calling.js';

const BATCHES = [textBatch('ann', 'a', 'b'), textBatch('bob', 'c')];
const CALL = 7;

describe('a thread of functions that ends before its time', () => {
  const cases: readonly [
    where: string,
    end: Omit<ThreadEnd, 'what' | 'mayBeOver'>,
    blamed: readonly [boolean, boolean],
    invocation: number | undefined,
    suspected: readonly string[],
  ][] = [
    [
      'in a message of the call',
      { running: { call: CALL, batch: 0, invocation: 1 }, begunCall: CALL },
      [true, false],
      1,
      [],
    ],
    [
      'in a message of another call',
      { running: { call: CALL + 1, batch: 0, invocation: 0 }, begunCall: CALL + 1 },
      [false, false],
      undefined,
      [],
    ],
    [
      'between messages, with the call begun',
      { running: undefined, begunCall: CALL },
      [true, true],
      undefined,
      ['ann', 'bob'],
    ],
    ['before the call', { running: undefined, begunCall: CALL - 1 }, [false, false], undefined, []],
  ];
  for (const [where, rest, blamed, invocation, suspected] of cases) {
    it(`${where}: ${blamed.some(Boolean) ? 'it counts against that' : 'it counts against nobody'}`, () => {
      const end = { what: 'it broke', mayBeOver: false, ...rest };
      assert.deepEqual(
        failuresOf(CALL, BATCHES, end),
        blamed.map((isBlamed, index) => ({
          kind: 'failure',
          retriable: true,
          message: 'it broke',
          ...(isBlamed ? {} : { unreachable: true }),
          ...(isBlamed && index === 0 && invocation !== undefined ? { invocation } : {}),
        })),
      );
      const suspects = suspectsOf([[CALL, { batches: BATCHES }]], end);
      assert.deepEqual(
        suspects.map(([, { target }]) => target.id),
        suspected,
      );
    });
  }

  it('has one that is to blame only where it can be no other', () => {
    const end = { what: 'it broke', running: undefined, begunCall: CALL };
    const cases: readonly [suspects: number, mayBeOver: boolean, expected: boolean][] = [
      [0, false, false],
      [0, true, false],
      [1, false, false],
      [1, true, true],
      [2, false, true],
    ];
    for (const [suspects, mayBeOver, expected] of cases)
      assert.equal(isDoubtful(new Array(suspects).fill(0), { ...end, mayBeOver }), expected);
  });

  it('is told with the address, and the message if it is known', () => {
    assert.equal(placeOf(BATCHES[0]!, 1), 'example/greeter of "ann", message 2 of 2');
    assert.equal(placeOf(BATCHES[0]!, undefined), 'example/greeter of "ann"');
  });
});
