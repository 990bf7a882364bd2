/**
 * Builds tasks from what was opened for them: operators, gates and writers around stores, readers and writers that are
 * ready. Synchronous and without I/O, so that production and simulation build the same tasks.
 */
import type { Committer, Format, SinkWriter, Source, SourceReader } from '@tidegate/connectors/api';
import type { KeptMatches } from '@tidegate/cep';
import type { Clock } from '../common/clock.js';
import type { Random } from '../common/random.js';
import type { TransitionObserver } from '../common/transition-table.js';
import type { EvaluationLayout } from '../expression/index.js';
import { FunctionCaller } from '../functions/function-caller.js';
import type { FunctionClient } from '../functions/function-client.js';
import { FunctionGroup } from '../functions/function-group.js';
import { decisionsOf } from '../functions/requests/decision.js';
import type { InvocationLog } from '../functions/requests/invocation-log.js';
import type { RequestServer } from '../functions/requests/request-server.js';
import { LoggedClient } from '../functions/requests/logged-client.js';
import { keyOfId, messageRecord } from '../functions/function-message.js';
import { InvocationTraces } from '../functions/invocation-traces.js';
import { ProcessingTime } from '../functions/processing-time.js';
import type { KeyGroupRange } from '../job/state-handle.js';
import { edgeId, type JobGraph, type JobVertex } from '../job/job-graph.js';
import { rulesOf } from '../job/graph-index.js';
import type { StreamGraph } from '../job/stream-graph.js';
import type { MetricRegistry } from '../metrics/registry.js';
import type { ChannelStateCodec } from '../network/channel-state.js';
import type { Sending } from '../network/record-writer.js';
import { InputGate, type GateChannel } from '../network/input-gate.js';
import type { Collector } from '../operators/operator.js';
import { SinkOperator, type PayloadWriter } from '../operators/sink/sink-operator.js';
import type { RecordTypes } from '../operators/sink/outgoing.js';
import { SourceOperator } from '../operators/source/source-operator.js';
import { FunctionsOperator } from '../operators/functions/functions-operator.js';
import type { DeadLetter } from '../record/dead-letter.js';
import { keyGroupOf } from '../record/key.js';
import type { StreamRecord } from '../record/stream-record.js';
import type { EditedState, TaskDeployment } from '../rpc/task-execution.js';
import { FunctionTask } from '../task/function-task.js';
import { OperatorTask } from '../task/operator-task.js';
import { RecordTraces, type FollowedTask } from '../task/record-traces.js';
import { SinkTask } from '../task/sink-task.js';
import { SourceProgress } from '../task/source-progress.js';
import { SourceTask, type SortedInput } from '../task/source-task.js';
import { SplitAlignment } from '../task/split-alignment.js';
import type { TaskState } from '../task/subtask-checkpoints.js';
import type { TaskHost } from '../task/task-host.js';
import { TaskMetrics } from '../task/task-metrics.js';
import { SpanClock } from '../tracing/span-clock.js';
import type { Tracer } from '../tracing/tracer.js';
import { EventSorter, type SpillStorage } from '../time/event-sorter.js';
import { ChainBuilder } from './chain-builder.js';
import { ChannelStates, type ChannelContent, type ChannelName } from './channel-states.js';
import type { ChannelTable } from './channel-table.js';
import type { OperatorFactory } from './rule-operators.js';

/** Memory for an input that is sorted before its first watermark; beyond it, the disk. */
const SORT_BUDGET_BYTES = 128 * 1024 * 1024;
/** A decoded record in memory, by its size on the wire; only used against the sort budget. */
const RECORD_OVERHEAD_BYTES = 300;
const MEMORY_PER_WIRE_BYTE = 3;
/** Where an application says nothing of it: what was decided on events. */
const REPLIES_KEPT_MS = 24 * 60 * 60 * 1000;

/** What all tasks of a job are built with. */
export interface BuilderOptions {
  readonly graph: StreamGraph;
  readonly job: JobGraph;
  readonly layout: EvaluationLayout;
  readonly operators: OperatorFactory;
  readonly clock: Clock;
  readonly metrics: MetricRegistry;
  readonly spill: SpillStorage;
  /** Default 128 MiB. */
  readonly sortBudgetBytes?: number;
  readonly channelStates: ChannelStateCodec;
  readonly observer?: TransitionObserver | undefined;
  /** Default: at each step. */
  readonly sending?: Sending;
  /** Whether the stream ends only behind a last checkpoint. */
  readonly takesCheckpoints: boolean;
  /** Absent where nobody takes spans. */
  readonly tracer: Tracer | undefined;
}

