/**
 * Opens and builds the tasks of a job: stores with their restored state, readers at their positions, committers that have
 * recovered, operators, gates and writers.
 *
 * Invariants
 * - A task is built only when everything that it restores from is there and whole; what was opened for a task that cannot
 *   be built is closed again.
 */
import type { SourceReader } from '@tidegate/connectors/api';
import type { EvaluationLayout } from '../expression/index.js';
import type { JobGraph, JobVertex } from '../job/job-graph.js';
import type { StreamGraph } from '../job/stream-graph.js';
import type { MetricRegistry } from '../metrics/registry.js';
import { InputGate, type GateChannel } from '../network/input-gate.js';
import type { Collector, Operator, RestoredStates } from '../operators/operator.js';
import { NOTHING_RESTORED } from '../operators/operator.js';
import { FilterOperator, type RuleOutputs } from '../operators/rule/filter-operator.js';
import { PatternOperator } from '../operators/rule/pattern-operator.js';
import { SuppressOperator } from '../operators/rule/suppress-operator.js';
import type { RecordTypes } from '../operators/sink/outgoing.js';
import { SinkOperator } from '../operators/sink/sink-operator.js';
import { SourceOperator } from '../operators/source/source-operator.js';
import type { DeadLetter } from '../record/dead-letter.js';
import type { StreamRecord } from '../record/stream-record.js';
import { attemptNumber, restoredEpochs, type TaskDeployment } from '../rpc/task-execution.js';
import { memoryOnlyCodec } from '../state/codecs/memory-only-codec.js';
import type { KeyedStore } from '../state/keyed-store.js';
import { OperatorTask } from '../task/operator-task.js';
import { SinkTask } from '../task/sink-task.js';
import { SourceProgress } from '../task/source-progress.js';
import { SourceTask, type SortedInput } from '../task/source-task.js';
import type { Task } from '../task/task.js';
import type { TaskHost } from '../task/task-host.js';
import { EventSorter } from '../time/event-sorter.js';
import { ChainBuilder, chainOf, vertexOf } from './chain-builder.js';
import type { ChannelTable } from './channel-table.js';
import type { JobEnvironment } from './environment.js';
import { OpenResources } from './open-resources.js';
import { TaskIo } from './task-io.js';
import type { TaskControl, TaskLauncher } from './task-launcher.js';

/** Memory for an input that is sorted before its first watermark; beyond it, the disk. */
const SORT_BUDGET_BYTES = 128 * 1024 * 1024;
/** A decoded record in memory, by its size on the wire; only used against the sort budget. */
const RECORD_OVERHEAD_BYTES = 300;
const MEMORY_PER_WIRE_BYTE = 3;

/** What building a task needs beside its deployment. */
interface Building {
  readonly deployment: TaskDeployment;
  readonly vertex: JobVertex;
  readonly channels: ChannelTable;
  readonly states: RestoredStates;
  readonly store: KeyedStore | undefined;
  readonly io: TaskIo;
  readonly host: TaskHost;
  readonly resources: OpenResources;
}

export class TaskFactory implements TaskLauncher {
  readonly #layout: EvaluationLayout;
  readonly #types: RecordTypes;

