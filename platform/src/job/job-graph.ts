/**
 * The JobGraph: the StreamGraph with a parallelism for every operator and a decision for every edge: chained (a plain
 * call) or a set of channels.
 *
 * Invariants
 * - An operator is chained to its producer only when it has no other input and each of its subtasks reads exactly one
 *   subtask of the producer: a forward edge of equal parallelism, or any edge between two single subtasks.
 * - Who reads a feedback edge heads its task.
 * - Sinks and functions are never chained: they wait for the outer world, and must not hold a chain while they do.
 * - An operator without a key runs in one subtask; so does a sink, whose order is that of its one writer, unless the
 *   application gives it several.
 */
import type { TypedTree } from '../expression/tree.js';
import { FUNCTIONS, type FunctionInput, type FunctionNode } from './function-node.js';
import { GraphIndex, rulesOf, streamOf, type GraphNode } from './graph-index.js';
import type { OperatorNode, RuleDescriptor, SinkNode, SourceNode, StreamEdge, StreamGraph } from './stream-graph.js';

export type JobOperator =
  | { readonly kind: 'source'; readonly node: SourceNode }
  | { readonly kind: 'rules'; readonly node: OperatorNode }
  | { readonly kind: 'suppress'; readonly rule: RuleDescriptor }
  | { readonly kind: 'functions'; readonly node: FunctionNode }
  | { readonly kind: 'sink'; readonly node: SinkNode };

export interface JobVertex {
  readonly id: string;
  readonly operator: JobOperator;
  readonly parallelism: number;
}

/**
 * How records find their subtask: by the expressions of an input's key, by what an alert is suppressed by, by the id of
 * the function's address that they are for: the text of an expression, or what a message between functions says; or by the
 * request with which events of an ingress came.
 */
export type JobKey =
  | { readonly by: 'expressions'; readonly trees: readonly TypedTree[] }
  | { readonly by: 'suppression' }
  | { readonly by: 'id'; readonly tree: TypedTree }
  | { readonly by: 'request'; readonly ingress: string }
  | { readonly by: 'target' };

export interface JobEdge {
  readonly from: string;
  readonly tag: StreamEdge['tag'];
  /** Which of the producer's rules; absent for sources. */
  readonly rule?: string;
  readonly to: string;
  /** Index of the consumer's input. */
  readonly input: number;
  readonly partition: StreamEdge['partition'];
  readonly key?: JobKey;
  readonly chained: boolean;
  /** `blocking`: the consumer begins when the producer has finished, and reads what it left. Absent: `pipelined`. */
  readonly exchange?: 'pipelined' | 'blocking';
  /** The consumer does not care for event time, so it takes late records too. */
  readonly timeless: boolean;
  /** It closes a loop: see `StreamEdge`. Never chained, and never `blocking`. */
  readonly feedback?: true;
}

export interface JobGraph {
  /** Producers before consumers, but for feedback edges. */
  readonly vertices: readonly JobVertex[];
  readonly edges: readonly JobEdge[];
}

/** The edge's name in checkpoints and logs: stable as long as its ends are called the same. */
export function edgeId({ from, tag, rule, to, input }: JobEdge): string {
  return `${from}/${tag}${rule === undefined ? '' : `/${rule}`}>${to}/${input}`;
}

type Link = Omit<JobEdge, 'chained'>;

export function buildJobGraph(graph: StreamGraph): JobGraph {
  const index = new GraphIndex(graph);
  const vertices: JobVertex[] = [];
  for (const node of index.order()) vertices.push(...verticesOf(node, index, graph.settings.parallelism));
  const links = [...linksOf(graph, index)];
  const byId = new Map(vertices.map((vertex) => [vertex.id, vertex]));
  const edges = links.map((link) => ({ ...link, chained: isChained(link, links, byId) }));
  return { vertices, edges };
}

function verticesOf(node: GraphNode, index: GraphIndex, parallelism: number): JobVertex[] {
  if ('types' in node) return [{ id: node.id, operator: { kind: 'functions', node }, parallelism }];
  if ('rules' in node || 'rule' in node) {
    const rules = rulesOf(node);
    const own: JobVertex = {
      id: node.id,
      operator: { kind: 'rules', node },
      parallelism: operatorParallelism(node, parallelism),
    };
    const suppressing = rules.filter((rule) => rule.suppress !== undefined);
    return [
      own,
      ...suppressing.map((rule): JobVertex => ({
        id: suppressId(rule),
        operator: { kind: 'suppress', rule },
        parallelism: own.parallelism,
      })),
    ];
  }
  if (index.graph.sinks.includes(node as SinkNode)) {
    const sink = node as SinkNode;
    const writers = Math.min(parallelism, sink.parallelism ?? 1);
    return [{ id: node.id, operator: { kind: 'sink', node: sink }, parallelism: writers }];
  }
  return [{ id: node.id, operator: { kind: 'source', node: node as SourceNode }, parallelism }];
}

