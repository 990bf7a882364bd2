/**
 * A task that begins at an ingress: polls its reader, and sends watermarks behind the records that they cover, and barriers
 * when it is told to.
 *
 * Its life: `reading` → (`sorting out` for an input that is sorted) → `exhausted` → `ended` → `flushing`; `held` between a
 * barrier behind which the stream ends and the news of its checkpoint.
 *
 * Invariants
 * - A bounded source that has been read to its end sends the last watermark, which makes everything downstream due. One
 *   that was stopped does not: what is open stays open.
 * - Where checkpoints are taken the stream ends only behind a complete one: what was read last is committed with it.
 * - Nothing is sent between a barrier behind which the stream ends and the news of its checkpoint.
 * - An input that is to be sorted gives nothing before its end; then its records come in the order of event time.
 */
import type { SourceBatch, SourceReader } from '@tidegate/connectors/api';
import type { Clock } from '../common/clock.js';
import type { CheckpointBarrier } from '../job/checkpoint-barrier.js';
import type { FoundSplits } from '../job/found-splits.js';
import type { SourceOperator } from '../operators/source/source-operator.js';
import type { StreamRecord } from '../record/stream-record.js';
import { MAX_WATERMARK } from '../time/watermark.js';
import { Mailbox } from './mailbox.js';
import type { OperatorChain } from './operator-chain.js';
import type { SourceProgress } from './source-progress.js';
import type { SplitAlignment } from './split-alignment.js';
import { SubtaskCheckpoints, type TaskState } from './subtask-checkpoints.js';
import type { StepResult, Task, TaskMail } from './task.js';
import type { TaskHost } from './task-host.js';
import type { TaskMetrics } from './task-metrics.js';

const POLL_BYTES_MAX = 128 * 1024;
const SORTED_RECORDS_PER_STEP = 1024;

/** The sorter of an unordered input and where its records go when they are sorted. */
export interface SortedInput {
  /** Told of every batch before its records are added. */
  measure(batch: SourceBatch): void;
  /** All records in the order of event time; asked for once, when the input has ended. */
  drain(): Iterator<StreamRecord>;
  emit(record: StreamRecord): void;
  close(): void;
}

export interface SourceTaskParts {
  readonly reader: SourceReader;
  readonly operator: SourceOperator;
  readonly chain: OperatorChain;
  /** Also of the operators that are chained to the source. */
  readonly state: TaskState;
  readonly progress: SourceProgress;
  readonly sortedInput: SortedInput | undefined;
  /** Undefined: no split waits for another. */
  readonly alignment: SplitAlignment | undefined;
  /** Whether the end of the input is the end of the stream, or a last checkpoint comes between. */
  readonly takesCheckpoints: boolean;
  /** Nothing is to be read: it has only to end. */
  readonly ends: boolean;
  readonly host: TaskHost;
  readonly clock: Clock;
  readonly metrics: TaskMetrics;
}

type Phase =
  | { readonly kind: 'reading' }
  | { readonly kind: 'sorting-out'; readonly records: Iterator<StreamRecord> }
  /** Everything is sent, the last watermark too. */
  | { readonly kind: 'exhausted' }
  | { readonly kind: 'held'; readonly barrier: CheckpointBarrier; readonly before: Phase }
  | { readonly kind: 'ended' }
  /** The end is sent, and not all that comes before it is on its way. */
  | { readonly kind: 'flushing' };

export class SourceTask implements Task {
  readonly #checkpoints: SubtaskCheckpoints;
  #idle = false;
  /** The youngest checkpoint that it was told to take. */
  #triggered = 0;
  #phase: Phase;
  readonly #mailbox: Mailbox;

  constructor(
    readonly id: string,
    private readonly parts: SourceTaskParts,
  ) {
    this.#checkpoints = new SubtaskCheckpoints(parts.host, parts.clock, parts.state);
    this.#phase = parts.ends ? { kind: 'ended' } : { kind: 'reading' };
    this.#mailbox = new Mailbox(parts.host);
    parts.reader.onAvailable(() => parts.host.wake());
  }

