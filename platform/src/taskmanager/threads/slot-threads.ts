/** How a task manager gets threads for its slots: real ones from the composition root, others in tests. */
import type { SlotCommand, SlotReport } from './slot-messages.js';

export interface SlotThreads {
  start(slot: number, events: SlotThreadEvents): SlotThread;
}

export interface SlotThreadEvents {
  heard(report: SlotReport): void;
  /** The thread has ended although nobody closed it. Told once; nothing is heard after that. */
  lost(reason: string): void;
}

export interface SlotThread {
  send(command: SlotCommand): void;
  /** Has the thread close what it holds, and waits for its end. */
  close(): Promise<void>;
}
