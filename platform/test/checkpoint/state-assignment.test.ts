import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CheckpointMetadata, SubtaskState } from '../../src/checkpoint/checkpoint-metadata.js';
import { assignState } from '../../src/checkpoint/state-assignment.js';
import { edgeId, type JobGraph } from '../../src/job/job-graph.js';
import { keyGroupRange, overlaps } from '../../src/job/key-groups.js';
import type { ChannelStateHandle, OperatorStateHandle } from '../../src/job/state-handle.js';
import { tasksOf } from '../../src/scheduling/job-task.js';
import { edge, pipeline, vertex } from '../coordinator/job-graphs.js';
import { keyed, metadataOf, operatorState, state } from './snapshots.js';

const MAX = 8;

function assign(metadata: CheckpointMetadata, graph: JobGraph, allowNonRestoredState = false, maxParallelism = MAX) {
  return assignState(metadata, tasksOf(graph), graph, { maxParallelism, allowNonRestoredState, rewound: false });
}

/** By subtask: names of the first file of each keyed handle. */
function keyedOf(metadata: CheckpointMetadata, parallelism: number, maxParallelism = MAX): string[][] {
  const restores = assign(metadata, pipeline('a', parallelism), false, maxParallelism).get('rules.a')!;
  return restores.map(({ snapshot }) =>
    snapshot.keyed.map(({ content }) => {
      const [first] = content.files;
      return first !== undefined && 'local' in first ? first.local : '';
    }),
  );
}

/** A checkpoint of a pipeline whose rule had keyed state in each of its subtasks. */
function keyedCheckpoint(parallelism: number, more: Partial<CheckpointMetadata> = {}): CheckpointMetadata {
  const subtasks = Array.from({ length: parallelism }, (_, subtask) =>
    state({ keyed: keyed('rules.a', keyGroupRange(subtask, MAX, parallelism), [`k${subtask}`]) }),
  );
  return metadataOf(5, { 'rules.a': subtasks }, more);
}

function entriesOf(handles: readonly OperatorStateHandle[]): string[] {
  return handles.flatMap(({ entries }) => entries.map((e) => ('inline' in e ? Buffer.from(e.inline).toString() : '')));
}

describe('keyed state at a restore', () => {
  const cases: [from: number, to: number, given: string[][]][] = [
    [2, 2, [['k0'], ['k1']]],
    [2, 4, [['k0'], ['k0'], ['k1'], ['k1']]],
    [
      4,
      2,
      [
        ['k0', 'k1'],
        ['k2', 'k3'],
      ],
    ],
    [2, 3, [['k0'], ['k0', 'k1'], ['k1']]],
    [3, 1, [['k0', 'k1', 'k2']]],
  ];
  for (const [from, to, given] of cases) {
    it(`goes from ${from} to ${to} subtasks by key groups`, () => {
      assert.deepEqual(keyedOf(keyedCheckpoint(from), to), given);
    });
  }

  it('each key group is given to the one subtask that owns it', () => {
    const parallelism = fc.integer({ min: 1, max: MAX });
    fc.assert(
      fc.property(parallelism, parallelism, (from, to) => {
        const restores = assign(keyedCheckpoint(from), pipeline('a', to)).get('rules.a')!;
        for (let group = 0; group < MAX; group++) {
          const owner = restores.findIndex((_, i) =>
            overlaps(keyGroupRange(i, MAX, to), { first: group, last: group }),
          );
          const holders = restores[owner]!.snapshot.keyed.filter(({ keyGroups }) => {
            return keyGroups.first <= group && group <= keyGroups.last;
          });
          assert.equal(holders.length, 1);
        }
      }),
    );
  });

  it('F57: another maxParallelism is refused', () => {
    assert.throws(() => keyedOf(keyedCheckpoint(2), 2, 16), {
      code: 'TG441',
      message:
        'checkpoint 5 was divided for maxParallelism 8, and the application says 16. Write 8 again; to change it, take a savepoint and start from that.',
    });
  });

  it('F57: of a savepoint every subtask is given all, to hash the keys anew', () => {
    const savepoint = keyedCheckpoint(2, { type: 'savepoint' });
    assert.deepEqual(keyedOf(savepoint, 2, 16), [
      ['k0', 'k1'],
      ['k0', 'k1'],
    ]);
    assert.equal(assign(savepoint, pipeline('a', 2), false, 16).get('rules.a')?.[0]?.rehash, true);
  });
});

