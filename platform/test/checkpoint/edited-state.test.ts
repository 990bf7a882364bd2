import assert from 'node:assert/strict';
import { assignState } from '../../src/checkpoint/state-assignment.js';
import type { CheckpointMetadata } from '../../src/checkpoint/checkpoint-metadata.js';
import { edgeId, type JobGraph } from '../../src/job/job-graph.js';
import type { RestorePlan } from '../../src/plan/compatibility/index.js';
import { tasksOf } from '../../src/scheduling/job-task.js';
import { edge, pipeline, vertex } from '../coordinator/job-graphs.js';
import { keyed, metadataOf, operatorState, state } from './snapshots.js';

const ALL = { first: 0, last: 7 };

function restorePlan(more: Partial<RestorePlan>): RestorePlan {
  return { nodes: new Map(), matches: new Map(), suppressions: new Set(), clocks: new Set(), ...more };
}

/** What the only subtask of a task is given. */
function given(metadata: CheckpointMetadata, graph: JobGraph, task: string, edit: RestorePlan) {
  const options = { maxParallelism: 8, allowNonRestoredState: false, rewound: false, edit };
  return assignState(metadata, tasksOf(graph), graph, options).get(task)![0]!;
}

/** The owners of what a task finds under its own names. */
function ownersGiven(metadata: CheckpointMetadata, graph: JobGraph, task: string, edit: RestorePlan): string[] {
  const { snapshot } = given(metadata, graph, task, edit);
  const states = [...snapshot.operators, ...snapshot.keyed.flatMap((handle) => handle.states)];
  return states.map(({ owner }) => owner);
}

const inFlight = (id: string) => [{ edge: id, producer: 0, consumer: 0, elements: { inline: Uint8Array.of(1) } }];

describe('state of an edited application', () => {
  const saved = metadataOf(5, {
    'rules.was': [
      state({ keyed: keyed('rules.was', ALL, ['k']), operators: operatorState('rules.was', 'union', ['x']) }),
    ],
  });

  it('goes to what it belongs to now', () => {
    const edit = restorePlan({ nodes: new Map([['rules.was', 'rules.a']]) });
    assert.deepEqual(ownersGiven(saved, pipeline('a', 1), 'rules.a', edit), ['rules.a', 'rules.a']);
  });

  it('goes to nobody, and is not refused, where the comparison did not name it', () => {
    assert.deepEqual(ownersGiven(saved, pipeline('a', 1), 'rules.a', restorePlan({})), []);
  });

  it('does not go to something else that has its name now', () => {
    assert.deepEqual(ownersGiven(saved, pipeline('was', 1), 'rules.was', restorePlan({})), []);
  });

  it('keeps the places of the states in a file, also of those that are not kept', () => {
    const [handle] = keyed('rules.gone', ALL, ['k']);
    const states = [handle!.states[0]!, { ...handle!.states[0]!, owner: 'rules.was' }];
    const shared = metadataOf(5, { 'rules.was': [state({ keyed: [{ ...handle!, states }] })] });
    const edit = restorePlan({ nodes: new Map([['rules.was', 'rules.a']]) });
    const [found] = given(shared, pipeline('a', 1), 'rules.a', edit).snapshot.keyed;
    assert.deepEqual(
      found?.states.map(({ owner }) => owner),
      ['', 'rules.a'],
    );
  });

  it('of an egress that is another is not written out', () => {
    const staged = [{ subtask: 0, epoch: 5, staged: Uint8Array.of(1) }];
    const old = metadataOf(5, { 'egresses.was': [state({}, staged)], 'egresses.a': [state({}, staged)] });
    const edit = restorePlan({ nodes: new Map([['egresses.was', 'egresses.a']]) });
    assert.equal(given(old, pipeline('a', 1), 'egresses.a', edit).staged.length, 1);
    assert.equal(given(old, pipeline('a', 1), 'egresses.a', restorePlan({})).staged.length, 0);
  });

  it('says to its tasks which partial matches and watermarks are kept', () => {
    const match = { rule: 'was', stages: new Map([['s', 't']]), next: { before: 'u', after: 'v' } };
    const edit = restorePlan({ matches: new Map([['a', match]]), clocks: new Set(['in']) });
    assert.deepEqual(given(saved, pipeline('a', 1), 'rules.a', edit).edited, {
      matches: [{ rule: 'a', former: 'was', stages: [['s', 't']], next: { before: 'u', after: 'v' } }],
      clocks: ['in'],
    });
  });
});

describe('what was in flight in an edited application', () => {
  const graphOf = (ingress: string, rule: string): JobGraph => ({
    vertices: [vertex(`ingresses.${ingress}`, 1), vertex(`rules.${rule}`, 1)],
    edges: [edge(`ingresses.${ingress}`, `rules.${rule}`)],
  });
  const old = metadataOf(5, {
    'rules.was': [state({ channels: inFlight(edgeId(graphOf('from', 'was').edges[0]!)) })],
  });

  it('goes on its way when both ends have other names', () => {
    const nodes = new Map([
      ['ingresses.from', 'ingresses.in'],
      ['rules.was', 'rules.a'],
    ]);
    const { snapshot } = given(old, graphOf('in', 'a'), 'rules.a', restorePlan({ nodes }));
    assert.deepEqual(
      snapshot.channels.map((channel) => channel.edge),
      [edgeId(graphOf('in', 'a').edges[0]!)],
    );
  });

  it('is refused when its way is gone', () => {
    assert.throws(() => given(old, graphOf('in', 'a'), 'rules.a', restorePlan({})), { code: 'TG440' });
  });
});