  /** Ends the stream where it is, without a last watermark. */
  stop(): void {
    if (this.#phase.kind !== 'flushing') this.#phase = { kind: 'ended' };
  }

  /** Raises the source's watermark, as if the outer system had promised it. */
  raiseWatermark(watermark: number): void {
    // An input that is to be sorted has no time before its end.
    if (this.parts.sortedInput !== undefined) return;
    this.parts.operator.raiseWatermark(watermark);
    this.#progressTime();
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

  flush(): void {
    this.parts.chain.flush();
  }

  isBackPressured(): boolean {
    return !this.parts.chain.hasCredit();
  }

  #work(): StepResult {
    const { chain, operator } = this.parts;
    switch (this.#phase.kind) {
      case 'ended':
        chain.end();
        this.#phase = { kind: 'flushing' };
        return 'progress';
      case 'flushing':
        return chain.flush() ? 'done' : 'waiting';
      case 'exhausted':
      case 'held':
        chain.flush();
        return 'waiting';
      case 'reading':
      case 'sorting-out':
        if (chain.hasCredit())
          return this.#phase.kind === 'reading' ? this.#read() : this.#sortOut(this.#phase.records);
        // Nobody can say that a split is silent while nobody listens to it.
        operator.restartIdleTimers();
        return 'waiting';
    }
  }

  #read(): StepResult {
    const { reader, operator, chain, progress, state } = this.parts;
    const result = reader.poll(POLL_BYTES_MAX);
    switch (result.kind) {
      case 'batch':
        this.#accept(result.batch);
        // Beside a busy split another may have fallen silent.
        operator.checkIdle();
        this.#progressTime();
        this.parts.alignment?.gave(result.batch.split);
        state.keyed?.drain();
        chain.endStep();
        return 'progress';
      case 'split-end':
        progress.endSplit(result.split, result.at);
        operator.endSplit(result.split);
        this.#progressTime();
        this.parts.alignment?.tell();
        return 'progress';
      case 'empty':
        return this.#checkIdle();
      case 'end':
        return this.#finish();
    }
  }

  #accept(batch: SourceBatch): void {
    if (this.#idle) this.parts.chain.active();
    this.#idle = false;
    this.parts.sortedInput?.measure(batch);
    this.parts.metrics.recordsIn.value += batch.payloads.length;
    this.parts.operator.accept(batch);
  }

