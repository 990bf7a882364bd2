/** Renamed things in the graph: each says what it was, and a shared node the id that it had. */
import assert from 'node:assert/strict';
import type { PatternNode, StreamGraph } from '../../src/job/stream-graph.js';
import { planText } from './plan-text.js';

interface Names {
  readonly ingress?: string;
  readonly filter?: string;
  readonly wasIngress?: string;
  readonly wasFilter?: string;
}

function graphOf({ ingress = 'payments', filter = 'large', wasIngress, wasFilter }: Names): StreamGraph {
  const was = (name: string | undefined) => (name === undefined ? '' : `, renamedFrom: ${name}`);
  const { graph, diagnostics } = planText(`
name: sample
ingresses:
  ${ingress}: { file: p.jsonl, schema: { card: string }${was(wasIngress)} }
rules:
  ${filter}: { from: ${ingress}, to: alerts${was(wasFilter)} }
  direct: { from: ${ingress}, key: card, pattern: { within: 1h, steps: [{ begin: one }] }, to: alerts }
  second: { from: ${filter}, key: card, pattern: { within: 1h, steps: [{ begin: one }] }, to: alerts }
egresses:
  alerts: { stdout: {} }
`);
  assert.ok(graph, JSON.stringify(diagnostics));
  return graph;
}

function patterns({ operators }: StreamGraph): PatternNode[] {
  return operators.filter((node) => node.kind === 'pattern');
}

describe('a renamed input', () => {
  const before = patterns(graphOf({})).map(({ id }) => id);

  it('leaves nodes that were never renamed without an old id', () => {
    assert.deepEqual(
      patterns(graphOf({})).map((node) => 'renamedFrom' in node),
      [false, false],
    );
  });

  it('gives the node that reads it another id, which knows its old one', () => {
    const [direct, second] = patterns(graphOf({ ingress: 'purchases', wasIngress: 'payments' }));
    assert.notEqual(direct?.id, before[0]);
    assert.equal(direct?.renamedFrom, before[0]);
    assert.deepEqual([second?.id, second?.renamedFrom], [before[1], undefined]);
  });

  it('may be a rule whose alerts are read', () => {
    const [direct, second] = patterns(graphOf({ filter: 'big', wasFilter: 'large' }));
    assert.deepEqual([direct?.id, direct?.renamedFrom], [before[0], undefined]);
    assert.equal(second?.renamedFrom, before[1]);
  });
});
