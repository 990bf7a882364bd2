/** The edges of the graph: what flows from sources to operators, between operators, and to the sinks. */
import type { FunctionNode } from '../job/function-node.js';
import type { OperatorNode, StreamEdge } from '../job/stream-graph.js';
import { rulesOf } from '../job/graph-index.js';
import type { Application, Rule } from '../spec/application.js';
import { deadLetterEgresses } from './dead-letters.js';
import { functionEdges } from './plan-functions.js';

export function planEdges(
  application: Application,
  operators: readonly OperatorNode[],
  functions: FunctionNode | undefined,
): StreamEdge[] {
  const running = new Map(operators.flatMap((node) => rulesOf(node).map((rule) => [rule.name, node] as const)));
  const readers = [...operators, ...(functions === undefined ? [] : [functions])];
  const used = new Set(readers.flatMap((node) => node.inputs.map((input) => input.from)));
  const edges = [
    ...[...application.ingresses.values()].flatMap(({ name, late, onBadRecord }): StreamEdge[] => {
      const from = `ingresses.${name}`;
      if (!used.has(from)) return [];
      return [
        ...(late === undefined ? [] : [toSink(from, undefined, late, 'late')]),
        ...(onBadRecord.kind === 'dead-letter' ? [toSink(from, undefined, onBadRecord.to, 'bad')] : []),
      ];
    }),
    ...operators.flatMap((node) => inputEdges(node, running)),
    ...[...application.rules.values()].flatMap((rule) => {
      const node = running.get(rule.name);
      return node === undefined ? [] : sinkEdges(rule, node.id, application);
    }),
    ...(functions === undefined ? [] : functionEdges(functions, operators)),
  ];
  return edges;
}

/** Filters look at each record by itself, wherever it is; patterns need all records of a key in one place. */
function inputEdges(node: OperatorNode, running: ReadonlyMap<string, OperatorNode>): StreamEdge[] {
  const partition = node.kind === 'filter' ? 'forward' : 'hash';
  return node.inputs.map(({ from, name }) => {
    const producer = from === `rules.${name}` ? running.get(name) : undefined;
    if (producer === undefined) return { from, to: node.id, tag: 'main', partition };
    return { from: producer.id, rule: name, to: node.id, tag: 'main', partition };
  });
}

function sinkEdges(rule: Rule, from: string, application: Application): StreamEdge[] {
  const errors = rule.onError === 'dead-letter' ? deadLetterEgresses(rule, application) : [];
  return [
    ...[...new Set(rule.to)].map((egress) => toSink(from, rule.name, egress, 'main')),
    ...[...new Set(rule.pattern?.onTimeout?.to)].map((egress) => toSink(from, rule.name, egress, 'timeout')),
    ...errors.slice(0, 1).map((egress) => toSink(from, rule.name, egress, 'error')),
  ];
}

function toSink(from: string, rule: string | undefined, egress: string, tag: StreamEdge['tag']): StreamEdge {
  return { from, ...(rule === undefined ? {} : { rule }), to: `egresses.${egress}`, tag, partition: 'forward' };
}