  /** Sends the watermark that the source has reached, if it rose. */
  #progressTime(): void {
    const watermark = this.parts.operator.nextWatermark();
    if (watermark === undefined) return;
    this.parts.metrics.advance(watermark);
    this.parts.chain.watermark(watermark);
  }

  #checkIdle(): StepResult {
    const idle = this.parts.operator.checkIdle();
    this.#progressTime();
    if (idle && !this.#idle) {
      this.#idle = true;
      this.parts.chain.idle();
      return 'progress';
    }
    return 'waiting';
  }

  #finish(): StepResult {
    const { sortedInput, chain, takesCheckpoints, host } = this.parts;
    if (sortedInput !== undefined && this.#phase.kind === 'reading') {
      this.#phase = { kind: 'sorting-out', records: sortedInput.drain() };
      return 'progress';
    }
    chain.watermark(MAX_WATERMARK);
    this.#phase = { kind: takesCheckpoints ? 'exhausted' : 'ended' };
    if (takesCheckpoints) host.exhausted();
    return 'progress';
  }

  #sortOut(records: Iterator<StreamRecord>): StepResult {
    const { sortedInput, chain, progress, metrics } = this.parts;
    let last: StreamRecord | undefined;
    for (let i = 0; i < SORTED_RECORDS_PER_STEP; i++) {
      const next = records.next();
      if (next.done === true) return this.#finish();
      last = next.value;
      // A restored input is sorted again, and what was given before the checkpoint is passed over.
      if (progress.isGiven(last)) continue;
      progress.given(last);
      sortedInput!.emit(last);
    }
    if (last !== undefined) {
      metrics.advance(last.timestamp - 1);
      chain.watermark(last.timestamp - 1);
    }
    return 'progress';
  }

  #act(mail: TaskMail): void {
    switch (mail.kind) {
      case 'trigger-checkpoint':
        this.#trigger(mail.barrier);
        break;
      case 'add-splits':
        this.#addSplits(mail.found);
        break;
      case 'align-watermarks':
        this.parts.alignment?.align(mail.limit);
        break;
      case 'in-flight-persisted':
      case 'await-barrier':
      case 'ask-address':
      case 'committed':
      case 'flushed':
        throw new Error(`${this.id} has no channels and writes nowhere: ${mail.kind} is not for it`);
      default:
        this.#checkpoints.receive(mail);
        if (mail.kind === 'checkpoint-complete') this.#completed(mail.checkpoint, mail.goesOn === true);
        if (mail.kind === 'checkpoint-aborted') this.#release(mail.checkpoint);
    }
  }

  /**
   * A split that came while it waits for what becomes of its last barrier is read if the stream goes on; if it ends, the
   * split is found again by who resumes the job.
   */
  #addSplits({ splits, more }: FoundSplits): void {
    const { progress, operator, reader, chain } = this.parts;
    for (const split of progress.add(splits)) {
      operator.addSplit(split.id);
      reader.addSplits([split]);
      // It holds back the watermark, as a split does from the beginning.
      if (this.#idle && this.#phase.kind === 'reading') chain.active();
      this.#idle &&= this.#phase.kind !== 'reading';
    }
    if (!more) reader.noMoreSplits();
  }

  #completed(checkpoint: number, goesOn: boolean): void {
    this.parts.reader.notifyComplete(checkpoint);
    if (goesOn) this.#release(checkpoint);
    else if (this.#isHeldBy(checkpoint)) this.#phase = { kind: 'ended' };
  }

  /** The stream does not end behind this checkpoint. */
  #release(checkpoint: number): void {
    if (this.#phase.kind === 'held' && this.#isHeldBy(checkpoint)) this.#phase = this.#phase.before;
  }

  #isHeldBy(checkpoint: number): boolean {
    return this.#phase.kind === 'held' && this.#phase.barrier.checkpoint === checkpoint;
  }

  #trigger(barrier: CheckpointBarrier): void {
    const { chain, progress, reader, operator, host } = this.parts;
    // The network may bring a trigger twice, or late: a checkpoint has one barrier, and barriers rise.
    if (barrier.checkpoint <= this.#triggered) return;
    this.#triggered = barrier.checkpoint;
    // That the one before did not end the stream was said, and not heard: otherwise there would be no other.
    if (this.#phase.kind === 'held') this.#phase = this.#phase.before;
    if (this.#phase.kind === 'ended' || this.#phase.kind === 'flushing') {
      host.decline(barrier.checkpoint, `${this.id} has sent the last barrier of its stream`);
      return;
    }
    if (barrier.then === 'drain' && this.#phase.kind !== 'exhausted') chain.watermark(MAX_WATERMARK);
    if (barrier.then !== 'continue') this.#phase = { kind: 'held', barrier, before: this.#phase };
    chain.barrier(barrier);
    this.#checkpoints.begin(barrier, 0, false, () => {
      progress.prepareSnapshot(reader.snapshot(barrier.checkpoint), operator);
      chain.prepareSnapshot();
      return [];
    });
  }

  async close(): Promise<void> {
    this.parts.metrics.close();
    this.parts.sortedInput?.close();
    await this.parts.reader.close();
    await this.parts.state.keyed?.close();
  }
}
