/**
 * A task that ends in an egress.
 *
 * Invariants
 * - It is done only when the writer has flushed everything and is closed; a failed flush fails the job.
 * - While the writer is not ready it takes nothing from its channels: a slow sink slows its producers.
 * - A frame may be interrupted between two records when the writer's queue is full; it goes on there.
 */
import type { SinkWriter } from '@tidegate/connectors/api';
import type { Payload } from '../network/element.js';
import type { InputGate } from '../network/input-gate.js';
import type { SinkOperator } from '../operators/sink/sink-operator.js';
import type { StepResult, Task } from './task.js';

export class SinkTask implements Task {
  #frame: readonly Payload[] = [];
  #position = 0;
  #ending: 'no' | 'flushing' | 'flushed' = 'no';
  #closed = false;

  /**
   * @param wake called when a step may get further
   * @param fail called when the last flush failed
   */
  constructor(
    readonly id: string,
    private readonly gate: InputGate,
    private readonly operator: SinkOperator,
    private readonly writer: SinkWriter,
    private readonly wake: () => void,
    private readonly fail: (error: Error) => void,
  ) {
    writer.onReady(wake);
  }

  step(): StepResult {
    if (this.#ending !== 'no') return this.#ending === 'flushed' ? 'done' : 'waiting';
    if (this.#position < this.#frame.length) return this.#drain();
    const event = this.gate.poll();
    switch (event?.kind) {
      case undefined:
        return 'waiting';
      case 'frame':
        this.#frame = event.frame.records;
        this.#position = 0;
        return this.#drain();
      case 'end':
        this.#end();
        return 'progress';
      default:
        return 'progress';
    }
  }

  #drain(): StepResult {
    const start = this.#position;
    while (this.#position < this.#frame.length) {
      if (!this.operator.ready()) return this.#position > start ? 'progress' : 'waiting';
      this.operator.process(this.#frame[this.#position++]!);
    }
    return 'progress';
  }

  #end(): void {
    this.#ending = 'flushing';
    this.writer
      .flush()
      .then(() => this.close())
      .then(
        () => {
          this.#ending = 'flushed';
          this.wake();
        },
        (error: unknown) => this.fail(error instanceof Error ? error : new Error(String(error))),
      );
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.writer.close();
  }
}
