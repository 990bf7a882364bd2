/**
 * A slot in a thread of its own, as the far end of a SlotThread: acts on the task manager's messages, and sends it what
 * its tasks report and count.
 *
 * Invariants
 * - What an attempt has counted is sent before the news that it has ended.
 */
import { errorOf } from '../../common/errors.js';
import { buildJobGraph } from '../../job/job-graph.js';
import type { StreamGraph } from '../../job/stream-graph.js';
import { MetricRegistry } from '../../metrics/registry.js';
import { isEnd, type TaskReport } from '../../rpc/task-execution.js';
import type { JobEnvironment } from '../environment.js';
import type { DataTransport } from '../remote/data-transport.js';
import { TaskSlot } from '../task-slot.js';
import type { SlotCommand, SlotReport } from './slot-messages.js';
import { StepCell } from './step-cell.js';

const METRICS_MS = 250;

export interface SlotHostEvents {
  send(report: SlotReport): void;
  /** The thread cannot go on. */
  broken(error: Error): void;
  /** Everything that was told to be closed is. */
  closed(): void;
}

export class SlotHost {
  readonly #metrics = new MetricRegistry();
  readonly #slot: TaskSlot;
  #cancelTimer: () => void = () => undefined;

  constructor(
    graph: StreamGraph,
    private readonly environment: JobEnvironment,
    private readonly events: SlotHostEvents,
    /** Of a slot that is reached by those of other processes. */
    transport?: DataTransport,
  ) {
    const job = buildJobGraph(graph);
    const ofSlot = {
      report: (report: TaskReport) => {
        if (isEnd(report)) this.#sendMetrics();
        events.send({ kind: 'task', report });
      },
      broken: (error: Error) => events.broken(error),
    };
    this.#slot = new TaskSlot(graph, job, environment, this.#metrics, ofSlot, transport);
    this.#schedule();
    if (transport !== undefined) void this.#listen();
  }

  receive(command: SlotCommand): void {
    switch (command.kind) {
      case 'deploy':
        this.#slot.shownIn(new StepCell(command.steps, command.deployment.slot));
        return this.#slot.deploy(command.deployment, command.rings, command.bell);
      case 'end-sources':
        return this.#slot.endSources();
      case 'close':
        this.#cancelTimer();
        void this.#slot.close().then(() => this.events.closed());
        return;
      default:
        return this.#slot.command(command);
    }
  }

  async #listen(): Promise<void> {
    try {
      this.events.send({ kind: 'listening', address: await this.#slot.listen() });
    } catch (error) {
      this.events.broken(errorOf(error));
    }
  }

  #schedule(): void {
    this.#cancelTimer = this.environment.clock.schedule(METRICS_MS, () => {
      this.#sendMetrics();
      this.#schedule();
    });
  }

  #sendMetrics(): void {
    const changes = this.#metrics.takeChanges();
    if (changes.length > 0) this.events.send({ kind: 'metrics', changes });
  }
}
