import assert from 'node:assert/strict';
import { ChannelTurns } from '../../src/network/channel-turns.js';

/** Takes one element at a time from channels that hold so many; tells from which, and stops when all are empty. */
function order(turns: ChannelTurns, held: number[], most = 1000, isFair = false): number[] {
  const taken: number[] = [];
  while (taken.length < most) {
    turns.begin(isFair);
    let from = turns.next();
    while (from !== undefined && held[from] === 0) from = turns.next();
    if (from === undefined) break;
    held[from]!--;
    turns.taken(from);
    taken.push(from);
  }
  return taken;
}

/** How many elements of channel 1 came before each of channel 0. */
function gaps(taken: readonly number[]): number[] {
  return taken
    .join('')
    .split('0')
    .slice(0, -1)
    .map((run) => run.length);
}

describe('turns among the channels of a gate', () => {
  it('go round', () => {
    assert.deepEqual(order(new ChannelTurns([false, false, false]), [2, 3, 1]), [0, 1, 2, 0, 1, 1]);
  });

  it('let a loop run empty before anything new enters it', () => {
    assert.deepEqual(order(new ChannelTurns([false, true, true]), [2, 3, 1]), [1, 2, 1, 1, 0, 0]);
  });

  it('give the input its turn when the loop does not run empty, ever less often', () => {
    const taken = order(new ChannelTurns([false, true]), [100, 100_000], 1_400);
    assert.deepEqual(gaps(taken), [16, 32, 64, 128, 256, 256, 256, 256]);
  });

  it('forget that once the loop has run empty', () => {
    const turns = new ChannelTurns([false, true]);
    assert.deepEqual(gaps(order(turns, [4, 70])), [16, 32, 22, 0]);
    assert.deepEqual(gaps(order(turns, [2, 1000], 60)), [16, 32]);
  });

  it('change between the loop and the input while barriers are awaited', () => {
    assert.deepEqual(order(new ChannelTurns([false, true]), [3, 4], 7, true), [1, 0, 1, 0, 1, 0, 1]);
  });
});
