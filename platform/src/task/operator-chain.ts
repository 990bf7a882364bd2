/**
 * The operators of one task, in an order in which every one comes after its producer, with the task's outgoing edges.
 *
 * Invariants
 * - A watermark reaches an operator after everything that its producers made of that watermark.
 */
import type { CheckpointBarrier } from '../job/checkpoint-barrier.js';
import type { RecordWriter } from '../network/record-writer.js';
import type { Operator } from '../operators/operator.js';
import type { RecordTraces } from './record-traces.js';

export class OperatorChain {
  constructor(
    private readonly operators: readonly Operator[],
    private readonly writers: readonly RecordWriter[],
    private readonly traces?: RecordTraces,
  ) {}

  hasCredit(): boolean {
    let hasCredit = true;
    for (const writer of this.writers) if (!writer.hasCredit()) hasCredit = false;
    return hasCredit;
  }

  watermark(watermark: number): void {
    this.traces?.step();
    for (const operator of this.operators) operator.watermark(watermark);
    for (const writer of this.writers) writer.control({ kind: 'watermark', watermark });
  }

  /** A barrier has come: what the operators hold goes into their operator state. */
  prepareSnapshot(): void {
    for (const operator of this.operators) operator.prepareSnapshot?.();
  }

  barrier(barrier: CheckpointBarrier): void {
    for (const writer of this.writers) writer.barrier(barrier);
  }

  idle(): void {
    for (const writer of this.writers) writer.control({ kind: 'idle' });
  }

  active(): void {
    for (const writer of this.writers) writer.control({ kind: 'active' });
  }

  /** What was made in this step may go. */
  endStep(): void {
    for (const writer of this.writers) writer.endStep();
  }

  /** @returns whether everything is on its way; a task that goes on to nothing else asks until it is */
  flush(): boolean {
    let isAll = true;
    for (const writer of this.writers) if (!writer.flush()) isAll = false;
    return isAll;
  }

  end(): void {
    for (const writer of this.writers) writer.control({ kind: 'end' });
  }
}
