/** The StreamGraph as a picture: who reads what, by which key, and where alerts go. */
import type { FunctionNode } from '../../job/function-node.js';
import { functionsOf, rulesOf } from '../../job/graph-index.js';
import type { OperatorNode, SinkNode, SourceNode, StreamEdge, StreamGraph } from '../../job/stream-graph.js';
import type { Box, GraphView } from './graph-view.js';

export function streamView(graph: StreamGraph): GraphView {
  return {
    title: `${graph.name} (parallelism ${graph.settings.parallelism})`,
    boxes: [
      ...graph.sources.map((node) => endBox(node, 'ingress')),
      ...graph.operators.map(operatorBox),
      ...functionsOf(graph).map(functionsBox),
      ...graph.sinks.map((node) => endBox(node, 'egress')),
    ],
    arrows: graph.edges.map((edge) => ({ from: edge.from, to: edge.to, label: labelOf(edge, graph) })),
  };
}

export function endBox({ id, name, connector, format }: SourceNode | SinkNode, kind: 'ingress' | 'egress'): Box {
  return { id, kind, name, detail: `${connector.type}, ${format.type}` };
}

export function operatorBox(node: OperatorNode): Box {
  const names = rulesOf(node).map((rule) => rule.name);
  return {
    id: node.id,
    kind: node.kind,
    name: names.join(', '),
    detail: node.kind === 'filter' ? 'filter' : patternsOf(names),
  };
}

export function functionsBox({ id, kind, types }: FunctionNode): Box {
  return { id, kind, name: types.map(({ type }) => type).join(', '), detail: 'stateful functions' };
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
    reader === undefined ? addressOf(edge, graph) : keyOf(reader, edge),
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

/** `fraud/profile of cardId`, for what becomes messages. */
function addressOf({ to, input = 0 }: StreamEdge, { functions }: StreamGraph): string | undefined {
  if (functions === undefined || to !== functions.id) return undefined;
  const address = functions.inputs[input - 1];
  if (address === undefined) return 'messages';
  const { id, decision } = address;
  return id === undefined ? `decision of ${decision}` : `${address.function} of ${id.text.trim()}`;
}
