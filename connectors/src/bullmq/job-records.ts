/**
 * Records of jobs: the data as text, which the format decodes later; or, where fields are asked for, the decoded record with these. A
 * trace that its producer has begun comes as the header that brokers have for it.
 */
import { createHash } from 'node:crypto';
import { BadRecordError, type Format, type SourceBatch } from '../api/index.js';
import { setOwn } from '../formats/own-property.js';
import { BatchBuilder } from '../reading/batch-builder.js';
import type { TakenJob } from './incoming-queue.js';
import type { BullSourceOptions } from './source-options.js';
import { traceparentOf } from './job-trace.js';

export class JobRecords {
  constructor(
    private readonly format: Format,
    private readonly names: BullSourceOptions['fields'],
  ) {}

  /** @param bytes of their data @returns undefined where there are no jobs */
  batchOf(split: string, jobs: readonly TakenJob[], bytes: number): SourceBatch | undefined {
    const builder = new BatchBuilder(split);
    for (const job of jobs) this.#add(builder, job);
    const batch = builder.take(bytes, 0);
    const headers = jobs.map(({ job }) => headersOf(traceparentOf(job)));
    return batch === undefined || headers.every((each) => each === undefined) ? batch : { ...batch, headers };
  }

  #add(batch: BatchBuilder, { id, data, job }: TakenJob): void {
    const offset = offsetOf(id, job.timestamp);
    if (this.names === undefined) return batch.payload(data, offset);
    const values = {
      id,
      name: job.name,
      attempts: job.attemptsMade,
      timestamp: job.timestamp,
      priority: job.opts.priority ?? 0,
    };
    try {
      const record = this.format.decode(data) as Record<string, unknown>;
      for (const [field, name] of Object.entries(this.names))
        if (name !== undefined) setOwn(record, name, values[field as keyof typeof values]);
      batch.payload(record, offset);
    } catch (error) {
      if (!(error instanceof BadRecordError)) throw error;
      batch.bad(data, offset, error.reason);
    }
  }
}

function headersOf(traceparent: string | undefined): { readonly traceparent: string } | undefined {
  return traceparent === undefined ? undefined : { traceparent };
}

/**
 * A queue has no positions: a job that is taken again comes at another place. So its offset is made of the job itself, and
 * is the same at every reading: alerts are known again by the offsets of their events. 53 bits of a hash.
 */
export function offsetOf(id: string, timestamp: number): number {
  const hash = createHash('sha256').update(`${id}\n${timestamp}`).digest();
  return hash.readUIntBE(0, 6) * 32 + (hash.readUInt8(6) & 31);
}
