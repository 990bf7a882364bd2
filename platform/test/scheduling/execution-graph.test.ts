import assert from 'node:assert/strict';
import { ExecutionGraph } from '../../src/scheduling/execution-graph.js';
import { tasksOf } from '../../src/scheduling/job-task.js';
import { beside, edge, pipeline, vertex } from '../coordinator/job-graphs.js';

const keyGroups = { first: 0, last: 7 };

function finish(graph: ExecutionGraph, tasks: ReadonlySet<string>): void {
  for (const execution of graph.executions(tasks)) {
    execution.deploy('worker', {
      id: execution.id,
      slot: 0,
      keyGroups,
      restore: undefined,
      found: { splits: [], more: false },
    });
    execution.report('finished');
  }
}

describe('the tasks of a job', () => {
  it('are chains, named by their heads, and read from chains', () => {
    const vertices = [vertex('ingresses.a', 2), vertex('rules.b', 2), vertex('rules.c', 2), vertex('egresses.d', 1)];
    const chained = { chained: true, partition: 'forward' } as const;
    const edges = [
      edge('ingresses.a', 'rules.b', chained),
      edge('rules.b', 'rules.c', chained),
      edge('rules.b', 'egresses.d', { exchange: 'blocking' }),
      edge('rules.c', 'egresses.d'),
    ];
    const tasks = tasksOf({ vertices, edges });
    assert.deepEqual(
      tasks.map(({ id, vertices: chain, parallelism, isSource }) => [
        id,
        chain.map((one) => one.id),
        parallelism,
        isSource,
      ]),
      [
        ['ingresses.a', ['ingresses.a', 'rules.b', 'rules.c'], 2, true],
        ['egresses.d', ['egresses.d'], 1, false],
      ],
    );
    assert.deepEqual(tasks[1]?.inputs, [
      { from: 'ingresses.a', exchange: 'blocking' },
      { from: 'ingresses.a', exchange: 'pipelined' },
    ]);
  });
});

describe('pipelined regions', () => {
  it('are what pipelined exchanges join, however they are joined', () => {
    const graph = beside(pipeline('a', 1), pipeline('b', 1), pipeline('c', 1));
    const joined = { ...graph, edges: [...graph.edges, edge('rules.a', 'egresses.c')] };
    const regions = new ExecutionGraph(joined, undefined).regions.map(({ tasks }) => [...tasks].sort());
    assert.deepEqual(regions, [
      ['egresses.a', 'egresses.c', 'ingresses.a', 'ingresses.c', 'rules.a', 'rules.c'],
      ['egresses.b', 'ingresses.b', 'rules.b'],
    ]);
  });

  it('are cut by blocking exchanges, and know whose results they read', () => {
    const vertices = ['ingresses.a', 'rules.b', 'egresses.c'].map((id) => vertex(id, 1));
    const edges = [edge('ingresses.a', 'rules.b'), edge('rules.b', 'egresses.c', { exchange: 'blocking' })];
    const { regions } = new ExecutionGraph({ vertices, edges }, undefined);
    assert.deepEqual(regions, [
      { tasks: new Set(['ingresses.a', 'rules.b']), blockingInputs: new Set() },
      { tasks: new Set(['egresses.c']), blockingInputs: new Set(['rules.b']) },
    ]);
  });
});

describe('the execution graph', () => {
  const blocking = {
    vertices: ['ingresses.a', 'rules.b', 'egresses.c'].map((id) => vertex(id, 2)),
    edges: [edge('ingresses.a', 'rules.b', { exchange: 'blocking' }), edge('rules.b', 'egresses.c')],
  };

  it('schedules everything at once where all exchanges are pipelined', () => {
    const graph = new ExecutionGraph(pipeline('a', 2), undefined);
    graph.renew(new Set(graph.tasks.map(({ id }) => id)), 1, 1);
    assert.deepEqual([...graph.schedulable()], ['ingresses.a', 'rules.a', 'egresses.a']);
  });

  it('schedules stage by stage across blocking exchanges', () => {
    const graph = new ExecutionGraph(blocking, undefined);
    graph.renew(new Set(graph.tasks.map(({ id }) => id)), 1, 1);
    assert.deepEqual([...graph.schedulable()], ['ingresses.a']);
    finish(graph, new Set(['ingresses.a']));
    assert.deepEqual([...graph.schedulable()], ['rules.b', 'egresses.c']);
  });

  it('finds current attempts only', () => {
    const graph = new ExecutionGraph(pipeline('a', 2), undefined);
    graph.renew(new Set(['rules.a']), 1, 1);
    finish(graph, new Set(['rules.a']));
    graph.renew(new Set(['rules.a']), 1, 2);
    const id = { epoch: 1, task: 'rules.a', subtask: 1 };
    assert.equal(graph.find({ ...id, attempt: 1 }), undefined);
    assert.equal(graph.find({ ...id, attempt: 2, epoch: 2 }), undefined);
    assert.equal(graph.find({ ...id, attempt: 2 })?.name, '1.2/rules.a[1]');
    assert.equal(graph.find({ ...id, attempt: 2, subtask: 2 }), undefined);
  });

  it('makes no new attempt of a subtask whose last one has not ended', () => {
    const graph = new ExecutionGraph(pipeline('a', 2), undefined);
    graph.renew(new Set(['rules.a']), 1, 1);
    assert.throws(() => graph.renew(new Set(['rules.a']), 1, 2), /has ended before there is a new attempt/);
  });
});
