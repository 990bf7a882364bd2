/**
 * Builds one subtask's chain from its head: operators behind chained edges, writers behind all others.
 */
import type { EvaluationLayout } from '../expression/index.js';
import { edgeId, type JobEdge, type JobGraph, type JobVertex } from '../job/job-graph.js';
import { FeedbackWriter } from '../network/feedback-writer.js';
import { RecordWriter, type Partitioning, type Sending } from '../network/record-writer.js';
import { fanOut, type Collector, type Operator } from '../operators/operator.js';
import { targetKeyOf } from '../functions/function-message.js';
import { idSelector } from '../operators/functions/id-selector.js';
import { requestSelector } from '../operators/functions/request-of.js';
import { keySelector, type RecordKeyOf } from '../operators/rule/key-selector.js';
import type { StreamRecord } from '../record/stream-record.js';
import { OperatorChain } from '../task/operator-chain.js';
import type { RecordTraces } from '../task/record-traces.js';
import type { TaskMetrics } from '../task/task-metrics.js';
import type { ChannelTable } from './channel-table.js';

export interface ChainContext {
  readonly job: JobGraph;
  readonly maxParallelism: number;
  readonly layout: EvaluationLayout;
  readonly channels: ChannelTable;
  readonly subtask: number;
  readonly sending: Sending;
  readonly metrics: TaskMetrics;
  /** Absent where nobody takes spans. */
  readonly traces: RecordTraces | undefined;
  /** Makes the operator of a vertex; what it puts out is asked of the builder. */
  createOperator(vertex: JobVertex, build: ChainBuilder): Operator;
}

export class ChainBuilder {
  readonly #operators: Operator[] = [];
  readonly #writers: RecordWriter[] = [];
  readonly #collectors = new Map<JobEdge, Collector>();

  constructor(private readonly context: ChainContext) {}

  /** The operator of a vertex and, behind it, everything that is chained to it. */
  operator(vertex: JobVertex): Operator {
    const position = this.#operators.length;
    const operator = this.context.createOperator(vertex, this);
    this.#operators.splice(position, 0, operator);
    return operator;
  }

  /** What a vertex puts out under a tag; `timelessOnly` leaves out consumers that need event time. */
  output(vertex: JobVertex, tag: JobEdge['tag'], rule: string | undefined, timelessOnly = false): Collector {
    const edges = this.context.job.edges.filter(
      (edge) => edge.from === vertex.id && edge.tag === tag && edge.rule === rule && (!timelessOnly || edge.timeless),
    );
    return fanOut(edges.map((edge) => this.#collector(edge)));
  }

  /** What a vertex puts out under a tag, by the consumers that it chooses itself. */
  outputsByConsumer(vertex: JobVertex, tag: JobEdge['tag']): ReadonlyMap<string, Collector> {
    const edges = this.context.job.edges.filter((edge) => edge.from === vertex.id && edge.tag === tag);
    return new Map(edges.map((edge) => [edge.to, this.#collector(edge)]));
  }

  chain(): OperatorChain {
    return new OperatorChain(this.#operators, this.#writers, this.context.traces);
  }

  #collector(edge: JobEdge): Collector {
    let collector = this.#collectors.get(edge);
    if (collector === undefined)
      this.#collectors.set(edge, (collector = edge.chained ? this.#chained(edge) : this.#remote(edge)));
    return collector;
  }

  #chained(edge: JobEdge): Collector {
    const operator = this.operator(vertexOf(this.context.job, edge.to));
    const keyOf = this.#keyOf(edge);
    const { input } = edge;
    if (keyOf === undefined) return { collect: (record) => operator.process(input, record as StreamRecord, undefined) };
    return { collect: (record) => operator.process(input, record as StreamRecord, keyOf(record as StreamRecord)) };
  }

  #remote(edge: JobEdge): Collector {
    const { channels, subtask, sending, metrics, traces } = this.context;
    const Writer = edge.feedback ? FeedbackWriter : RecordWriter;
    const writer = new Writer(channels.outputs(edge, subtask), this.#partitioning(edge), sending, metrics.recordsOut);
    metrics.watchChannel(edgeId(edge), () => writer.usage());
    this.#writers.push(writer);
    if (traces === undefined) return { collect: (record) => writer.emit(record) };
    return {
      collect: (record) => {
        const trace = traces.emitted(record);
        if (trace === undefined) writer.emit(record);
        else writer.emitTraced(record, trace);
      },
    };
  }

  #partitioning(edge: JobEdge): Partitioning {
    const { channels, maxParallelism, subtask } = this.context;
    if (channels.isOneToOne(edge)) return { kind: 'forward', subtask: 0 };
    switch (edge.partition) {
      case 'hash': {
        const keyOf = this.#keyOf(edge) ?? (() => undefined);
        return { kind: 'hash', keyOf: (record) => keyOf(record as StreamRecord), maxParallelism };
      }
      case 'broadcast':
        return { kind: 'broadcast' };
      default:
        return { kind: 'rebalance', subtask };
    }
  }

  #keyOf({ key }: JobEdge): RecordKeyOf | undefined {
    if (key === undefined) return undefined;
    const { layout } = this.context;
    switch (key.by) {
      case 'expressions':
        return keySelector(key.trees, layout);
      case 'suppression':
        return (record) => record.alert?.suppressBy;
      case 'id':
        return idSelector(key.tree, layout);
      case 'request':
        return requestSelector(key.ingress);
      case 'target':
        return targetKeyOf;
    }
  }
}

export function vertexOf({ vertices }: JobGraph, id: string): JobVertex {
  const vertex = vertices.find((candidate) => candidate.id === id);
  if (vertex === undefined) throw new Error(`the job has no vertex ${id}`);
  return vertex;
}

/** The vertices of a task: its head and all that is chained behind it. */
export function chainOf(job: JobGraph, head: JobVertex): readonly JobVertex[] {
  const chain = [head];
  for (const vertex of chain) {
    for (const edge of job.edges)
      if (edge.chained && edge.from === vertex.id) {
        const next = vertexOf(job, edge.to);
        if (!chain.includes(next)) chain.push(next);
      }
  }
  return chain;
}
