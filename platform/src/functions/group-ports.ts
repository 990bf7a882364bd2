/** What a group of functions asks of the task around it. Answers to `call` and `describe` come later, never from within. */
import type { InvocationBatch } from '@tidegate/functions-sdk/protocol';
import type { EndpointDescriptor } from '../job/function-endpoint.js';
import type { DeadLetter } from '../record/dead-letter.js';
import type { StreamRecord } from '../record/stream-record.js';
import type { FunctionMessage } from './function-message.js';

export interface FunctionGroupPorts {
  /** Asks for a call: answered by `answered` with the same number. */
  call(call: number, endpoint: EndpointDescriptor, batches: readonly InvocationBatch[]): void;
  /** Asks what an endpoint says of itself: answered by `described`. */
  describe(endpoint: EndpointDescriptor): void;
  /** Whether the subtask has the address itself. */
  isOwn(id: string): boolean;
  /** To the subtask that has the address. */
  forward(message: FunctionMessage): void;
  emit(sink: string, record: StreamRecord): void;
  deadLetter(sink: string, letter: DeadLetter): void;
  warn(message: string): void;
}
