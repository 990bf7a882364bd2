/**
 * Look-ups over a StreamGraph: nodes by id, the node that runs a rule, an order in which every node comes
 * after what it reads.
 */
import type { RecordType } from '../expression/type.js';
import type { FunctionNode } from './function-node.js';
import type {
  OperatorNode,
  PatternRule,
  RuleDescriptor,
  SinkNode,
  SourceNode,
  StreamEdge,
  StreamGraph,
} from './stream-graph.js';

export type GraphNode = SourceNode | OperatorNode | FunctionNode | SinkNode;

export class GraphIndex {
  readonly #nodes: ReadonlyMap<string, GraphNode>;
  readonly #rules: ReadonlyMap<string, { readonly node: OperatorNode; readonly rule: RuleDescriptor | PatternRule }>;

  constructor(readonly graph: StreamGraph) {
    const nodes = [...graph.sources, ...graph.operators, ...functionsOf(graph), ...graph.sinks];
    this.#nodes = new Map(nodes.map((node) => [node.id, node]));
    this.#rules = new Map(
      graph.operators.flatMap((node) => rulesOf(node).map((rule) => [rule.name, { node, rule }] as const)),
    );
  }

  node(id: string): GraphNode | undefined {
    return this.#nodes.get(id);
  }

  /** The rule of this name and the node that runs it. */
  rule(name: string): { readonly node: OperatorNode; readonly rule: RuleDescriptor | PatternRule } | undefined {
    return this.#rules.get(name);
  }

  /** The node that gives an operator input's stream: `ingresses.x` itself, or the node that runs `rules.y`. */
  producer(from: string): GraphNode | undefined {
    return from.startsWith('rules.') ? this.#rules.get(from.slice('rules.'.length))?.node : this.#nodes.get(from);
  }

  /** Sources first, every operator after its producers, functions behind all operators, sinks last. Throws on a circle that no feedback edge closes. */
  order(): GraphNode[] {
    const ordered: OperatorNode[] = [];
    const open = new Set(this.graph.operators);
    const closing = new Set(
      this.graph.edges.filter(({ feedback }) => feedback).map((edge) => `${streamOf(edge)}>${edge.to}`),
    );
    while (open.size > 0) {
      const ready = [...open].filter((node) =>
        node.inputs.every(
          ({ from }) => closing.has(`${from}>${node.id}`) || ![...open].some((other) => other === this.producer(from)),
        ),
      );
      if (ready.length === 0) throw new Error(`operators in a circle: ${[...open].map((node) => node.id).join(', ')}`);
      for (const node of ready) {
        ordered.push(node);
        open.delete(node);
      }
    }
    return [...this.graph.sources, ...ordered, ...functionsOf(this.graph), ...this.graph.sinks];
  }
}

/** Types of the records that flow, by their source's name: an ingress or a rule. */
export function recordTypes({ sources, operators }: StreamGraph): Map<string, RecordType> {
  return new Map([
    ...sources.map(({ name, schema }) => [name, schema] as const),
    ...operators.flatMap(rulesOf).map(({ name, fields }) => [name, fields] as const),
  ]);
}

/** What an edge carries, as an operator's input names it: see `producer`. */
export function streamOf({ from, rule }: StreamEdge): string {
  return rule === undefined ? from : `rules.${rule}`;
}

/** One node, or none. */
export function functionsOf({ functions }: StreamGraph): readonly FunctionNode[] {
  return functions === undefined ? [] : [functions];
}

export function rulesOf(node: OperatorNode): readonly (RuleDescriptor | PatternRule)[] {
  return node.kind === 'filter' ? [node.rule] : node.rules;
}
