/**
 * Opens what the tasks of a job need in the outer world, and has them built: stores with their restored state, readers,
 * committers that have recovered.
 *
 * Invariants
 * - A task is built only when everything that it restores from is there and whole; what was opened for a task that cannot
 *   be built is closed again.
 */
import { errorOf, TidegateError } from '../common/errors.js';
import { printable } from '../common/printable.js';
import type { Random } from '../common/random.js';
import { positionsOf } from '../functions/requests/request-desk.js';
import { ownersOf } from '../checkpoint/state-owners.js';
import { takesCheckpoints } from '../coordinator/job-options.js';
import { recordTypes } from '../job/graph-index.js';
import type { JobGraph, JobVertex } from '../job/job-graph.js';
import type { StreamGraph } from '../job/stream-graph.js';
import { connectorMetrics } from '../metrics/connector-metrics.js';
import type { MetricRegistry } from '../metrics/registry.js';
import { ChannelStateCodec } from '../network/channel-state.js';
import type { RecordTypes } from '../operators/sink/outgoing.js';
import { attemptNumber, restoredEpochs, type TaskDeployment } from '../rpc/task-execution.js';
import type { KeyedStore } from '../state/keyed-store.js';
import type { TaskState } from '../task/subtask-checkpoints.js';
import type { Task } from '../task/task.js';
import type { TaskHost } from '../task/task-host.js';
import { chainOf, vertexOf } from './chain-builder.js';
import type { ChannelContent, ChannelStates } from './channel-states.js';
import type { ChannelTable } from './channel-table.js';
import type { JobEnvironment } from './environment.js';
import { OpenResources } from './open-resources.js';
import { readOperatorState } from './read-operator-state.js';
import { RuleOperators, type OperatorFactory } from './rule-operators.js';
import { TaskBuilder, type OpenedFunctions, type OpenedTask } from './task-builder.js';
import { TaskIo } from './task-io.js';
import { refuseUnclaimed } from './unclaimed-state.js';
import type { TaskControl, TaskLauncher } from './task-launcher.js';

/** A launch under way. */
interface Launch {
  readonly deployment: TaskDeployment;
  readonly vertex: JobVertex;
  readonly io: TaskIo;
  readonly resources: OpenResources;
  readonly fail: (error: Error) => void;
}

/** Where nobody brings dice: delays are as they are written. */
const MIDDLE: Random = { next: () => 0.5 };

export class TaskFactory implements TaskLauncher {
  readonly #types: RecordTypes;
  readonly #operators: OperatorFactory;
  readonly #builder: TaskBuilder;
  /** Number of tasks with a store. */
  readonly #stores: number;

  constructor(
    private readonly graph: StreamGraph,
    private readonly job: JobGraph,
    private readonly environment: JobEnvironment,
    private readonly metrics: MetricRegistry,
  ) {
    const { tables, clock, spill, sortBudgetBytes, observer, tracer } = environment;
    const layout = { tables };
    this.#types = recordTypes(graph);
    const sources = Object.fromEntries(this.#types);
    const channelStates = new ChannelStateCodec(sources);
    const { maxParallelism } = graph.settings;
    this.#operators =
      environment.operators ?? new RuleOperators({ layout, metrics, channelStates, sources, maxParallelism });
    const heads = job.vertices.filter(({ id }) => !job.edges.some(({ chained, to }) => chained && to === id));
    const stateful = heads.filter((head) => this.#keepsKeyedState(head));
    this.#stores = stateful.reduce((count, { parallelism }) => count + parallelism, 0);
    this.#builder = new TaskBuilder({
      graph,
      job,
      layout,
      operators: this.#operators,
      clock,
      metrics,
      spill,
      ...(sortBudgetBytes === undefined ? {} : { sortBudgetBytes }),
      channelStates,
      observer,
      tracer,
      sending: graph.settings.bufferTimeout === 0 ? 'each step' : 'when flushed',
      takesCheckpoints: takesCheckpoints(job, graph.settings.checkpoint),
    });
  }