function suppressId(rule: RuleDescriptor): string {
  return `rules.${rule.name}/suppress`;
}

function operatorParallelism(node: OperatorNode, parallelism: number): number {
  return node.kind === 'pattern' && node.inputs.some((input) => input.key.length === 0) ? 1 : parallelism;
}

/** The StreamGraph's edges, with an operator for every `suppress` between a rule and those who read its alerts. */
function* linksOf(graph: StreamGraph, index: GraphIndex): Generator<Link> {
  for (const node of graph.operators) {
    for (const rule of rulesOf(node)) {
      if (rule.suppress === undefined) continue;
      yield {
        from: node.id,
        tag: 'main',
        rule: rule.name,
        to: suppressId(rule),
        input: 0,
        partition: 'hash',
        key: { by: 'suppression' },
        timeless: false,
      };
    }
  }
  const timeless = timelessFilters(graph);
  for (const edge of graph.edges) {
    const rule = edge.rule === undefined ? undefined : index.rule(edge.rule)?.rule;
    const suppressed = rule?.suppress !== undefined && edge.tag === 'main';
    const consumer = index.node(edge.to);
    if (consumer !== undefined && 'types' in consumer) {
      yield { ...toFunctions(edge, consumer), ...(suppressed ? { from: suppressId(rule) } : {}) };
      continue;
    }
    const isOperator = consumer !== undefined && 'inputs' in consumer;
    const input = isOperator ? consumer.inputs.findIndex((candidate) => candidate.from === streamOf(edge)) : 0;
    const trees = isOperator ? consumer.inputs[input]?.key : undefined;
    yield {
      from: suppressed ? suppressId(rule) : edge.from,
      tag: edge.tag,
      ...(edge.rule === undefined ? {} : { rule: edge.rule }),
      to: edge.to,
      input,
      partition: isOperator && consumer.kind === 'pattern' ? 'hash' : edge.partition,
      ...(trees === undefined || trees.length === 0 ? {} : { key: { by: 'expressions', trees } }),
      timeless: isOperator && timeless.has(consumer.id),
      ...(edge.feedback === undefined ? {} : { feedback: edge.feedback }),
    };
  }
}

/** Records find the address that they are for. */
function toFunctions({ input = 0, tag, partition, ...edge }: StreamEdge, { inputs }: FunctionNode): Link {
  return {
    ...edge,
    tag,
    input,
    partition,
    key: addressKey(inputs[input - 1]),
    timeless: true,
  };
}

function addressKey(input: FunctionInput | undefined): JobKey {
  if (input?.id !== undefined) return { by: 'id', tree: input.id };
  return input?.decision === undefined ? { by: 'target' } : { by: 'request', ingress: input.decision };
}

/** Filters without `suppress` whose alerts no rule reads that cares for event time: to it, alerts on late records would be late. */
function timelessFilters(graph: StreamGraph): ReadonlySet<string> {
  const timeless = new Set(
    graph.operators.filter((node) => node.kind === 'filter' && node.rule.suppress === undefined).map(({ id }) => id),
  );
  const indifferent = new Set([FUNCTIONS, ...graph.sinks.map(({ id }) => id)]);
  for (let before = -1; before !== timeless.size;) {
    before = timeless.size;
    for (const { from, to } of graph.edges) if (!indifferent.has(to) && !timeless.has(to)) timeless.delete(from);
  }
  return timeless;
}

function isChained(link: Link, links: readonly Link[], vertices: ReadonlyMap<string, JobVertex>): boolean {
  const producer = vertices.get(link.from);
  const consumer = vertices.get(link.to);
  if (producer === undefined || consumer === undefined || consumer.operator.kind === 'sink') return false;
  if (consumer.operator.kind === 'functions') return false;
  if (link.feedback) return false;
  if (links.some((other) => other !== link && other.to === link.to)) return false;
  if (producer.parallelism !== consumer.parallelism) return false;
  return producer.parallelism === 1 || link.partition === 'forward';
}
