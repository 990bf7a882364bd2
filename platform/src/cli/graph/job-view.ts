/** The JobGraph as a picture: every operator with its parallelism, and how records get from one to the next. */
import { buildJobGraph, type JobEdge, type JobKey, type JobVertex } from '../../job/job-graph.js';
import { rulesOf } from '../../job/graph-index.js';
import type { StreamGraph } from '../../job/stream-graph.js';
import type { Box, GraphView } from './graph-view.js';
import { endBox, functionsBox, operatorBox } from './stream-view.js';

export function jobView(graph: StreamGraph): GraphView {
  const { vertices, edges } = buildJobGraph(graph);
  const byId = new Map(vertices.map((vertex) => [vertex.id, vertex]));
  return {
    title: `${graph.name}: job graph`,
    boxes: vertices.map((vertex) => withParallelism(vertexBox(vertex), vertex)),
    arrows: edges.map((edge) => ({ from: edge.from, to: edge.to, label: edgeLabel(edge, byId) })),
  };
}

function withParallelism(box: Box, { parallelism }: JobVertex): Box {
  return { ...box, name: `${box.name} ×${parallelism}` };
}

export function vertexBox({ id, operator }: JobVertex): Box {
  switch (operator.kind) {
    case 'source':
      return endBox(operator.node, 'ingress');
    case 'rules':
      return operatorBox(operator.node);
    case 'suppress':
      return { id, kind: 'suppress', name: `${operator.rule.name}/suppress`, detail: 'suppress' };
    case 'functions':
      return functionsBox(operator.node);
    case 'sink':
      return endBox(operator.node, 'egress');
  }
}

/** `probes, timeout, hash by cardId`: whose records, which of them, and how they find their subtask. */
export function edgeLabel(edge: JobEdge, vertices: ReadonlyMap<string, JobVertex>): string {
  const [producer, consumer] = [vertices.get(edge.from), vertices.get(edge.to)];
  const isShared = producer?.operator.kind === 'rules' && rulesOf(producer.operator.node).length > 1;
  const words = [isShared ? edge.rule : undefined, edge.tag === 'main' ? undefined : edge.tag];
  return [...words, wayOf(edge, producer, consumer)].filter((word) => word !== undefined).join(', ');
}

function wayOf(
  { chained, partition, key }: JobEdge,
  producer: JobVertex | undefined,
  consumer: JobVertex | undefined,
): string {
  if (chained) return 'chained';
  if (partition === 'hash' && key !== undefined) {
    return `hash by ${wordsOf(key)}`;
  }
  return consumer?.parallelism === 1 && producer?.parallelism !== 1 ? 'to one subtask' : partition;
}

function wordsOf(key: JobKey): string {
  switch (key.by) {
    case 'suppression':
      return 'what is suppressed';
    case 'id':
      return key.tree.text.trim();
    case 'request':
      return 'the request';
    case 'target':
      return 'the id that is sent to';
    case 'expressions':
      return key.trees.map((tree) => tree.text.trim()).join(', ');
  }
}