  constructor(
    private readonly graph: StreamGraph,
    private readonly job: JobGraph,
    private readonly environment: JobEnvironment,
    private readonly metrics: MetricRegistry,
  ) {
    this.#layout = { tables: environment.tables };
    this.#types = new Map([
      ...graph.sources.map((node) => [node.name, node.schema] as const),
      ...graph.operators.flatMap((node) =>
        (node.kind === 'filter' ? [node.rule] : node.rules).map((rule) => [rule.name, rule.fields] as const),
      ),
    ]);
  }

  launch(
    deployment: TaskDeployment,
    channels: ChannelTable,
    control: TaskControl,
    launched: (outcome: Task | Error) => void,
  ): void {
    const resources = new OpenResources();
    this.#open(deployment, channels, control, resources).then(launched, async (error: unknown) => {
      await resources.closeAll();
      launched(error instanceof Error ? error : new Error(String(error)));
    });
  }

  close(task: Task, closed: (error: Error | undefined) => void): void {
    task.close().then(
      () => closed(undefined),
      (error: unknown) => closed(error instanceof Error ? error : new Error(String(error))),
    );
  }

  async #open(
    deployment: TaskDeployment,
    channels: ChannelTable,
    control: TaskControl,
    resources: OpenResources,
  ): Promise<Task> {
    const vertex = vertexOf(this.job, deployment.id.task);
    const states = await this.#states(deployment);
    const store = await this.#store(deployment, vertex);
    if (store !== undefined) resources.add(store);
    const io = new TaskIo(deployment.id, this.environment);
    const host: TaskHost = {
      acknowledge: (acknowledgement) => control.acknowledge(acknowledgement),
      decline: (checkpoint, reason) => control.decline(checkpoint, reason),
      exhausted: () => control.exhausted(),
      wake: () => control.wake(),
      fail: (error) => control.fail(error),
      persist: (checkpoint, part) => io.persist(checkpoint, part),
      persistInFlight: (checkpoint) => io.persistInFlight(checkpoint),
      commit: (epochs) => io.commit(epochs),
      flush: () => io.flush(),
    };
    const building: Building = { deployment, vertex, channels, states, store, io, host, resources };
    const task = await this.#build(building);
    io.attach((mail) => task.receive(mail), control.fail);
    return task;
  }

  async #states({ restore }: TaskDeployment): Promise<RestoredStates> {
    const files = this.environment.checkpoints;
    if (restore === undefined || files === undefined) return NOTHING_RESTORED;
    const found = new Map<string, Uint8Array[]>();
    for (const { owner, name, entries } of restore.snapshot.operators) {
      const id = `${owner}\u0000${name}`;
      const known = found.get(id) ?? [];
      for (const entry of entries) known.push(await files.read(entry));
      found.set(id, known);
    }
    return { entries: (owner, name) => found.get(`${owner}\u0000${name}`) ?? [] };
  }

  async #store({ id, keyGroups, restore }: TaskDeployment, vertex: JobVertex): Promise<KeyedStore | undefined> {
    if (!chainOf(this.job, vertex).some(holdsKeyedState)) return undefined;
    return this.environment.openKeyedStore({
      id,
      keyGroups,
      maxParallelism: this.graph.settings.maxParallelism,
      clock: this.environment.clock,
      yieldToEventLoop: () => this.environment.yieldToEventLoop(),
      restored: restore?.snapshot.keyed ?? [],
    });
  }

  #build(building: Building): Task | Promise<Task> {
    switch (building.vertex.operator.kind) {
      case 'source':
        return this.#buildSource(building);
      case 'sink':
        return this.#buildSink(building);
      default:
        return this.#buildOperator(building);
    }
  }

  #buildOperator(building: Building): Task {
    const { vertex, store, host, resources } = building;
    const build = this.#chainBuilder(building);
    const head = build.operator(vertex);
    const gate = this.#gate(building);
    const task = new OperatorTask(taskName(building), gate, head, build.chain(), store, host, this.environment.clock);
    return store === undefined ? task : resources.handOver(store, task);
  }

  #buildSource(building: Building): Task {
    const { vertex, deployment, host, resources, store, states } = building;
    const { operator } = vertex;
    if (operator.kind !== 'source') throw new Error(`${vertex.id} is no source`);
    const { node } = operator;
    const { clock } = this.environment;
    const { subtask } = deployment.id;
    const { source, format } = this.environment.createSource(node, host.fail);
    const build = this.#chainBuilder(building);
    const main = build.output(vertex, 'main', undefined);
    const bad = build.output(vertex, 'bad', undefined);
    const isSorted = node.time.order === 'unordered';
    const restored = SourceProgress.restoredFrom(node.id, states);
    const progress = new SourceProgress(node.id, subtask, vertex.parallelism, restored, deployment.splits, isSorted);
    const sorted = isSorted ? this.#sortedInput(node.name, vertex.parallelism, main) : undefined;
    const head = new SourceOperator(
      node,
      format,
      {
        main: sorted ?? main,
        timeless: build.output(vertex, 'main', undefined, true),
        late: build.output(vertex, 'late', undefined),
        bad: isSorted ? passingOver(progress, bad) : bad,
      },
      clock,
      this.metrics,
      source.boundedness === 'bounded',
    );
    const reader = resources.add(source.createReader());
    const takesCheckpoints = this.environment.checkpoints !== undefined;
    const parts = { reader, operator: head, chain: build.chain(), store, progress, takesCheckpoints, host, clock };
    const task = new SourceTask(taskName(building), { ...parts, sortedInput: sorted });
    if (store !== undefined) resources.handOver(store, task);
    resources.handOver(reader, task);
    openSplits(reader, head, progress);
    return task;
  }

  #sortedInput(source: string, parallelism: number, main: Collector): SortedInput & Collector {
    const budget = this.environment.sortBudgetBytes ?? SORT_BUDGET_BYTES;
    const sorter = new EventSorter(source, this.environment.spill, budget / parallelism);
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

  async #buildSink(building: Building): Promise<Task> {
    const { vertex, deployment, host, io, resources } = building;
    const { operator } = vertex;
    if (operator.kind !== 'sink') throw new Error(`${vertex.id} is no sink`);
    const { id, restore } = deployment;
    const { subtask } = id;
    const attempt = {
      subtask,
      parallelism: vertex.parallelism,
      attempt: attemptNumber(id),
      restored: restore !== undefined,
    };
    const sink = this.environment.createSink(operator.node, this.#types, attempt, host.fail);
    const { writer, write, committer } = sink;
    resources.add(writer);
    if (committer !== undefined) {
      resources.add(committer);
      await committer.recover(restore && restoredEpochs(restore));
    }
    io.useSink(writer, committer);
    const task = new SinkTask(taskName(building), {
      subtask,
      gate: this.#gate(building),
      operator: new SinkOperator(operator.node, writer, write, this.metrics),
      writer,
      committer,
      host,
      clock: this.environment.clock,
    });
    if (committer !== undefined) resources.handOver(committer, task);
    return resources.handOver(writer, task);
  }

  #gate({ vertex, deployment, channels }: Building): InputGate {
    const inputs: GateChannel[] = [];
    for (const edge of this.job.edges) {
      if (edge.to !== vertex.id || edge.chained) continue;
      for (const { channel } of channels.inputs(edge, deployment.id.subtask))
        inputs.push({ channel, input: edge.input });
    }
    return new InputGate(inputs, this.environment.clock);
  }

  #chainBuilder({ channels, deployment, store }: Building): ChainBuilder {
    return new ChainBuilder({
      job: this.job,
      maxParallelism: this.graph.settings.maxParallelism,
      layout: this.#layout,
      channels,
      subtask: deployment.id.subtask,
      createOperator: (vertex, build) => this.#createOperator(vertex, build, store),
    });
  }

  /** Makes the operator of a vertex with its outputs. */
  #createOperator(vertex: JobVertex, build: ChainBuilder, store: KeyedStore | undefined): Operator {
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
          stateOf(vertex, store),
          this.metrics,
        );
      case 'rules':
        return operator.node.kind === 'filter'
          ? new FilterOperator(operator.node, outputsOf(operator.node.rule.name), this.#layout, this.metrics)
          : new PatternOperator(
              operator.node,
              outputsOf,
              stateOf(vertex, store),
              memoryOnlyCodec('match-state'),
              this.#layout,
              this.metrics,
            );
      default:
        throw new Error(`${vertex.id} is not in the middle of a chain`);
    }
  }
}

function holdsKeyedState({ operator }: JobVertex): boolean {
  return operator.kind === 'suppress' || (operator.kind === 'rules' && operator.node.kind === 'pattern');
}

function stateOf(vertex: JobVertex, store: KeyedStore | undefined): KeyedStore {
  if (store === undefined) throw new Error(`${vertex.id} keeps state, and its task has no store`);
  return store;
}

function taskName({ deployment: { id } }: Building): string {
  return `${id.task}[${id.subtask}]`;
}

/** The readers know of all their splits before they are polled. */
function openSplits(reader: SourceReader, operator: SourceOperator, progress: SourceProgress): void {
  for (const { split, watermark } of progress.open()) {
    operator.addSplit(split.id, watermark);
    reader.addSplits([split]);
  }
  reader.noMoreSplits();
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
