/** A task that is fed by channels: takes a frame, a watermark, a barrier or the end from its gate at each step. */
import type { Clock } from '../common/clock.js';
import type { FrameElement } from '../network/element.js';
import type { InputGate } from '../network/input-gate.js';
import type { Operator } from '../operators/operator.js';
import type { StreamRecord } from '../record/stream-record.js';
import { MAX_WATERMARK } from '../time/watermark.js';
import { Mailbox } from './mailbox.js';
import type { OperatorChain } from './operator-chain.js';
import type { RecordTraces } from './record-traces.js';
import { SubtaskCheckpoints, type TaskState } from './subtask-checkpoints.js';
import type { StepResult, Task, TaskMail } from './task.js';
import type { TaskHost } from './task-host.js';
import type { TaskMetrics } from './task-metrics.js';

export interface OperatorTaskParts {
  readonly gate: InputGate;
  readonly head: Operator;
  readonly chain: OperatorChain;
  readonly state: TaskState;
  readonly host: TaskHost;
  readonly clock: Clock;
  readonly metrics: TaskMetrics;
  readonly traces: RecordTraces | undefined;
}

export class OperatorTask implements Task {
  readonly #gate: InputGate;
  readonly #head: Operator;
  readonly #chain: OperatorChain;
  readonly #state: TaskState;
  readonly #metrics: TaskMetrics;
  readonly #traces: RecordTraces | undefined;
  readonly #checkpoints: SubtaskCheckpoints;
  readonly #mailbox: Mailbox;
  /** Everything is processed; what was made of it is perhaps not all on its way. */
  #hasEnded = false;

  constructor(
    readonly id: string,
    { gate, head, chain, state, host, clock, metrics, traces }: OperatorTaskParts,
  ) {
    this.#gate = gate;
    this.#head = head;
    this.#chain = chain;
    this.#state = state;
    this.#metrics = metrics;
    this.#traces = traces;
    this.#checkpoints = new SubtaskCheckpoints(host, clock, state);
    this.#mailbox = new Mailbox(host);
  }

  receive(mail: TaskMail): void {
    this.#mailbox.put(mail);
  }

  step(): StepResult {
    const mail = this.#mailbox.take();
    for (const each of mail) this.#act(each);
    if (this.#hasEnded) return this.#chain.flush() ? 'done' : 'waiting';
    // Barriers overtake what waits for credit.
    const event = this.#chain.hasCredit() ? this.#gate.poll() : this.#gate.pollCheckpoint();
    switch (event?.kind) {
      case undefined:
        return mail.length > 0 ? 'progress' : 'waiting';
      case 'frame':
        this.#process(event.input, event.frame);
        this.#state.keyed?.drain();
        this.#chain.endStep();
        return 'progress';
      case 'watermark':
        this.#metrics.advance(event.watermark);
        this.#chain.watermark(event.watermark);
        this.#state.keyed?.drain();
        return 'progress';
      case 'barrier':
      case 'captured':
      case 'barrier-aborted':
        if (event.kind === 'barrier' && event.endsTime) this.#chain.watermark(MAX_WATERMARK);
        if (event.kind === 'barrier') this.#chain.barrier(event.barrier);
        this.#checkpoints.follow(event, () => {
          this.#chain.prepareSnapshot();
          return [];
        });
        return 'progress';
      case 'idle':
        this.#chain.idle();
        return 'progress';
      case 'active':
        this.#chain.active();
        return 'progress';
      case 'end':
        this.#chain.end();
        this.#hasEnded = true;
        return 'progress';
    }
  }

  #process(input: number, { records, keys, traces }: FrameElement): void {
    this.#metrics.recordsIn.value += records.length;
    if (traces !== undefined && this.#traces !== undefined)
      return this.#traces.each({ records, keys }, traces, (record, key) => this.#head.process(input, record, key));
    for (let i = 0; i < records.length; i++) this.#head.process(input, records[i] as StreamRecord, keys?.[i]);
  }

  flush(): void {
    this.#chain.flush();
  }

  isBackPressured(): boolean {
    return !this.#chain.hasCredit();
  }

  #act(mail: TaskMail): void {
    switch (mail.kind) {
      case 'trigger-checkpoint':
      case 'add-splits':
      case 'align-watermarks':
      case 'await-barrier':
      case 'ask-address':
      case 'committed':
      case 'flushed':
        throw new Error(`${this.id} is fed by channels and writes nowhere: ${mail.kind} is not for it`);
      default:
        if (mail.kind === 'checkpoint-aborted') this.#gate.abort(mail.checkpoint);
        this.#checkpoints.receive(mail);
    }
  }

  async close(): Promise<void> {
    this.#metrics.close();
    await this.#state.keyed?.close();
  }
}