  launch(
    deployment: TaskDeployment,
    channels: ChannelTable,
    control: TaskControl,
    launched: (outcome: Task | Error) => void,
  ): void {
    const resources = new OpenResources();
    this.#launch(deployment, channels, control, resources).then(launched, async (error: unknown) => {
      await resources.closeAll();
      launched(errorOf(error));
    });
  }

  close(task: Task, closed: (error: Error | undefined) => void): void {
    task.close().then(
      () => closed(undefined),
      (error: unknown) => closed(errorOf(error)),
    );
  }

  async #launch(
    deployment: TaskDeployment,
    channels: ChannelTable,
    control: TaskControl,
    resources: OpenResources,
  ): Promise<Task> {
    const vertex = vertexOf(this.job, deployment.id.task);
    const io = new TaskIo(this.graph.name, deployment.id, this.environment);
    const operators = await readOperatorState(
      deployment.restore?.snapshot.operators ?? [],
      this.environment.checkpoints,
    );
    const keyed = await this.#store(deployment, vertex);
    if (keyed !== undefined) resources.add(keyed);
    const state = { operators, keyed };
    const host = hostOf(control, io);
    const inFlight = { restored: await this.#inFlight(deployment), use: (read: ChannelStates) => io.useChannels(read) };
    const opened: OpenedTask = { deployment, vertex, channels, inFlight, state, host };
    this.environment.failpoint?.('restore.beforeStart');
    const task = await this.#build(opened, { deployment, vertex, io, resources, fail: host.fail });
    refuseUnclaimed(deployment, state, new Set(chainOf(this.job, vertex).flatMap(ownersOf)));
    io.attach((mail) => task.receive(mail), host.fail);
    return task;
  }

  async #build(opened: OpenedTask, launch: Launch): Promise<Task> {
    switch (launch.vertex.operator.kind) {
      case 'source':
        return this.#builder.sourceTask(opened, this.#openSource(launch));
      case 'sink':
        return this.#builder.sinkTask(opened, await this.#openSink(launch));
      case 'functions':
        return this.#builder.functionTask(opened, await this.#openFunctions(launch, opened));
      default:
        return this.#builder.operatorTask(opened);
    }
  }

  async #openFunctions(launch: Launch, { host, state }: OpenedTask): Promise<OpenedFunctions> {
    const { vertex, resources, fail } = launch;
    const { createFunctionClient, random = MIDDLE, log } = this.environment;
    if (createFunctionClient === undefined)
      throw new TidegateError('TG405', `${vertex.id}: this build calls no functions`);
    const client = resources.add(createFunctionClient(fail));
    return {
      client,
      random,
      types: this.#types,
      ...(await this.#openRequests(launch, state, () => host.wake())),
      // Types, ids and what servers answer are chosen by others.
      warn: (text) => log?.(`warning: ${printable(text)}`, { level: 'warn', task: vertex.id }),
    };
  }

  /** Where somebody may ask. */
  async #openRequests(
    { vertex: { operator }, deployment: { id, restore }, resources, fail }: Launch,
    { operators }: TaskState,
    wake: () => void,
  ): Promise<Pick<OpenedFunctions, 'log' | 'server'>> {
    const { openInvocationLog, openRequestServer } = this.environment;
    const node = operator.kind === 'functions' ? operator.node : undefined;
    const isAsked = node?.requests !== undefined || node?.decisions !== undefined;
    if (!isAsked || openInvocationLog === undefined) return { log: undefined, server: undefined };
    const positions = restore && positionsOf(operators).get();
    const log = resources.add(await openInvocationLog({ id, positions, wake, fail }));
    const server = await openRequestServer?.(node, { subtask: id.subtask, fail });
    if (server !== undefined) resources.add(server);
    return { log, server };
  }

  #openSource({ vertex, deployment, resources, fail }: Launch) {
    const { operator } = vertex;
    if (operator.kind !== 'source') throw new Error(`${vertex.id} is no source`);
    const { source, format } = this.environment.createSource(
      operator.node,
      fail,
      connectorMetrics(this.metrics, operator.node.id, deployment.id.subtask),
    );
    return { boundedness: source.boundedness, format, reader: resources.add(source.createReader()) };
  }

  async #openSink({ vertex, deployment, io, resources, fail }: Launch) {
    const { operator } = vertex;
    if (operator.kind !== 'sink') throw new Error(`${vertex.id} is no sink`);
    const { id, restore } = deployment;
    const metrics = connectorMetrics(this.metrics, operator.node.id, id.subtask);
    const { writer, write, committer, open } = this.environment.createSink(
      operator.node,
      this.#types,
      {
        subtask: id.subtask,
        parallelism: vertex.parallelism,
        attempt: attemptNumber(id),
        restored: restore !== undefined,
      },
      fail,
      metrics,
    );
    resources.add(writer);
    if (committer !== undefined) {
      resources.add(committer);
      await committer.recover(restore && restoredEpochs(restore));
    }
    // What is restored is delivered also where what is written by cannot be fetched.
    await open?.();
    io.useSink(writer, committer, (ms) => metrics.took('commit', ms));
    return { writer, write, committer };
  }

  #keepsKeyedState(head: JobVertex): boolean {
    return chainOf(this.job, head).some((vertex) => this.#operators.keepsKeyedState(vertex));
  }

  async #inFlight({ restore }: TaskDeployment): Promise<ChannelContent[]> {
    const files = this.environment.checkpoints;
    const contents: ChannelContent[] = [];
    for (const { elements, ...channel } of restore?.snapshot.channels ?? []) {
      contents.push({ bytes: await files.read(elements), ...channel });
    }
    return contents;
  }

  async #store({ id, keyGroups, restore }: TaskDeployment, vertex: JobVertex): Promise<KeyedStore | undefined> {
    if (!this.#keepsKeyedState(vertex)) return undefined;
    return this.environment.openKeyedStore({
      id,
      keyGroups,
      maxParallelism: this.graph.settings.maxParallelism,
      clock: this.environment.clock,
      yieldToEventLoop: () => this.environment.yieldToEventLoop(),
      checkpoint: restore?.checkpoint,
      restored: restore?.snapshot.keyed ?? [],
      rehash: restore?.rehash ?? false,
      memoryShare: 1 / this.#stores,
    });
  }
}

function hostOf(control: TaskControl, io: TaskIo): TaskHost {
  return {
    acknowledge: (acknowledgement) => control.acknowledge(acknowledgement),
    decline: (checkpoint, reason) => control.decline(checkpoint, reason),
    exhausted: () => control.exhausted(),
    watermarkReached: (watermark) => control.watermarkReached(watermark),
    addressAnswered: (request, answer) => control.addressAnswered(request, answer),
    wake: () => control.wake(),
    fail: (error) => control.fail(error),
    persist: (barrier, part) => io.persist(barrier, part),
    persistInFlight: (barrier, inFlight) => io.persistInFlight(barrier, inFlight),
    commit: (epochs) => io.commit(epochs),
    flush: () => io.flush(),
  };
}
