/**
 * The ExecutionGraph as a picture: tasks, which are chains of operators, with their subtasks, the slot of each and its
 * key groups. Slots are shared: slot i runs subtask i of every task.
 */
import { buildJobGraph, type JobEdge, type JobGraph } from '../../job/job-graph.js';
import { keyGroupRange } from '../../job/key-groups.js';
import type { StreamGraph } from '../../job/stream-graph.js';
import { tasksOf, type JobTask } from '../../scheduling/job-task.js';
import type { Arrow, Box, GraphView } from './graph-view.js';
import { edgeLabel, vertexBox } from './job-view.js';

export function executionView(graph: StreamGraph): GraphView {
  const job = buildJobGraph(graph);
  const tasks = tasksOf(job);
  const slots = Math.max(0, ...tasks.map(({ parallelism }) => parallelism));
  return {
    title: `${graph.name}: execution graph, ${slots === 1 ? '1 slot' : `${slots} slots`}`,
    boxes: tasks.map((task) => taskBox(task, job, graph.settings.maxParallelism)),
    arrows: arrowsOf(job, tasks),
  };
}

function taskBox(task: JobTask, { edges }: JobGraph, maxParallelism: number): Box {
  const { id, vertices, parallelism } = task;
  const boxes = vertices.map(vertexBox);
  const isKeyed = edges.some((edge) => edge.key !== undefined && vertices.some((vertex) => vertex.id === edge.to));
  return {
    id,
    kind: boxes[0]?.kind ?? 'filter',
    name: boxes.map(({ name }) => name).join(' → '),
    detail: parallelism === 1 ? '1 subtask' : `${parallelism} subtasks`,
    rows: Array.from({ length: parallelism }, (_, subtask) => {
      const { first, last } = keyGroupRange(subtask, maxParallelism, parallelism);
      return `subtask ${subtask} in slot ${subtask}${isKeyed ? `, key groups ${first} to ${last}` : ''}`;
    }),
  };
}

/** What leaves a task; what is chained stays inside. */
function arrowsOf({ vertices, edges }: JobGraph, tasks: readonly JobTask[]): Arrow[] {
  const byId = new Map(vertices.map((vertex) => [vertex.id, vertex]));
  const taskOf = (vertex: string) => tasks.find((task) => task.vertices.some(({ id }) => id === vertex))?.id ?? vertex;
  const label = (edge: JobEdge) => {
    const text = edgeLabel(edge, byId);
    return edge.exchange === 'blocking' ? `${text}, blocking` : text;
  };
  return edges
    .filter(({ chained }) => !chained)
    .map((edge) => ({ from: taskOf(edge.from), to: taskOf(edge.to), label: label(edge) }));
}
