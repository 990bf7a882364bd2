/** Reads sources as the platform does: poll until empty, then wait for the callback. */
import type { Format, PollResult, Source, SourceReader, SourceSplit } from '../../src/api/index.js';
import type { TestContext } from './context.js';

export interface ReadRecord {
  readonly split: string;
  readonly offset: number;
  readonly payload: unknown;
  readonly bad?: string;
}

/** Polls as they come, `empty` left out. */
export class Polls {
  #wake: (() => void) | undefined;
  #available = false;

  constructor(
    readonly reader: SourceReader,
    readonly context: TestContext,
    readonly maxBytes = 64 * 1024,
  ) {
    reader.onAvailable(() => {
      this.#available = true;
      this.#wake?.();
    });
  }

  async next(): Promise<Exclude<PollResult, { kind: 'empty' }>> {
    for (;;) {
      this.#available = false;
      const result = this.reader.poll(this.maxBytes);
      if (result.kind !== 'empty') return result;
      const told = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      if (!this.#available) await Promise.race([told, this.context.failed]);
    }
  }

  /** The next `count` records, with what comes after them in their batches; fewer when the source ends before. */
  async records(count: number): Promise<ReadRecord[]> {
    const records: ReadRecord[] = [];
    while (records.length < count) {
      const result = await this.next();
      if (result.kind === 'end') break;
      if (result.kind === 'batch') records.push(...recordsOf(result));
    }
    return records;
  }
}

export function recordsOf(result: Extract<PollResult, { kind: 'batch' }>): ReadRecord[] {
  const { batch } = result;
  return batch.payloads.map((payload, index) => {
    const bad = batch.bad?.get(index);
    return { split: batch.split, offset: batch.offsets[index] ?? NaN, payload, ...(bad === undefined ? {} : { bad }) };
  });
}

/** Opens a source and adds all its splits, or the given ones. */
export async function open(
  source: Source,
  context: TestContext,
  splits?: readonly SourceSplit[],
  maxBytes?: number,
): Promise<Polls> {
  const enumerator = source.createEnumerator([]);
  const reader = source.createReader();
  const polls = new Polls(reader, context, maxBytes);
  reader.addSplits(splits ?? (await enumerator.discover()));
  await enumerator.close();
  if (source.boundedness === 'bounded') reader.noMoreSplits();
  return polls;
}

/** All records of a bounded source. */
export async function readAll(
  source: Source,
  context: TestContext,
  splits?: readonly SourceSplit[],
): Promise<ReadRecord[]> {
  const polls = await open(source, context, splits);
  const records = await polls.records(Infinity);
  await polls.reader.close();
  return records;
}

/** What a format finds in bytes that come in chunks of a size. */
export function frame(format: Format, bytes: Uint8Array, chunkBytes = bytes.length, offset = 0): ReadRecord[] {
  const records: ReadRecord[] = [];
  const sink = {
    payload: (payload: unknown, at: number) => records.push({ split: '', offset: at, payload }),
    bad: (raw: string, at: number, reason: string) =>
      records.push({ split: '', offset: at, payload: raw, bad: reason }),
  };
  const framer = format.createFramer(offset);
  const from = format.seekable ? offset : 0;
  for (let at = from; at < bytes.length; at += chunkBytes) framer.push(bytes.subarray(at, at + chunkBytes), sink);
  framer.end(sink);
  return records;
}