/** What was opened for one task. */
export interface OpenedTask {
  readonly deployment: TaskDeployment;
  readonly vertex: JobVertex;
  readonly channels: ChannelTable;
  /** Restored. */
  readonly state: TaskState;
  readonly inFlight: {
    /** Of the channels to the task, from the checkpoint that it is restored from. */
    readonly restored: readonly ChannelContent[];
    /** Told how the task's host writes what barriers overtake. */
    use(states: ChannelStates): void;
  };
  readonly host: TaskHost;
}

export interface OpenedSource {
  readonly boundedness: Source['boundedness'];
  readonly format: Format;
  readonly reader: SourceReader;
}

export interface OpenedSink {
  readonly writer: SinkWriter;
  readonly write: PayloadWriter;
  /** Has recovered. Present when the egress delivers exactly once. */
  readonly committer: Committer | undefined;
}

export interface OpenedFunctions {
  readonly client: FunctionClient;
  readonly random: Random;
  readonly types: RecordTypes;
  /** Present where functions answer requests from outside. */
  readonly log: InvocationLog | undefined;
  readonly server: RequestServer | undefined;
  warn(text: string): void;
}

export class TaskBuilder {
  readonly #spanClock: SpanClock;

  constructor(private readonly options: BuilderOptions) {
    this.#spanClock = new SpanClock(options.clock);
  }

  operatorTask(opened: OpenedTask): OperatorTask {
    const { vertex, state, host } = opened;
    const metrics = this.#metrics(opened);
    const traces = this.#traces(opened);
    const build = this.#chainBuilder(opened, metrics, traces);
    const head = build.operator(vertex);
    const { clock } = this.options;
    const gate = this.#gate(opened);
    const chain = build.chain();
    return new OperatorTask(taskName(opened), { gate, head, chain, state, host, clock, metrics, traces });
  }

  sourceTask(opened: OpenedTask, { boundedness, format, reader }: OpenedSource): SourceTask {
    const { vertex, deployment, host, state } = opened;
    const { operator } = vertex;
    if (operator.kind !== 'source') throw new Error(`${vertex.id} is no source`);
    const { node } = operator;
    const { clock, takesCheckpoints } = this.options;
    const metrics = this.#metrics(opened);
    const traces = this.#traces(opened);
    const build = this.#chainBuilder(opened, metrics, traces);
    const main = entering(traces, build.output(vertex, 'main', undefined));
    const bad = build.output(vertex, 'bad', undefined);
    const isSorted = node.time.order === 'unordered';
    const progress = new SourceProgress({
      owner: node.id,
      subtask: deployment.id.subtask,
      parallelism: vertex.parallelism,
      states: state.operators,
      found: deployment.found.splits,
      isSorted,
      keepsClock: deployment.restore?.edited?.clocks.includes(node.name) ?? true,
    });
    const sortedInput = isSorted ? this.#sortedInput(node.name, vertex.parallelism, main) : undefined;
    const outputs = {
      main: sortedInput ?? main,
      timeless: entering(traces, build.output(vertex, 'main', undefined, true)),
      late: entering(traces, build.output(vertex, 'late', undefined)),
      bad: isSorted ? passingOver(progress, bad) : bad,
    };
    const source = new SourceOperator(node, format, outputs, clock, this.options.metrics, boundedness === 'bounded');
    for (const { split, watermark } of progress.open()) {
      source.addSplit(split.id, watermark);
      reader.addSplits([split]);
    }
    if (!deployment.found.more) reader.noMoreSplits();
    const { watermarkAlignment } = node.time;
    return new SourceTask(taskName(opened), {
      reader,
      operator: source,
      chain: build.chain(),
      state,
      progress,
      sortedInput,
      alignment:
        watermarkAlignment &&
        new SplitAlignment(watermarkAlignment.maxDrift, {
          ...{ operator: source, reader },
          reached: (watermark) => host.watermarkReached(watermark),
        }),
      takesCheckpoints,
      ends: deployment.restore?.ends === true,
      host,
      clock,
      metrics,
    });
  }

