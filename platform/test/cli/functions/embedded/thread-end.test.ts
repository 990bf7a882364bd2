import assert from 'node:assert/strict';
import { culpritOf, failuresOf, type ThreadEnd } from '../../../../src/cli/functions/embedded/thread-end.js';
import { textBatch } from '../calling.js';

const BATCHES = [textBatch('ann', 'a', 'b'), textBatch('bob', 'c')];
const CALL = 7;

describe('a thread of functions that ends before its time', () => {
  const cases: readonly [
    where: string,
    end: Omit<ThreadEnd, 'what'>,
    blamed: readonly [boolean, boolean],
    invocation: number | undefined,
    culprit: string | undefined,
  ][] = [
    [
      'in a message of the call',
      { running: { call: CALL, batch: 0, invocation: 1 }, begunCall: CALL },
      [true, false],
      1,
      'example/greeter of "ann", message 2 of 2',
    ],
    [
      'in a message of another call',
      { running: { call: CALL + 1, batch: 0, invocation: 0 }, begunCall: CALL + 1 },
      [false, false],
      undefined,
      undefined,
    ],
    [
      'between messages, with the call begun',
      { running: undefined, begunCall: CALL },
      [true, true],
      undefined,
      undefined,
    ],
    ['before the call', { running: undefined, begunCall: CALL - 1 }, [false, false], undefined, undefined],
  ];
  for (const [where, rest, blamed, invocation, culprit] of cases) {
    it(`${where}: ${blamed.some(Boolean) ? 'it counts against that' : 'it counts against nobody'}`, () => {
      const end = { what: 'it broke', ...rest };
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
      assert.equal(culpritOf(CALL, BATCHES, end), culprit);
    });
  }
});
