import assert from 'node:assert/strict';
import { StagedEpochs } from '../../src/task/staged-epochs.js';

const staged = (epoch: number) => ({ subtask: 0, epoch, staged: Uint8Array.of(epoch) });

describe('the staged epochs of a sink', () => {
  it('are handed over once, also when several of them are told as committed one by one', () => {
    const handed: number[][] = [];
    const epochs = new StagedEpochs((due) => handed.push(due.map(({ epoch }) => epoch)));
    for (const epoch of [8, 9, 10]) epochs.stage(staged(epoch));
    epochs.checkpointComplete(9);
    assert.deepEqual(handed, [[8, 9]]);
    epochs.committed(8);
    assert.deepEqual(handed, [[8, 9]]);
    epochs.checkpointComplete(10);
    assert.deepEqual(handed, [[8, 9]]);
    epochs.committed(9);
    assert.deepEqual(handed, [[8, 9], [10]]);
    epochs.committed(10);
    assert.ok(epochs.isEmpty);
  });
});
