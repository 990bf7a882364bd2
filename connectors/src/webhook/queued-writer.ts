/** Puts alerts into the queue, and has them delivered from there: a flush waits for the queue, the end for the receiver. */
import type { OutgoingRecord, SinkWriter } from '../api/index.js';
import type { SendingWriter } from '../writing/sending-writer.js';
import type { OutgoingJob } from '../bullmq/outgoing-job.js';
import type { DeliveryWorker } from './delivery-worker.js';

export class QueuedWriter implements SinkWriter {
  constructor(
    private readonly enqueuing: SendingWriter<OutgoingJob>,
    private readonly worker: DeliveryWorker,
  ) {}

  write(record: OutgoingRecord): void {
    this.enqueuing.write(record);
  }

  ready(): boolean {
    return this.enqueuing.ready();
  }

  onReady(callback: () => void): void {
    this.enqueuing.onReady(callback);
  }

  stage(): Uint8Array {
    return this.enqueuing.stage();
  }

  flush(): Promise<void> {
    return this.enqueuing.flush();
  }

  async end(): Promise<void> {
    await this.enqueuing.end();
    await this.worker.drained();
  }

  async close(): Promise<void> {
    try {
      await this.enqueuing.close();
    } finally {
      await this.worker.close();
    }
  }
}
