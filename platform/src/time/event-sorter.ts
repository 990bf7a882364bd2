/**
 * Sorts a bounded input by event time before its first watermark, within a memory budget: what does not fit is sorted and
 * spilled, and the spilled runs are merged when the input has ended (external merge sort).
 *
 * Invariants
 * - Stable: records of one timestamp come in the order in which they were added.
 * - Memory: at most `budgetBytes` of records while adding, one chunk of each run while merging.
 * - Spilled files are deleted at `close`.
 */
import { deserialize, serialize } from 'node:v8';
import { StreamRecord, type Split } from '../record/stream-record.js';

/** The seam to the disk: synchronous, as a step is; the composition root brings temporary files. */
export interface SpillStorage {
  create(): SpillFile;
}

export interface SpillFile {
  append(chunk: Uint8Array): void;
  /** The chunks in the order in which they were appended. */
  read(): Iterator<Uint8Array>;
  delete(): void;
}

const CHUNK_RECORDS = 1000;

type Row = [
  value: Readonly<Record<string, unknown>>,
  timestamp: number,
  split: number,
  offset: number | string,
  headers: unknown,
];

export class EventSorter {
  #records: StreamRecord[] = [];
  #bytes = 0;
  readonly #runs: SpillFile[] = [];
  readonly #splits: Split[] = [];

  constructor(
    private readonly source: string,
    private readonly storage: SpillStorage,
    private readonly budgetBytes: number,
  ) {}

  /** @param bytes an estimate of the record's size in memory */
  add(record: StreamRecord, bytes: number): void {
    this.#records.push(record);
    this.#bytes += bytes;
    if (this.#bytes >= this.budgetBytes) this.#spill();
  }

  get spilledRuns(): number {
    return this.#runs.length;
  }

  #sort(): StreamRecord[] {
    const sorted = this.#records.sort((a, b) => a.timestamp - b.timestamp);
    this.#records = [];
    this.#bytes = 0;
    return sorted;
  }

  #spill(): void {
    const sorted = this.#sort();
    const run = this.storage.create();
    this.#runs.push(run);
    for (let i = 0; i < sorted.length; i += CHUNK_RECORDS) {
      run.append(serialize(sorted.slice(i, i + CHUNK_RECORDS).map((record) => this.#toRow(record))));
    }
  }

  #toRow(record: StreamRecord): Row {
    let split = this.#splits.indexOf(record.split);
    if (split < 0) split = this.#splits.push(record.split) - 1;
    return [record.value, record.timestamp, split, record.offset, record.headers];
  }

  #fromRow([value, timestamp, split, offset, headers]: Row): StreamRecord {
    const typedHeaders = headers as Readonly<Record<string, string>> | undefined;
    return new StreamRecord(value, timestamp, this.source, this.#splits[split]!, offset, typedHeaders, undefined);
  }

  /** All records in the order of event time. Nothing may be added afterwards. */
  *drain(): Generator<StreamRecord> {
    if (this.#runs.length === 0) {
      yield* this.#sort();
      return;
    }
    const heads: { readonly rest: Iterator<StreamRecord>; record: StreamRecord }[] = [];
    for (const rest of [...this.#runs.map((run) => this.#readRun(run)), this.#sort()[Symbol.iterator]()]) {
      const first = rest.next();
      if (first.done !== true) heads.push({ rest, record: first.value });
    }
    while (heads.length > 0) {
      let least = 0;
      for (let i = 1; i < heads.length; i++) {
        if (heads[i]!.record.timestamp < heads[least]!.record.timestamp) least = i;
      }
      const head = heads[least]!;
      yield head.record;
      const next = head.rest.next();
      if (next.done === true) heads.splice(least, 1);
      else head.record = next.value;
    }
  }

  *#readRun(run: SpillFile): Generator<StreamRecord> {
    const chunks = run.read();
    for (let chunk = chunks.next(); chunk.done !== true; chunk = chunks.next()) {
      for (const row of deserialize(chunk.value) as Row[]) yield this.#fromRow(row);
    }
  }

  close(): void {
    for (const run of this.#runs) run.delete();
    this.#runs.length = 0;
    this.#records = [];
  }
}
