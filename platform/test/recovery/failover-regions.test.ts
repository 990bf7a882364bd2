import assert from 'node:assert/strict';
import { tasksToRestart } from '../../src/recovery/failover-regions.js';
import { pipelinedRegions } from '../../src/scheduling/pipelined-regions.js';
import { tasksOf } from '../../src/scheduling/job-task.js';
import { edge, vertex } from '../coordinator/job-graphs.js';

/** a → b ⇥ c ⇥ d, and e apart; → is pipelined, ⇥ blocking. */
const GRAPH = {
  vertices: ['ingresses.a', 'rules.b', 'rules.c', 'egresses.d', 'ingresses.e'].map((id) => vertex(id, 1)),
  edges: [
    edge('ingresses.a', 'rules.b'),
    edge('rules.b', 'rules.c', { exchange: 'blocking' }),
    edge('rules.c', 'egresses.d', { exchange: 'blocking' }),
  ],
};

describe('failover by region', () => {
  const cases: [failed: string, restarted: string[]][] = [
    ['ingresses.a', ['ingresses.a', 'rules.b', 'rules.c', 'egresses.d']],
    ['rules.b', ['ingresses.a', 'rules.b', 'rules.c', 'egresses.d']],
    ['rules.c', ['rules.c', 'egresses.d']],
    ['egresses.d', ['egresses.d']],
    ['ingresses.e', ['ingresses.e']],
  ];
  for (const [failed, restarted] of cases) {
    it(`restarts ${restarted.join(', ')} when ${failed} fails`, () => {
      assert.deepEqual([...tasksToRestart(failed, pipelinedRegions(tasksOf(GRAPH)))], restarted);
    });
  }
});
