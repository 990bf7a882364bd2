import assert from 'node:assert/strict';
import { ownersOf } from '../../src/checkpoint/state-owners.js';
import { buildJobGraph } from '../../src/job/job-graph.js';
import { planned } from '../taskmanager/harness.js';
import { ruleApplication } from '../taskmanager/rule-case.js';

describe('state of a checkpoint', () => {
  it('has one vertex that takes it, whatever its name is', () => {
    const { vertices } = buildJobGraph(
      planned(
        ruleApplication(`
  plain: { from: in, suppress: { for: 1h }, to: out }
  pairs: { from: in, key: k, pattern: { within: 1h, steps: [{ begin: a }, { next: b }] }, suppress: { for: 1h }, to: out }
  again: { from: plain, to: out }`),
      ),
    );
    const owned = vertices.flatMap(ownersOf);
    assert.ok(owned.includes('rules.plain') && owned.includes('rules.pairs'), owned.join());
    assert.deepEqual([...new Set(owned)], owned);
  });
});