describe('operator state at a restore', () => {
  const modes: [mode: OperatorStateHandle['mode'], given: string[][]][] = [
    [
      'split',
      [
        ['a', 'c'],
        ['b', 'd'],
      ],
    ],
    [
      'union',
      [
        ['a', 'b', 'c', 'd'],
        ['a', 'b', 'c', 'd'],
      ],
    ],
    [
      'broadcast',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'broadcast',
      [
        ['a', 'b'],
        ['a', 'b'],
        ['a', 'b'],
      ],
    ],
  ];
  for (const [mode, given] of modes) {
    it(`${mode}: a, b and c, d become ${given.map((entries) => entries.join(', ')).join(' and ')}`, () => {
      const old = [
        ['a', 'b'],
        ['c', 'd'],
      ].map((entries) => state({ operators: operatorState('rules.a', mode, entries) }));
      const restores = assign(metadataOf(5, { 'rules.a': old }), pipeline('a', given.length)).get('rules.a')!;
      assert.deepEqual(
        restores.map(({ snapshot }) => entriesOf(snapshot.operators)),
        given,
      );
    });
  }

  it('broadcast: where the first subtask had nothing yet, nobody has anything at another parallelism', () => {
    const old = [state({}), state({ operators: operatorState('rules.a', 'broadcast', ['a']) })];
    const restores = assign(metadataOf(5, { 'rules.a': old }), pipeline('a', 3)).get('rules.a')!;
    assert.deepEqual(
      restores.map(({ snapshot }) => snapshot.operators),
      [[], [], []],
    );
  });

  it('split entries are dealt out without one being lost or given twice', () => {
    const shape = fc.array(fc.nat(4), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(shape, fc.integer({ min: 1, max: MAX }), (counts, to) => {
        const old = counts.map((count, subtask) => {
          const entries = Array.from({ length: count }, (_, i) => `${subtask}.${i}`);
          return state({ operators: operatorState('rules.a', 'split', entries) });
        });
        const restores = assign(metadataOf(5, { 'rules.a': old }), pipeline('a', to)).get('rules.a')!;
        const given = restores.map(({ snapshot }) => entriesOf(snapshot.operators));
        assert.deepEqual(given.flat().sort(), old.flatMap((one) => entriesOf(one.snapshot.operators)).sort());
        const sizes = given.map(({ length }) => length);
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
      }),
    );
  });

  it('follows an operator into another chain', () => {
    const graph = {
      vertices: [vertex('ingresses.a', 1), vertex('rules.a', 1)],
      edges: [edge('ingresses.a', 'rules.a', { chained: true })],
    };
    const old = { 'rules.a': [state({ operators: operatorState('rules.a', 'split', ['x']) })] };
    const restores = assign(metadataOf(5, old), graph);
    assert.deepEqual(entriesOf(restores.get('ingresses.a')![0]!.snapshot.operators), ['x']);
  });
});

describe('what was in flight at a restore', () => {
  function inFlight(partition: 'hash' | 'rebalance' | 'broadcast', to: number, maxParallelism = MAX): number[][] {
    const graph = pipeline('a', to, 1);
    const [first, ...others] = graph.edges;
    const edges = [{ ...first!, partition }, ...others];
    const channel = (consumer: number): ChannelStateHandle => ({
      ...{ edge: edgeId(edges[0]!), producer: 0, consumer, elements: { inline: Uint8Array.of(consumer) } },
    });
    const old = [0, 1].map((consumer) => state({ channels: [channel(consumer)] }));
    const metadata = metadataOf(5, { 'rules.a': old }, { type: 'savepoint' });
    const restores = assign(metadata, { ...graph, edges }, false, maxParallelism).get('rules.a')!;
    return restores.map(({ snapshot }) => snapshot.channels.map(({ consumer }) => consumer));
  }

  const cases: ['hash' | 'rebalance' | 'broadcast', number, number[][]][] = [
    ['hash', 2, [[0], [1]]],
    [
      'hash',
      3,
      [
        [0, 1],
        [0, 1],
        [0, 1],
      ],
    ],
    ['hash', 1, [[0, 1]]],
    ['rebalance', 2, [[0], [1]]],
    ['rebalance', 3, [[0], [1], []]],
    ['rebalance', 1, [[0, 1]]],
    ['broadcast', 2, [[0], [1]]],
    ['broadcast', 3, [[0], [0], [0]]],
    ['broadcast', 1, [[0]]],
  ];
  for (const [partition, to, given] of cases) {
    it(`goes from 2 to ${to} consumers of a ${partition} edge`, () => {
      assert.deepEqual(inFlight(partition, to), given);
    });
  }

  it('F57: is given to every consumer of a hash edge when keys are hashed anew', () => {
    assert.deepEqual(inFlight('hash', 2, MAX * 2), [
      [0, 1],
      [0, 1],
    ]);
  });
});

describe('staged epochs at a restore', () => {
  it('of subtask i go to subtask i modulo the parallelism, oldest first', () => {
    const sink = (subtask: number): SubtaskState =>
      state(
        {},
        [2, 1].map((epoch) => ({ subtask, epoch, staged: Uint8Array.of(subtask) })),
      );
    const old = metadataOf(5, { 'egresses.a': [sink(0), sink(1), sink(2)] });
    const graph = {
      ...pipeline('a', 1),
      vertices: [vertex('ingresses.a', 1), vertex('rules.a', 1), vertex('egresses.a', 2)],
    };
    const given = assign(old, graph)
      .get('egresses.a')!
      .map(({ staged }) => staged.map(({ epoch, subtask }) => [epoch, subtask]));
    assert.deepEqual(given, [
      [
        [1, 0],
        [1, 2],
        [2, 0],
        [2, 2],
      ],
      [
        [1, 1],
        [2, 1],
      ],
    ]);
  });
});

describe('state that nothing takes', () => {
  const gone = metadataOf(5, {
    'rules.gone': [state({ keyed: keyed('rules.gone', { first: 0, last: 7 }, ['k']) })],
    'egresses.gone': [state({}, [{ subtask: 0, epoch: 5, staged: Uint8Array.of(1) }])],
    'rules.without-state': [state({})],
  });

  it('F57: is refused by name', () => {
    assert.throws(() => assign(gone, pipeline('a', 1)), {
      code: 'TG440',
      message:
        'checkpoint 5 has state that nothing in the application takes: egresses.gone, rules.gone. ' +
        'Write renamedFrom where something was renamed, or leave the state behind with --allow-non-restored-state.',
    });
  });

  it('F57: is left behind where that is allowed', () => {
    const restores = [...assign(gone, pipeline('a', 1), true).values()].flat();
    assert.ok(restores.every(({ snapshot, staged }) => snapshot.keyed.length + staged.length === 0));
  });
});
