/**
 * A task that ends in an egress.
 *
 * Invariants
 * - It is done only when every staged epoch is committed and the writer has flushed everything; a failed flush fails the
 *   job.
 * - While the writer is not ready it takes nothing from its channels: a slow sink slows its producers.
 * - A frame may be interrupted between two records when the writer's queue is full; its rest goes back to the gate.
 */
import type { Committer, SinkWriter, StagedEpoch } from '@tidegate/connectors/api';
import type { Clock } from '../common/clock.js';
import type { FrameTrace, Payload } from '../network/element.js';
import type { CheckpointEvent, FrameEvent, InputGate } from '../network/input-gate.js';
import type { SinkOperator } from '../operators/sink/sink-operator.js';
import { traceparentOf } from '../tracing/trace-context.js';
import { Mailbox } from './mailbox.js';
import type { RecordTraces } from './record-traces.js';
import { StagedEpochs } from './staged-epochs.js';
import { SubtaskCheckpoints } from './subtask-checkpoints.js';
import type { StepResult, Task, TaskMail } from './task.js';
import type { TaskHost } from './task-host.js';
import type { TaskMetrics } from './task-metrics.js';

export interface SinkTaskParts {
  readonly subtask: number;
  readonly gate: InputGate;
  readonly operator: SinkOperator;
  readonly writer: SinkWriter;
  /** Of a sink that delivers exactly once. */
  readonly committer: Committer | undefined;
  readonly host: TaskHost;
  readonly clock: Clock;
  readonly metrics: TaskMetrics;
  readonly traces: RecordTraces | undefined;
}

export class SinkTask implements Task {
  #ending: 'no' | 'committing' | 'flushing' | 'flushed' = 'no';
  readonly #mailbox: Mailbox;
  readonly #checkpoints: SubtaskCheckpoints;
  readonly #epochs: StagedEpochs;

  constructor(
    readonly id: string,
    private readonly parts: SinkTaskParts,
  ) {
    const { host, writer, clock } = parts;
    this.#checkpoints = new SubtaskCheckpoints(host, clock, undefined);
    this.#mailbox = new Mailbox(host);
    this.#epochs = new StagedEpochs((epochs) => host.commit(epochs));
    writer.onReady(() => host.wake());
  }

  receive(mail: TaskMail): void {
    this.#mailbox.put(mail);
  }

  step(): StepResult {
    const mail = this.#mailbox.take();
    for (const each of mail) this.#act(each);
    const result = this.#work();
    return mail.length > 0 && result === 'waiting' ? 'progress' : result;
  }

  /** A sink's writer decides for itself when it sends. */
  flush(): void {}

  isBackPressured(): boolean {
    return this.#ending === 'no' && !this.parts.operator.ready();
  }

  #work(): StepResult {
    if (this.#ending !== 'no') return this.#end();
    const { gate } = this.parts;
    const event = gate.poll();
    switch (event?.kind) {
      case undefined:
        return 'waiting';
      case 'frame':
        return this.#drain(event);
      case 'barrier':
      case 'captured':
      case 'barrier-aborted':
        this.#onCheckpoint(event);
        return 'progress';
      case 'watermark':
        this.parts.metrics.advance(event.watermark);
        return 'progress';
      case 'end':
        this.#ending = 'committing';
        return this.#end();
      default:
        return 'progress';
    }
  }

  #stage(epoch: number): readonly StagedEpoch[] {
    const { subtask, writer } = this.parts;
    this.#epochs.stage({ subtask, epoch, staged: writer.stage(epoch) });
    return this.#epochs.all();
  }

  #drain(event: FrameEvent): StepResult {
    const { metrics, traces: followed } = this.parts;
    const { records, traces } = event.frame;
    const position =
      traces === undefined || followed === undefined
        ? this.#write(records)
        : this.#writeFollowed(records, traces, followed);
    if (position < records.length) return this.#whileFull(event, position);
    metrics.recordsIn.value += records.length;
    return 'progress';
  }

  /** @returns where it had to stop */
  #write(records: readonly Payload[]): number {
    const { operator } = this.parts;
    for (let position = 0; position < records.length; position++) {
      if (!operator.ready()) return position;
      operator.process(records[position]!);
    }
    return records.length;
  }

  #writeFollowed(records: readonly Payload[], traces: readonly FrameTrace[], followed: RecordTraces): number {
    const { operator } = this.parts;
    let next = 0;
    for (const [position, record] of records.entries()) {
      if (!operator.ready()) return position;
      const trace = traces[next]?.index === position ? traces[next++] : undefined;
      if (trace === undefined) operator.process(record);
      else {
        const context = followed.begin(record, trace.context);
        operator.processFollowed(record, traceparentOf(context));
        followed.end();
      }
    }
    return records.length;
  }

  /** A barrier overtakes what waits for a slow sink: the gate must know all of it. */
  #whileFull(event: FrameEvent, position: number): StepResult {
    const { gate, metrics } = this.parts;
    gate.giveBack(event, position);
    metrics.recordsIn.value += position;
    const checkpoint = gate.pollCheckpoint();
    if (checkpoint === undefined) return position > 0 ? 'progress' : 'waiting';
    this.#onCheckpoint(checkpoint);
    return 'progress';
  }

  #onCheckpoint(event: CheckpointEvent): void {
    const checkpoint = event.kind === 'barrier' ? event.barrier.checkpoint : event.checkpoint;
    this.#checkpoints.follow(event, () => this.#stage(checkpoint));
  }

  /** First all that was staged is committed, then all that was written is flushed. */
  #end(): StepResult {
    if (this.#ending === 'flushed') return 'done';
    if (this.#ending === 'flushing' || !this.#epochs.isEmpty) return 'waiting';
    this.#ending = 'flushing';
    this.parts.host.flush();
    return 'waiting';
  }

  #act(mail: TaskMail): void {
    switch (mail.kind) {
      case 'trigger-checkpoint':
      case 'add-splits':
      case 'align-watermarks':
      case 'await-barrier':
      case 'ask-address':
        throw new Error(`${this.id} is fed by channels: ${mail.kind} is not for it`);
      case 'committed':
        this.#epochs.committed(mail.epoch);
        break;
      case 'flushed':
        this.#ending = 'flushed';
        break;
      default:
        if (mail.kind === 'checkpoint-aborted') this.parts.gate.abort(mail.checkpoint);
        this.#checkpoints.receive(mail);
        if (mail.kind === 'checkpoint-complete') this.#epochs.checkpointComplete(mail.checkpoint);
    }
  }

  async close(): Promise<void> {
    this.parts.metrics.close();
    await this.parts.writer.close();
    await this.parts.committer?.close();
  }
}
