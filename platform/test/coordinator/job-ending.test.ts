/** A stop whose checkpoint is complete only when its tasks have failed and begun anew. */
import assert from 'node:assert/strict';
import type { CheckpointCoordinator, CheckpointRequest } from '../../src/checkpoint/checkpoint-coordinator.js';
import { JobEnding } from '../../src/coordinator/job-ending.js';
import { ExecutionGraph } from '../../src/scheduling/execution-graph.js';
import { pipeline } from './job-graphs.js';

describe('the end of a job', () => {
  it('comes also when it was promised behind the back of an attempt that had begun by then', () => {
    const asked: CheckpointRequest[] = [];
    const checkpoints = { isActive: true, request: (request: CheckpointRequest) => void asked.push(request) };
    const graph = new ExecutionGraph(pipeline('a', 2), undefined);
    graph.renew(new Set(graph.tasks.map(({ id }) => id)), 1, 1);
    const ending = new JobEnding(
      graph,
      checkpoints as unknown as CheckpointCoordinator,
      { takesCheckpoints: true, hasLoops: false },
      { schedule: () => () => undefined },
    );
    let told: unknown;
    ending.stop({ type: 'savepoint', then: 'drain', done: (result) => (told = result) });
    // The store has been asked, and only its answer ends the checkpoint.
    ending.interrupt();
    ending.check();
    assert.equal(asked.length, 1);
    asked[0]!.done({ checkpoint: 7, folder: 'savepoints/7-1/', isQuiescent: true });
    assert.deepEqual(told, { checkpoint: 7, folder: 'savepoints/7-1/', isQuiescent: true });
    assert.deepEqual(
      asked.slice(1).map(({ type, then }) => [type, then]),
      [['checkpoint', 'drain']],
    );
  });
});
