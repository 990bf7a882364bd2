/** A task that is fed by channels: takes a frame, a watermark or the end from its gate at each step. */
import type { InputGate } from '../network/input-gate.js';
import type { Operator } from '../operators/operator.js';
import type { StreamRecord } from '../record/stream-record.js';
import type { OperatorChain } from './operator-chain.js';
import type { StepResult, Task } from './task.js';

export class OperatorTask implements Task {
  constructor(
    readonly id: string,
    private readonly gate: InputGate,
    private readonly head: Operator,
    private readonly chain: OperatorChain,
  ) {}

  step(): StepResult {
    if (!this.chain.hasCredit()) return 'waiting';
    const event = this.gate.poll();
    switch (event?.kind) {
      case undefined:
        return 'waiting';
      case 'frame': {
        const { records, keys } = event.frame;
        for (let i = 0; i < records.length; i++) this.head.process(event.input, records[i] as StreamRecord, keys?.[i]);
        this.chain.flush();
        return 'progress';
      }
      case 'watermark':
        this.chain.watermark(event.watermark);
        return 'progress';
      case 'idle':
        this.chain.idle();
        return 'progress';
      case 'active':
        this.chain.active();
        return 'progress';
      case 'end':
        this.chain.end();
        return 'done';
      case 'barrier':
      case 'captured':
      case 'barrier-aborted':
        throw new Error('a barrier came, and no checkpoints are taken yet');
    }
  }

  async close(): Promise<void> {
    // Holds nothing outside.
  }
}