  functionTask(opened: OpenedTask, { client, random, types, log, server, warn }: OpenedFunctions): FunctionTask {
    const { vertex, deployment, state, host } = opened;
    const { operator: description } = vertex;
    if (description.kind !== 'functions') throw new Error(`${vertex.id} has no functions`);
    const { node } = description;
    const { clock, graph, observer, metrics } = this.options;
    const taskMetrics = this.#metrics(opened);
    const traces = this.#traces(opened);
    const build = this.#chainBuilder(opened, taskMetrics, traces);
    const loop = build.output(vertex, 'main', undefined);
    const sinks = build.outputsByConsumer(vertex, 'egress');
    const letters = build.outputsByConsumer(vertex, 'error');
    const { keyGroups } = deployment;
    const { maxParallelism } = graph.settings;
    const time = new ProcessingTime(clock);
    const logged = log && new LoggedClient(client, log, time);
    const caller = new FunctionCaller(logged ?? client, clock, () => host.wake());
    const deadLetter = (sink: string, letter: DeadLetter): void => letters.get(sink)!.collect(letter);
    const group = new FunctionGroup({
      node,
      ports: {
        call: (call, endpoint, batches) => caller.call(call, endpoint, batches),
        describe: (endpoint) => caller.describe(endpoint),
        isOwn: (id) => isWithin(keyGroupOf(keyOfId(id), maxParallelism), keyGroups),
        forward: (message) => loop.collect(messageRecord(message)),
        emit: (sink, record) => sinks.get(sink)!.collect(record),
        deadLetter,
        warn,
      },
      store: state.keyed!,
      operators: state.operators,
      metrics,
      clock: time,
      random,
      parallelism: vertex.parallelism,
      budgetBytes: node.memoryBytes / vertex.parallelism,
      observer,
      traces: traces && this.#invocationTraces(opened, traces),
      hasCheckpoints: graph.settings.checkpoint !== undefined,
      requests: log && {
        ...{ log, client: logged!, keptMs: node.requests?.keptMs ?? REPLIES_KEPT_MS, decisions: decisionsOf(node) },
        wake: () => host.wake(),
        ...(traces === undefined || traces.sampler.isOff
          ? {}
          : { follow: (traceparent, body) => traces.take(traceparent, body) }),
      },
    });
    taskMetrics.endsWith(group.watch(deployment.id.subtask));
    const { restore } = deployment;
    const endsBehind = restore?.ends === true ? restore.checkpoint : undefined;
    const parts = { group, caller, server, state, host, clock, time, traces, endsBehind, metrics: taskMetrics };
    return new FunctionTask(taskName(opened), {
      ...{ gate: this.#gate(opened), chain: build.chain(), ...parts },
      operator: new FunctionsOperator({ node, group, types, layout: this.options.layout, metrics, deadLetter }),
    });
  }

  sinkTask(opened: OpenedTask, { writer, write, committer }: OpenedSink): SinkTask {
    const { vertex, deployment, host } = opened;
    const { operator } = vertex;
    if (operator.kind !== 'sink') throw new Error(`${vertex.id} is no sink`);
    const { clock, layout, metrics } = this.options;
    return new SinkTask(taskName(opened), {
      subtask: deployment.id.subtask,
      gate: this.#gate(opened),
      operator: new SinkOperator(operator.node, writer, write, layout, metrics),
      writer,
      committer,
      host,
      clock,
      metrics: this.#metrics(opened),
      traces: this.#traces(opened),
    });
  }

  #traces({ vertex, deployment }: OpenedTask): RecordTraces | undefined {
    const { tracer, graph } = this.options;
    if (tracer === undefined) return undefined;
    const { task, subtask } = deployment.id;
    return new RecordTraces({ job: graph.name, task, subtask, ...roleOf(vertex) }, tracer, this.#spanClock);
  }

  #invocationTraces({ deployment }: OpenedTask, records: RecordTraces): InvocationTraces | undefined {
    const { tracer, graph } = this.options;
    const { task, subtask } = deployment.id;
    const attributes = { 'tidegate.job': graph.name, 'tidegate.task': task, 'tidegate.subtask': subtask };
    return tracer && new InvocationTraces(tracer, this.#spanClock, records, attributes);
  }

  #metrics(opened: OpenedTask): TaskMetrics {
    return new TaskMetrics(taskName(opened), this.options.metrics);
  }

