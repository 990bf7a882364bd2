/**
 * The task of stateful functions: takes answers and what is due, then a frame, then has functions called.
 *
 * Invariants
 * - Answers are applied while outputs have credit, and never behind a barrier with which the stream ends here: what would
 *   come of them is in no checkpoint.
 * - Nobody is called before what was in flight has come in: of two addresses that a rescaling has brought together, one may
 *   send to the other at once what must come behind a message that was on its way between them.
 * - When what waits for functions has spent its budget, only the loop and checkpoints go on. Before a barrier that overtakes
 *   nothing that is all that stands before it: it is what channels hold, and it is taken in beyond the budget.
 * - A checkpoint with anything under way says so: the job does not end before it is done.
 */
import type { Clock } from '../common/clock.js';
import type { FunctionCaller } from '../functions/function-caller.js';
import type { FunctionGroup } from '../functions/function-group.js';
import type { RequestServer } from '../functions/requests/request-server.js';
import type { CheckpointBarrier } from '../job/checkpoint-barrier.js';
import type { GateEvent, InputGate } from '../network/input-gate.js';
import type { Operator } from '../operators/operator.js';
import type { Key } from '../record/key.js';
import type { StreamRecord } from '../record/stream-record.js';
import { MAX_WATERMARK } from '../time/watermark.js';
import { Mailbox } from './mailbox.js';
import type { OperatorChain } from './operator-chain.js';
import { SubtaskCheckpoints, type TaskState } from './subtask-checkpoints.js';
import type { StepResult, Task, TaskMail } from './task.js';
import type { RecordTraces } from './record-traces.js';
import type { TaskHost } from './task-host.js';
import type { TaskMetrics } from './task-metrics.js';

export interface FunctionTaskParts {
  readonly gate: InputGate;
  readonly operator: Operator;
  readonly group: FunctionGroup;
  readonly caller: FunctionCaller;
  readonly chain: OperatorChain;
  readonly state: TaskState;
  readonly host: TaskHost;
  readonly clock: Clock;
  /** The group's. */
  readonly time: { now(): number };
  readonly metrics: TaskMetrics;
  /** Absent where nobody follows records. */
  readonly traces: RecordTraces | undefined;
  /** The checkpoint that it is restored from, where that was promised to be the last. */
  readonly endsBehind: number | undefined;
  /** Where requests come from outside. */
  readonly server: RequestServer | undefined;
}

export class FunctionTask implements Task {
  readonly #parts: FunctionTaskParts;
  readonly #checkpoints: SubtaskCheckpoints;
  readonly #mailbox: Mailbox;
  #isStarted = false;
  #hasEnded = false;
  /** Of the barrier behind which nothing goes on, unless it is taken back. */
  #last: number | undefined;
  /** Of the youngest barrier that has come. */
  #reached = 0;
  /** Of one that is on its way, behind what is not taken in. */
  #awaited: number | undefined;
  #alarm: { readonly atMs: number; readonly cancel: () => void } | undefined;

  constructor(
    readonly id: string,
    parts: FunctionTaskParts,
  ) {
    this.#parts = parts;
    const { host, clock, state, group } = parts;
    this.#last = parts.endsBehind;
    this.#checkpoints = new SubtaskCheckpoints(host, clock, state, () => group.isBusy);
    this.#mailbox = new Mailbox(host);
  }

  receive(mail: TaskMail): void {
    this.#mailbox.put(mail);
  }

  step(): StepResult {
    const mail = this.#mailbox.take();
    for (const each of mail) this.#act(each);
    const { gate, chain } = this.#parts;
    if (this.#hasEnded) return chain.flush() ? 'done' : 'waiting';
    if (!this.#isStarted) this.#start();
    if (!chain.hasCredit()) {
      const event = gate.pollCheckpoint();
      if (event !== undefined) this.#take(event);
      return event === undefined && mail.length === 0 ? 'waiting' : 'progress';
    }
    const isTold = this.#goOn();
    const event = this.#wantsInput() ? gate.poll() : gate.pollFeedback();
    if (event !== undefined) this.#take(event);
    this.#endStep();
    return isTold || event !== undefined || mail.length > 0 ? 'progress' : 'waiting';
  }

  flush(): void {
    this.#parts.chain.flush();
  }

  isBackPressured(): boolean {
    return !this.#parts.chain.hasCredit();
  }

  async close(): Promise<void> {
    this.#alarm?.cancel();
    this.#parts.metrics.close();
    await this.#parts.server?.close();
    await this.#parts.caller.close();
    await this.#parts.group.requests?.close();
    await this.#parts.state.keyed?.close();
  }

  /** Behind the last barrier there is nothing but the end. */
  #wantsInput(): boolean {
    const { gate, group } = this.#parts;
    return group.wantsInput || gate.isHolding || this.#last !== undefined || this.#awaited !== undefined;
  }

  /** What has come of calls, and what time has brought. */
  #goOn(): boolean {
    const { gate, caller, group, time } = this.#parts;
    if (this.#last !== undefined || gate.isHolding) return false;
    let hasGoneOn = group.requests?.settle() === true;
    caller.tell(group, () => {
      // Behind an answer: an address that was called may be edited before it is called again.
      group.addressDesk.settle();
      // And before the next one: who serves the functions has work again while that is applied.
      group.dispatch();
      hasGoneOn = true;
    });
    if (group.addressDesk.settle()) hasGoneOn = true;
    const nowMs = time.now();
    if (group.nextWakeUp > nowMs) return hasGoneOn;
    group.advance(nowMs);
    return true;
  }

  #endStep(): void {
    const { gate, group, state, chain } = this.#parts;
    if (this.#last === undefined && !this.#hasEnded && !gate.isHolding) {
      group.dispatch();
      this.#setAlarm(group.nextWakeUp);
    }
    state.keyed?.drain();
    chain.endStep();
  }

