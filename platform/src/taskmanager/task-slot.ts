/**
 * A slot with everything that runs tasks in one thread: their factory, their executor, and the loop that steps them. One
 * may also stand for all slots of a process, which then share the thread.
 *
 * Invariants
 * - Tasks with the same attempt of the job are connected inside the slot; to other slots of the process lead the rings that
 *   a deployment brings, to those of other processes connections.
 */
import { recordTypes } from '../job/graph-index.js';
import type { JobGraph } from '../job/job-graph.js';
import type { StreamGraph } from '../job/stream-graph.js';
import type { MetricRegistry } from '../metrics/registry.js';
import { SourceForms } from '../network/passing/source-forms.js';
import { Doorbell } from '../network/ring/doorbell.js';
import { isEnd, type TaskCommand, type TaskDeployment, type TaskReport } from '../rpc/task-execution.js';
import { SourceTask } from '../task/source-task.js';
import { channelCapacity } from './channel-capacity.js';
import { ChannelTable } from './channel-table.js';
import type { JobEnvironment } from './environment.js';
import type { DataTransport } from './remote/data-transport.js';
import { RemoteChannels } from './remote/remote-channels.js';
import { SlotExchange } from './remote/slot-exchange.js';
import { Slot } from './slot.js';
import { TaskExecutor, type ChannelsOf } from './task-executor.js';
import { TaskFactory } from './task-factory.js';
import type { TaskManager } from './task-manager.js';
import { RingChannels } from './threads/ring-channels.js';
import type { RingEnd } from './threads/ring-end.js';
import type { StepCell } from './threads/step-cell.js';

/** An alert holds the events of its match, so what a channel carries may be larger than what a source gives. */
const ELEMENT_RECORDS_MAX = 64;

export interface TaskSlotEvents {
  report(report: TaskReport): void;
  /** The slot itself cannot go on. */
  broken(error: Error): void;
}

export class TaskSlot implements TaskManager {
  readonly #slot: Slot;
  readonly #executor: TaskExecutor;
  /** With slots of other processes. */
  readonly #exchange: SlotExchange | undefined;
  /** For the task that is being deployed. */
  #rings: readonly RingEnd[] = [];
  #stopListening: (() => void) | undefined;

  constructor(
    graph: StreamGraph,
    job: JobGraph,
    environment: JobEnvironment,
    metrics: MetricRegistry,
    { report, broken }: TaskSlotEvents,
    transport?: DataTransport,
  ) {
    this.#slot = new Slot(environment, graph.settings.bufferTimeout, metrics, {
      done: (task) => this.#executor.done(task),
      failed: (task, error) => this.#executor.failed(task, error),
      broken,
    });
    const factory = new TaskFactory(graph, job, environment, metrics);
    this.#exchange = transport && new SlotExchange(job, graph.name, transport, metrics);
    // Where all channels are inside the slot, they need not be generated.
    let forms: SourceForms | undefined;
    const channelsOf: ChannelsOf = ({ id, peers }, local, owner) => {
      const isRemote = this.#exchange !== undefined && peers !== undefined;
      if (this.#rings.length === 0 && !isRemote) return new ChannelTable(job, local);
      forms ??= new SourceForms(Object.fromEntries(recordTypes(graph)));
      const elementBytesMax = graph.settings.maxRecordBytes * ELEMENT_RECORDS_MAX;
      const options = { local, ends: this.#rings, forms, elementBytesMax };
      if (!isRemote) return new RingChannels(job, options);
      const links = this.#exchange!.begin(id, peers, owner);
      const capacity = channelCapacity(job, graph.settings.memory.networkBytes);
      return new RemoteChannels(job, { ...options, id, links, owner, capacity });
    };
    this.#executor = new TaskExecutor(job, factory, this.#slot, (each) => this.#report(each, report), channelsOf);
  }

  #report(each: TaskReport, report: (report: TaskReport) => void): void {
    if (isEnd(each)) this.#exchange?.release(each.id);
    report(each);
  }

  /** Of a slot with a transport, once. @returns where slots of other processes reach it */
  listen(): Promise<string> {
    if (this.#exchange === undefined) throw new Error('this slot is reached by no others');
    return this.#exchange.listen();
  }

  get isIdle(): boolean {
    return this.#executor.isIdle;
  }

  sourceTasks(): readonly SourceTask[] {
    return this.#executor.tasks().filter((task) => task instanceof SourceTask);
  }

  command(command: TaskCommand): void {
    this.#executor.command(command);
  }

  /**
   * @param rings to and from tasks in other slots
   * @param bell rung for this slot by the others, always the same
   */
  deploy(deployment: TaskDeployment, rings: readonly RingEnd[], bell: SharedArrayBuffer): void {
    this.#stopListening ??= new Doorbell(bell).listen(() => this.wake());
    this.#rings = rings;
    this.#executor.command({ kind: 'deploy', deployment });
    this.#rings = [];
  }

  /** Shows from now on what it is doing. */
  shownIn(cell: StepCell): void {
    this.#slot.shownIn(cell);
  }

  endSources(): void {
    for (const task of this.sourceTasks()) task.stop();
    this.wake();
  }

  wake(): void {
    this.#slot.wake();
  }

  async close(): Promise<void> {
    this.#stopListening?.();
    this.#exchange?.close();
    await this.#slot.close();
  }
}