  #sortedInput(source: string, parallelism: number, main: Collector): SortedInput & Collector {
    const { spill, sortBudgetBytes = SORT_BUDGET_BYTES } = this.options;
    const sorter = new EventSorter(source, spill, sortBudgetBytes / parallelism);
    let recordBytes = 0;
    return {
      measure: ({ bytes, payloads }) => {
        recordBytes = RECORD_OVERHEAD_BYTES + MEMORY_PER_WIRE_BYTE * (bytes / payloads.length);
      },
      collect: (record) => sorter.add(record as StreamRecord, recordBytes),
      drain: () => sorter.drain(),
      emit: (record) => main.collect(record),
      close: () => sorter.close(),
    };
  }

  #gate({ vertex, deployment, channels, inFlight }: OpenedTask): InputGate {
    const { job, graph, clock, channelStates, observer } = this.options;
    const { subtask } = deployment.id;
    const inputs: GateChannel[] = [];
    const names: ChannelName[] = [];
    for (const edge of job.edges) {
      if (edge.to !== vertex.id || edge.chained) continue;
      for (const { channel, producer } of channels.inputs(edge, subtask)) {
        inputs.push({ channel, input: edge.input, feedback: edge.feedback === true });
        names.push({ edge: edgeId(edge), producer, consumer: subtask });
      }
    }
    const gate = new InputGate(inputs, clock, observer);
    const states = new ChannelStates(names, channelStates);
    states.recover(gate, inFlight.restored, {
      subtask,
      maxParallelism: graph.settings.maxParallelism,
      ...deployment.keyGroups,
    });
    inFlight.use(states);
    return gate;
  }

  #chainBuilder(
    { channels, deployment, state }: OpenedTask,
    metrics: TaskMetrics,
    traces: RecordTraces | undefined,
  ): ChainBuilder {
    const { job, graph, layout, operators } = this.options;
    const { keyGroups, restore } = deployment;
    const kept = restore?.edited && keptMatches(restore.edited);
    return new ChainBuilder({
      job,
      maxParallelism: graph.settings.maxParallelism,
      layout,
      channels,
      subtask: deployment.id.subtask,
      sending: this.options.sending ?? 'each step',
      metrics,
      traces,
      createOperator: (vertex, build) => operators.create(vertex, build, { keyGroups, kept, ...state }),
    });
  }
}

function keptMatches({ matches }: EditedState): ReadonlyMap<string, KeptMatches> {
  return new Map(
    matches.map(({ rule, former, stages, ...next }) => [rule, { ...next, rule: former, stages: new Map(stages) }]),
  );
}

function isWithin(keyGroup: number, { first, last }: KeyGroupRange): boolean {
  return keyGroup >= first && keyGroup <= last;
}

function taskName({ deployment: { id } }: OpenedTask): string {
  return `${id.task}[${id.subtask}]`;
}

/** What a task is in a trace: records come in or go out there, or it works for one rule. */
function roleOf({ operator }: JobVertex): Pick<FollowedTask, 'kind' | 'rule'> {
  switch (operator.kind) {
    case 'source':
      return { kind: 'consumer', rule: undefined };
    case 'sink':
      return { kind: 'producer', rule: undefined };
    case 'functions':
      return { kind: undefined, rule: undefined };
    case 'suppress':
      return { kind: undefined, rule: operator.rule.name };
    case 'rules': {
      const [only, ...others] = rulesOf(operator.node);
      return { kind: undefined, rule: others.length === 0 ? only?.name : undefined };
    }
  }
}

/** What a source gives out, where some of it may be followed from here on. */
function entering(traces: RecordTraces | undefined, to: Collector): Collector {
  if (traces === undefined || traces.sampler.isOff) return to;
  return {
    collect(record) {
      const isFollowed = traces.enter(record as StreamRecord);
      to.collect(record);
      if (isFollowed) traces.end();
    },
  };
}

/** Bad records of a sorted input that were given before the restored checkpoint are not given again. */
function passingOver(progress: SourceProgress, bad: Collector): Collector {
  return {
    collect(record) {
      const { split, offset } = record as DeadLetter;
      if (typeof offset !== 'number' || !progress.wasRead(split, offset)) bad.collect(record);
    },
  };
}
