/** A StreamGraph as what a picture shows: boxes with a few lines, and arrows with a word. Every format draws this. */
import { rulesOf } from '../../job/graph-index.js';
import type { OperatorNode, StreamEdge, StreamGraph } from '../../job/stream-graph.js';

export interface GraphView {
  readonly title: string;
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

export interface Box {
  readonly id: string;
  readonly kind: 'ingress' | 'filter' | 'pattern' | 'egress';
  readonly name: string;
  /** What it is, in a few words. */
  readonly detail: string;
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** Empty for the ordinary way of an ingress's events to a filter. */
  readonly label: string;
}

export function viewOf(graph: StreamGraph): GraphView {
  return {
    title: `${graph.name} (parallelism ${graph.settings.parallelism})`,
    boxes: [
      ...graph.sources.map(({ id, name, connector, format }): Box => ({
        id,
        kind: 'ingress',
        name,
        detail: `${connector.type}, ${format.type}`,
      })),
      ...graph.operators.map(boxOf),
      ...graph.sinks.map(({ id, name, connector, format }): Box => ({
        id,
        kind: 'egress',
        name,
        detail: `${connector.type}, ${format.type}`,
      })),
    ],
    arrows: graph.edges.map((edge) => ({ from: edge.from, to: edge.to, label: labelOf(edge, graph) })),
  };
}

function boxOf(node: OperatorNode): Box {
  const names = rulesOf(node).map((rule) => rule.name);
  return {
    id: node.id,
    kind: node.kind,
    name: names.join(', '),
    detail: node.kind === 'filter' ? 'filter' : patternsOf(names),
  };
}

function patternsOf(names: readonly string[]): string {
  return names.length === 1 ? 'pattern' : `${names.length} patterns`;
}

function labelOf(edge: StreamEdge, graph: StreamGraph): string {
  const reader = graph.operators.find((node) => node.id === edge.to);
  const producer = graph.operators.find((node) => node.id === edge.from);
  const rule = producer !== undefined && rulesOf(producer).length > 1 ? edge.rule : undefined;
  const words = [
    rule,
    edge.tag === 'main' ? undefined : edge.tag,
    reader === undefined ? undefined : keyOf(reader, edge),
  ];
  return words.filter((word) => word !== undefined).join(', ');
}

/** `by cardId`, for a reader that needs all records of a key in one place. */
function keyOf(reader: OperatorNode, edge: StreamEdge): string | undefined {
  if (edge.partition !== 'hash') return undefined;
  const from = edge.rule === undefined ? edge.from : `rules.${edge.rule}`;
  const key = reader.inputs.find((input) => input.from === from)?.key ?? [];
  return key.length === 0 ? 'all in one' : `by ${key.map((tree) => tree.text.trim()).join(', ')}`;
}
