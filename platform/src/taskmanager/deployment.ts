/**
 * Makes the tasks of a job from its JobGraph: one task for each subtask of a chain's head, with its channels.
 *
 * Invariants
 * - Channels are made per edge: a forward edge of equal parallelism has one from i to i, every other edge one from each
 *   producer to each consumer.
 * - Tasks are listed consumers first, so that a host which steps them in this order drains before it fills.
 */
import type { SourceReader, SourceSplit } from '@tidegate/connectors/api';
import type { EvaluationLayout } from '../expression/index.js';
import { keyGroupRange } from '../job/key-groups.js';
import type { JobEdge, JobGraph, JobVertex } from '../job/job-graph.js';
import type { StreamGraph } from '../job/stream-graph.js';
import type { MetricRegistry } from '../metrics/registry.js';
import { InputGate, type GateChannel } from '../network/input-gate.js';
import { LocalChannel } from '../network/local-channel.js';
import { RecordWriter, type Partitioning } from '../network/record-writer.js';
import { fanOut, type Collector, type Operator } from '../operators/operator.js';
import { FilterOperator, type RuleOutputs } from '../operators/rule/filter-operator.js';
import { keySelector, type RecordKeyOf } from '../operators/rule/key-selector.js';
import { PatternOperator } from '../operators/rule/pattern-operator.js';
import { SuppressOperator } from '../operators/rule/suppress-operator.js';
import type { RecordTypes } from '../operators/sink/outgoing.js';
import { SinkOperator } from '../operators/sink/sink-operator.js';
import { SourceOperator } from '../operators/source/source-operator.js';
import type { StreamRecord } from '../record/stream-record.js';
import { memoryOnlyCodec } from '../state/codecs/memory-only-codec.js';
import { HeapKeyedStore } from '../state/heap/heap-keyed-store.js';
import type { KeyedStore } from '../state/keyed-store.js';
import { OperatorChain } from '../task/operator-chain.js';
import { OperatorTask } from '../task/operator-task.js';
import { SinkTask } from '../task/sink-task.js';
import { SourceTask, type SortedInput } from '../task/source-task.js';
import type { Task } from '../task/task.js';
import { EventSorter } from '../time/event-sorter.js';
import type { JobEnvironment } from './environment.js';
import { OpenResources } from './open-resources.js';

/** What the deployed tasks tell their host. */
export interface DeploymentEvents {
  wake(): void;
  fail(error: Error): void;
}

/** Where the splits of a source go: the readers of its subtasks, in order. */
export interface DeployedSource {
  readonly vertex: JobVertex;
  readonly tasks: readonly SourceTask[];
  assign(splits: readonly SourceSplit[]): void;
  noMoreSplits(): void;
  readonly discover: () => Promise<readonly SourceSplit[]>;
}

export interface Deployment {
  readonly tasks: readonly Task[];
  readonly sources: readonly DeployedSource[];
}

/** Memory for an input that is sorted before its first watermark; beyond it, the disk. */
const SORT_BUDGET_BYTES = 128 * 1024 * 1024;
/** A decoded record in memory, by its size on the wire; only used against the sort budget. */
const RECORD_OVERHEAD_BYTES = 300;
const MEMORY_PER_WIRE_BYTE = 3;

export class Deployer {
  readonly #layout: EvaluationLayout;
  readonly #types: RecordTypes;
  readonly #channels = new Map<JobEdge, LocalChannel[][]>();
  readonly #maxParallelism: number;
  readonly #resources = new OpenResources();

