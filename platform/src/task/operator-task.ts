/** A task that is fed by channels: takes a frame, a watermark, a barrier or the end from its gate at each step. */
import type { Clock } from '../common/clock.js';
import type { InputGate } from '../network/input-gate.js';
import type { Operator } from '../operators/operator.js';
import type { StreamRecord } from '../record/stream-record.js';
import type { KeyedStore } from '../state/keyed-store.js';
import type { OperatorChain } from './operator-chain.js';
import { SubtaskCheckpoints } from './subtask-checkpoints.js';
import type { StepResult, Task, TaskMail } from './task.js';
import type { TaskHost } from './task-host.js';

export class OperatorTask implements Task {
  readonly #checkpoints: SubtaskCheckpoints;
  #mailbox: TaskMail[] = [];
  /** Everything is processed; what was made of it is perhaps not all on its way. */
  #hasEnded = false;

  constructor(
    readonly id: string,
    private readonly gate: InputGate,
    private readonly head: Operator,
    private readonly chain: OperatorChain,
    private readonly store: KeyedStore | undefined,
    private readonly host: TaskHost,
    clock: Clock,
  ) {
    this.#checkpoints = new SubtaskCheckpoints(host, clock);
  }

  receive(mail: TaskMail): void {
    this.#mailbox.push(mail);
    this.host.wake();
  }

  step(): StepResult {
    const hadMail = this.#mailbox.length > 0;
    if (hadMail) this.#readMail();
    if (this.#hasEnded) return this.chain.flush() ? 'done' : 'waiting';
    // Barriers overtake what waits for credit.
    const event = this.chain.hasCredit() ? this.gate.poll() : this.gate.pollCheckpoint();
    switch (event?.kind) {
      case undefined:
        return hadMail ? 'progress' : 'waiting';
      case 'frame': {
        const { records, keys } = event.frame;
        for (let i = 0; i < records.length; i++) this.head.process(event.input, records[i] as StreamRecord, keys?.[i]);
        this.store?.drain();
        this.chain.flush();
        return 'progress';
      }
      case 'watermark':
        this.chain.watermark(event.watermark);
        this.store?.drain();
        return 'progress';
      case 'barrier':
        this.chain.barrier(event.barrier);
        this.#checkpoints.begin(event.barrier, event.alignmentMs, event.overtakes, () => ({
          operators: this.chain.snapshot(),
          keyed: this.store?.snapshot(event.barrier),
          staged: [],
        }));
        return 'progress';
      case 'captured':
        this.#checkpoints.captured(event.checkpoint, event.inFlight);
        return 'progress';
      case 'barrier-aborted':
        this.host.decline(event.checkpoint, event.reason);
        return 'progress';
      case 'idle':
        this.chain.idle();
        return 'progress';
      case 'active':
        this.chain.active();
        return 'progress';
      case 'end':
        this.chain.end();
        this.#hasEnded = true;
        return 'progress';
    }
  }

  isBackPressured(): boolean {
    return !this.chain.hasCredit();
  }

  #readMail(): void {
    const mailbox = this.#mailbox;
    this.#mailbox = [];
    for (const mail of mailbox) this.#act(mail);
  }

  #act(mail: TaskMail): void {
    switch (mail.kind) {
      case 'checkpoint-complete':
        this.#checkpoints.dropUpTo(mail.checkpoint);
        this.store?.checkpointComplete(mail.checkpoint);
        break;
      case 'checkpoint-aborted':
        this.gate.abort(mail.checkpoint);
        this.#checkpoints.drop(mail.checkpoint);
        this.store?.checkpointAborted(mail.checkpoint);
        break;
      case 'persisted':
        this.#checkpoints.persisted(mail.checkpoint, mail.part);
        break;
      case 'in-flight-persisted':
        this.#checkpoints.inFlightPersisted(mail.checkpoint, mail.channels);
        break;
      case 'persist-failed':
        this.#checkpoints.persistFailed(mail.checkpoint, mail.reason);
        break;
      case 'trigger-checkpoint':
      case 'committed':
      case 'flushed':
        throw new Error(`${this.id} is fed by channels and writes nowhere: ${mail.kind} is not for it`);
    }
  }

  async close(): Promise<void> {
    await this.store?.close();
  }
}
