/**
 * Traces of a job, made of what its JobMaster tells: one of each checkpoint, and one of each recovery.
 *
 *     checkpoint > task (alignment, snapshot, upload), ..., complete        (and the sinks' commits, which they tell)
 *     recovery > detect, cancel, wait, deploy, restore
 *
 * Invariants
 * - The parts of a task follow each other up to its acknowledgement, on the coordinator's clock: clocks of other machines
 *   are not compared.
 */
import type { CheckpointStatistics, SubtaskStatistics } from '../checkpoint/checkpoint-statistics.js';
import type { Failure } from '../rpc/task-execution.js';
import { checkpointTrace } from '../tracing/checkpoint-trace.js';
import type { Span, SpanAttributes } from '../tracing/span.js';
import type { TraceContext, TraceIds } from '../tracing/trace-context.js';
import type { JobNotice } from './job-events.js';

export interface JobTracesHost {
  /** Epoch milliseconds. */
  now(): number;
  export(spans: readonly Span[]): void;
  /** What is said of the job as others may see it. */
  shown(text: string): string;
}

/** When a recovery came to which point; absent: not yet. */
interface Recovery {
  readonly cause: Failure;
  /** The last that was heard of who was lost; absent: nobody was. */
  readonly heardAt?: number;
  readonly failedAt: number;
  /** The last of the old attempts has ended. */
  endedAt: number;
  /** The new attempt is begun: its number, from which checkpoint, and when. */
  begun?: { readonly attempt: number; readonly checkpoint: number | undefined; readonly at: number };
  deployedAt?: number;
}

export class JobTraces {
  #recovery: Recovery | undefined;
  /** Of the attempt that begins, by the execution's name. */
  readonly #states = new Map<string, string>();

  constructor(
    private readonly job: string,
    private readonly ids: TraceIds,
    private readonly host: JobTracesHost,
  ) {}

  hear(notice: JobNotice): void {
    switch (notice.kind) {
      case 'checkpoint-ended':
        return this.host.export(this.#checkpoint(notice.statistics));
      case 'restart':
        return this.#restart(notice);
      case 'attempt':
        this.#states.clear();
        if (this.#recovery === undefined) return;
        this.#recovery.begun = { attempt: notice.attempt, checkpoint: notice.checkpoint, at: this.host.now() };
        return;
      case 'execution-state':
        return this.#execution(notice.attempt, notice.state);
      default:
    }
  }

  /** One that comes while another is recovered from begins it anew. */
  #restart({ cause, silentMs }: Extract<JobNotice, { kind: 'restart' }>): void {
    const now = this.host.now();
    const { failedAt = now, heardAt = now - (silentMs ?? 0) } = this.#recovery ?? {};
    // Who was heard of since is lost as well, and not what it began with.
    this.#recovery = { cause, failedAt, endedAt: now, ...(heardAt < failedAt ? { heardAt } : {}) };
  }

  #execution(attempt: string, state: string): void {
    const recovery = this.#recovery;
    if (recovery === undefined) return;
    const now = this.host.now();
    if (recovery.begun === undefined) {
      recovery.endedAt = now;
      return;
    }
    this.#states.set(attempt, state);
    if (state === 'deploying') recovery.deployedAt = now;
    const areUp = [...this.#states.values()].every((each) => each === 'running' || each === 'finished');
    if (!areUp || recovery.deployedAt === undefined) return;
    this.#recovery = undefined;
    this.host.export(this.#recovered(recovery, recovery.begun, recovery.deployedAt, now));
  }

  #recovered(
    { cause, heardAt, failedAt, endedAt }: Recovery,
    { attempt, checkpoint, at }: NonNullable<Recovery['begun']>,
    deployedAt: number,
    now: number,
  ): readonly Span[] {
    const root = this.ids.newTrace();
    const attributes = {
      'tidegate.attempt': attempt,
      'tidegate.failure.code': cause.code,
      'tidegate.failure.message': this.host.shown(cause.message),
      ...(checkpoint === undefined ? {} : { 'tidegate.checkpoint': checkpoint }),
    };
    return [
      this.#span(root, undefined, 'recovery', heardAt ?? failedAt, now, attributes),
      ...(heardAt === undefined ? [] : [this.#part(root, 'detect', heardAt, failedAt)]),
      this.#part(root, 'cancel', failedAt, endedAt),
      this.#part(root, 'wait', endedAt, at),
      this.#part(root, 'deploy', at, deployedAt),
      this.#part(root, 'restore', deployedAt, now),
    ];
  }

  #checkpoint(statistics: CheckpointStatistics): readonly Span[] {
    const { checkpoint, type, outcome, triggeredAt, durationMs, reason, subtasks } = statistics;
    const root = checkpointTrace(this.job, { checkpoint, timestamp: triggeredAt });
    const endedAt = triggeredAt + durationMs;
    const attributes = { 'tidegate.checkpoint': checkpoint, 'tidegate.checkpoint.type': type };
    const whole = this.#span(root, undefined, 'checkpoint', triggeredAt, endedAt, attributes);
    const spans: Span[] = [reason === undefined ? whole : { ...whole, failure: this.host.shown(reason) }];
    let acknowledgedAt = triggeredAt;
    for (const [attempt, report] of subtasks) {
      if ('declined' in report) continue;
      acknowledgedAt = Math.max(acknowledgedAt, report.acknowledgedAt);
      spans.push(...this.#task(root, attempt, report));
    }
    if (outcome === 'completed') spans.push(this.#part(root, 'complete', acknowledgedAt, endedAt));
    return spans;
  }

  #task(root: TraceContext, attempt: string, report: SubtaskStatistics): readonly Span[] {
    const { acknowledgedAt, alignmentMs, syncMs, asyncMs, bytes, inFlightBytes } = report;
    const uploadAt = acknowledgedAt - asyncMs;
    const snapshotAt = uploadAt - syncMs;
    const alignmentAt = snapshotAt - alignmentMs;
    const task = this.#part(root, 'task', alignmentAt, acknowledgedAt, {
      ...{ 'tidegate.task': attempt, 'tidegate.bytes': bytes, 'tidegate.bytes.in_flight': inFlightBytes },
    });
    return [
      task,
      this.#part(task.context, 'alignment', alignmentAt, snapshotAt),
      this.#part(task.context, 'snapshot', snapshotAt, uploadAt),
      this.#part(task.context, 'upload', uploadAt, acknowledgedAt),
    ];
  }

  #part(of: TraceContext, name: string, startMs: number, endMs: number, attributes: SpanAttributes = {}): Span {
    return this.#span(this.ids.within(of), of, name, startMs, endMs, attributes);
  }

  #span(
    context: TraceContext,
    parent: TraceContext | undefined,
    name: string,
    startMs: number,
    endMs: number,
    attributes: SpanAttributes,
  ): Span {
    return {
      ...{ context, name, startMs, endMs: Math.max(startMs, endMs) },
      ...(parent === undefined ? {} : { parent: parent.spanId }),
      attributes: { 'tidegate.job': this.job, ...attributes },
    };
  }
}