  constructor(
    graph: StreamGraph,
    private readonly job: JobGraph,
    private readonly environment: JobEnvironment,
    private readonly metrics: MetricRegistry,
    private readonly events: DeploymentEvents,
  ) {
    this.#layout = { tables: environment.tables };
    this.#maxParallelism = graph.settings.maxParallelism;
    this.#types = new Map([
      ...graph.sources.map((node) => [node.name, node.schema] as const),
      ...graph.operators.flatMap((node) =>
        (node.kind === 'filter' ? [node.rule] : node.rules).map((rule) => [rule.name, rule.fields] as const),
      ),
    ]);
    for (const edge of job.edges) if (!edge.chained) this.#channels.set(edge, this.#makeChannels(edge));
  }

  deploy(): Deployment {
    const tasks: Task[] = [];
    const sources: DeployedSource[] = [];
    for (const vertex of this.job.vertices) {
      if (this.job.edges.some((edge) => edge.chained && edge.to === vertex.id)) continue;
      const { operator } = vertex;
      if (operator.kind === 'source') {
        const source = this.#deploySource(vertex);
        sources.push(source);
        tasks.push(...source.tasks);
      } else {
        for (let subtask = 0; subtask < vertex.parallelism; subtask++) {
          tasks.push(
            operator.kind === 'sink' ? this.#deploySink(vertex, subtask) : this.#deployOperator(vertex, subtask),
          );
        }
      }
    }
    return { tasks: tasks.reverse(), sources };
  }

  /** Closes all that was deployed, also when the deployment failed half-way. */
  close(): Promise<void> {
    return this.#resources.closeAll();
  }

  #vertex(id: string): JobVertex {
    const vertex = this.job.vertices.find((candidate) => candidate.id === id);
    if (vertex === undefined) throw new Error(`the job has no vertex ${id}`);
    return vertex;
  }

  /** channels[producer][consumer] */
  #makeChannels(edge: JobEdge): LocalChannel[][] {
    const producers = this.#vertex(edge.from).parallelism;
    const consumers = this.#vertex(edge.to).parallelism;
    return Array.from({ length: producers }, () => Array.from({ length: consumers }, () => new LocalChannel()));
  }

  /** A forward edge connects i with i alone; if the parallelisms differ it is a rebalance. */
  #isOneToOne(edge: JobEdge): boolean {
    return edge.partition === 'forward' && this.#vertex(edge.from).parallelism === this.#vertex(edge.to).parallelism;
  }

  #gate(vertex: JobVertex, subtask: number): InputGate {
    const channels: GateChannel[] = [];
    for (const edge of this.job.edges) {
      if (edge.to !== vertex.id) continue;
      const rows = this.#channels.get(edge)!;
      rows.forEach((row, producer) => {
        if (!this.#isOneToOne(edge) || producer === subtask)
          channels.push({ channel: row[subtask]!, input: edge.input });
      });
    }
    return new InputGate(channels, this.environment.clock);
  }

  #deploySource(vertex: JobVertex): DeployedSource {
    const { operator } = vertex;
    if (operator.kind !== 'source') throw new Error(`${vertex.id} is no source`);
    const { node } = operator;
    const { source, format } = this.environment.createSource(node, this.events.fail);
    const enumerator = this.#resources.add(source.createEnumerator());
    const readers: SourceReader[] = [];
    const operators: SourceOperator[] = [];
    const tasks: SourceTask[] = [];
    for (let subtask = 0; subtask < vertex.parallelism; subtask++) {
      const build = new ChainBuilder(this, subtask);
      const main = build.output(vertex, 'main', undefined);
      const sorted =
        node.time.order === 'unordered' ? this.#sortedInput(node.name, vertex.parallelism, main) : undefined;
      const reader = this.#resources.add(source.createReader());
      const head = new SourceOperator(
        node,
        format,
        {
          main: sorted ?? main,
          timeless: build.output(vertex, 'main', undefined, true),
          late: build.output(vertex, 'late', undefined),
          bad: build.output(vertex, 'bad', undefined),
        },
        this.environment.clock,
        this.metrics,
        source.boundedness === 'bounded',
      );
      readers.push(reader);
      operators.push(head);
      const task = new SourceTask(`${vertex.id}[${subtask}]`, reader, head, build.chain(), sorted, this.events.wake);
      tasks.push(this.#resources.handOver(reader, task));
    }
    return {
      vertex,
      tasks,
      assign: (splits) => {
        splits.forEach((split, i) => {
          const subtask = i % readers.length;
          operators[subtask]!.addSplit(split.id);
          readers[subtask]!.addSplits([split]);
        });
      },
      noMoreSplits: () => readers.forEach((reader) => reader.noMoreSplits()),
      discover: () => enumerator.discover(),
    };
  }

  #sortedInput(source: string, parallelism: number, main: Collector): SortedInput & Collector {
    const budget = this.environment.sortBudgetBytes ?? SORT_BUDGET_BYTES;
    const sorter = new EventSorter(source, this.environment.spill, budget / parallelism);
    let recordBytes = 0;
    return {
      sorter,
      measure: ({ bytes, payloads }) => {
        recordBytes = RECORD_OVERHEAD_BYTES + MEMORY_PER_WIRE_BYTE * (bytes / payloads.length);
      },
      collect: (record) => sorter.add(record as StreamRecord, recordBytes),
      emit: (record) => main.collect(record),
    };
  }

  #deployOperator(vertex: JobVertex, subtask: number): Task {
    const build = new ChainBuilder(this, subtask);
    const head = build.operator(vertex);
    return new OperatorTask(`${vertex.id}[${subtask}]`, this.#gate(vertex, subtask), head, build.chain());
  }

  #deploySink(vertex: JobVertex, subtask: number): Task {
    const { operator } = vertex;
    if (operator.kind !== 'sink') throw new Error(`${vertex.id} is no sink`);
    const { writer, write } = this.environment.createSink(operator.node, this.#types, this.events.fail);
    this.#resources.add(writer);
    const sink = new SinkOperator(operator.node, writer, write, this.metrics);
    const task = new SinkTask(
      `${vertex.id}[${subtask}]`,
      this.#gate(vertex, subtask),
      sink,
      writer,
      this.events.wake,
      this.events.fail,
    );
    return this.#resources.handOver(writer, task);
  }

  /** Makes the operator of a vertex with its outputs. @internal */
  createOperator(vertex: JobVertex, build: ChainBuilder): Operator {
    const { operator } = vertex;
    const outputsOf = (rule: string): RuleOutputs => ({
      main: build.output(vertex, 'main', rule),
      error: build.output(vertex, 'error', rule),
      timeout: build.output(vertex, 'timeout', rule),
    });
    switch (operator.kind) {
      case 'suppress':
        return new SuppressOperator(
          operator.rule,
          build.output(vertex, 'main', operator.rule.name),
          this.#keyedStore(vertex, build.subtask),
          this.metrics,
        );
      case 'rules':
        return operator.node.kind === 'filter'
          ? new FilterOperator(operator.node, outputsOf(operator.node.rule.name), this.#layout, this.metrics)
          : new PatternOperator(
              operator.node,
              outputsOf,
              this.#keyedStore(vertex, build.subtask),
              memoryOnlyCodec('matches'),
              this.#layout,
              this.metrics,
            );
      default:
        throw new Error(`${vertex.id} is not in the middle of a chain`);
    }
  }

  #keyedStore(vertex: JobVertex, subtask: number): KeyedStore {
    return new HeapKeyedStore({
      keyGroups: keyGroupRange(subtask, this.#maxParallelism, vertex.parallelism),
      maxParallelism: this.#maxParallelism,
      clock: this.environment.clock,
      yieldToEventLoop: () => this.environment.yieldToEventLoop(),
    });
  }

  edgesFrom(vertex: JobVertex): readonly JobEdge[] {
    return this.job.edges.filter((edge) => edge.from === vertex.id);
  }

  vertexOf(edge: JobEdge): JobVertex {
    return this.#vertex(edge.to);
  }

  keyOf(edge: JobEdge): RecordKeyOf | undefined {
    const { key } = edge;
    if (key === undefined) return undefined;
    if (key.by === 'suppression') return (record) => record.alert?.suppressBy;
    return keySelector(key.trees, this.#layout);
  }

  writer(edge: JobEdge, subtask: number): RecordWriter {
    const row = this.#channels.get(edge)![subtask]!;
    if (this.#isOneToOne(edge)) return new RecordWriter([row[subtask]!], { kind: 'forward', subtask: 0 });
    return new RecordWriter(row, this.#partitioning(edge, subtask));
  }

  #partitioning(edge: JobEdge, subtask: number): Partitioning {
    switch (edge.partition) {
      case 'hash': {
        const keyOf = this.keyOf(edge) ?? (() => undefined);
        return { kind: 'hash', keyOf: (record) => keyOf(record as StreamRecord), maxParallelism: this.#maxParallelism };
      }
      case 'broadcast':
        return { kind: 'broadcast' };
      default:
        return { kind: 'rebalance', subtask };
    }
  }
}

/** Builds one task's chain from its head: operators behind chained edges, writers behind all others. */
class ChainBuilder {
  readonly #operators: Operator[] = [];
  readonly #writers: RecordWriter[] = [];
  readonly #collectors = new Map<JobEdge, Collector>();

  constructor(
    private readonly deployer: Deployer,
    readonly subtask: number,
  ) {}

  /** The operator of a vertex and, behind it, everything that is chained to it. */
  operator(vertex: JobVertex): Operator {
    const position = this.#operators.length;
    const operator = this.deployer.createOperator(vertex, this);
    this.#operators.splice(position, 0, operator);
    return operator;
  }

  /** What a vertex puts out under a tag; `timelessOnly` leaves out consumers that need event time. */
  output(vertex: JobVertex, tag: JobEdge['tag'], rule: string | undefined, timelessOnly = false): Collector {
    const edges = this.deployer
      .edgesFrom(vertex)
      .filter((edge) => edge.tag === tag && edge.rule === rule && (!timelessOnly || edge.timeless));
    return fanOut(edges.map((edge) => this.#collector(edge)));
  }

  #collector(edge: JobEdge): Collector {
    let collector = this.#collectors.get(edge);
    if (collector === undefined)
      this.#collectors.set(edge, (collector = edge.chained ? this.#chained(edge) : this.#remote(edge)));
    return collector;
  }

  #chained(edge: JobEdge): Collector {
    const operator = this.operator(this.deployer.vertexOf(edge));
    const keyOf = this.deployer.keyOf(edge);
    const { input } = edge;
    if (keyOf === undefined) return { collect: (record) => operator.process(input, record as StreamRecord, undefined) };
    return { collect: (record) => operator.process(input, record as StreamRecord, keyOf(record as StreamRecord)) };
  }

  #remote(edge: JobEdge): Collector {
    const writer = this.deployer.writer(edge, this.subtask);
    this.#writers.push(writer);
    return { collect: (record) => writer.emit(record) };
  }

  chain(): OperatorChain {
    return new OperatorChain(this.#operators, this.#writers);
  }
}