  #setAlarm(atMs: number): void {
    if (this.#alarm?.atMs === atMs) return;
    this.#alarm?.cancel();
    this.#alarm = undefined;
    if (atMs === Infinity) return;
    const { clock, time, host } = this.#parts;
    const cancel = clock.schedule(Math.min(Math.max(0, atMs - time.now()), ALARM_MS_MAX), () => {
      this.#alarm = undefined;
      host.wake();
    });
    this.#alarm = { atMs, cancel };
  }

  #take(event: GateEvent): void {
    const { operator, chain, metrics } = this.#parts;
    switch (event.kind) {
      case 'frame': {
        const { records, keys, traces } = event.frame;
        metrics.recordsIn.value += records.length;
        if (traces !== undefined && this.#parts.traces !== undefined) {
          const process = (record: StreamRecord, key: Key | undefined): void =>
            operator.process(event.input, record, key);
          this.#parts.traces.each({ records, keys }, traces, process);
          break;
        }
        for (let i = 0; i < records.length; i++) operator.process(event.input, records[i] as StreamRecord, keys?.[i]);
        break;
      }
      case 'watermark':
        metrics.advance(event.watermark);
        chain.watermark(event.watermark);
        break;
      case 'barrier':
        if (event.endsTime) chain.watermark(MAX_WATERMARK);
        this.#follow(event.barrier);
        this.#checkpoints.follow(event, () => this.#prepareSnapshot(event.barrier));
        break;
      case 'captured':
      case 'barrier-aborted':
        this.#checkpoints.follow(event, NOTHING_STAGED);
        break;
      case 'idle':
        chain.idle();
        break;
      case 'active':
        chain.active();
        break;
      case 'end':
        chain.end();
        this.#hasEnded = true;
    }
  }

  #start(): void {
    const { group, server } = this.#parts;
    group.start();
    if (group.requests !== undefined) server?.serve(group.requests);
    this.#isStarted = true;
  }

  #prepareSnapshot({ checkpoint }: CheckpointBarrier): readonly [] {
    const { group, clock } = this.#parts;
    group.prepareSnapshot(checkpoint, clock.now());
    return [];
  }

  #follow(barrier: CheckpointBarrier): void {
    this.#parts.chain.barrier(barrier);
    this.#reached = barrier.checkpoint;
    if ((this.#awaited ?? 0) <= this.#reached) this.#awaited = undefined;
    if (barrier.then !== 'continue') this.#last = barrier.checkpoint;
  }

  #act(mail: TaskMail): void {
    switch (mail.kind) {
      case 'trigger-checkpoint':
      case 'add-splits':
      case 'align-watermarks':
      case 'committed':
      case 'flushed':
        throw new Error(`${this.id} is fed by channels and writes nowhere: ${mail.kind} is not for it`);
      case 'await-barrier':
        if (mail.checkpoint > this.#reached) this.#awaited = mail.checkpoint;
        return;
      case 'ask-address': {
        const { group, host } = this.#parts;
        return group.addressDesk.ask(mail.question, (answer) => host.addressAnswered(mail.request, answer));
      }
      case 'checkpoint-aborted':
        this.#parts.gate.abort(mail.checkpoint);
        if (mail.checkpoint === this.#last) this.#last = undefined;
        if (mail.checkpoint === this.#awaited) this.#awaited = undefined;
        break;
      case 'checkpoint-complete':
        this.#parts.group.requests?.complete(mail.checkpoint);
        this.#parts.group.addressDesk.complete(mail.checkpoint);
        if (mail.goesOn === true && mail.checkpoint === this.#last) this.#last = undefined;
    }
    this.#checkpoints.receive(mail);
  }
}

/** Timers of the machine take no more. */
const ALARM_MS_MAX = 2 ** 31 - 1;
const NOTHING_STAGED = (): readonly [] => [];
