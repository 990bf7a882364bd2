/**
 * One partition as its leader has it: records of transactions, and what became of these.
 *
 * Invariants
 * - A producer's batches are taken in the order of their sequence numbers, each once: one that comes again is taken for done.
 * - A producer with an older epoch than the last that was seen here, in a batch or in a marker, is refused.
 * - A reader sees nothing behind the first record whose transaction is open (the last stable offset).
 */
import type { BrokerErrorCode } from './broker-request.js';

/** What one transaction has in this partition. */
interface Part {
  outcome: 'open' | 'committed' | 'aborted';
}

interface ProducerState {
  epoch: number;
  /** Of the next batch. */
  sequence: number;
  open: Part | undefined;
}

export class PartitionLog {
  readonly #log: { readonly value: string; readonly part: Part }[] = [];
  readonly #producers = new Map<string, ProducerState>();
  #read = 0;

  /** @returns why it is refused */
  append(id: string, epoch: number, sequence: number, records: readonly string[]): BrokerErrorCode | undefined {
    const producer = this.#producer(id, epoch);
    if (producer === undefined) return 'INVALID_PRODUCER_EPOCH';
    if (sequence < producer.sequence) return undefined;
    if (sequence > producer.sequence) return 'OUT_OF_ORDER_SEQUENCE_NUMBER';
    const part = (producer.open ??= { outcome: 'open' });
    for (const value of records) this.#log.push({ value, part });
    producer.sequence += records.length;
    return undefined;
  }

  /** A transaction's marker: it has ended. */
  end(id: string, epoch: number, commit: boolean): void {
    const producer = this.#producer(id, epoch);
    if (producer?.open === undefined) return;
    producer.open.outcome = commit ? 'committed' : 'aborted';
    producer.open = undefined;
  }

  /** Whether a transaction of the producer holds readers back. */
  isHeldBy(id: string): boolean {
    return this.#producers.get(id)?.open !== undefined;
  }

  /** What a reader of committed data sees that it has not seen before. */
  *read(): Generator<string, void, void> {
    for (; this.#read < this.#log.length; this.#read++) {
      const { value, part } = this.#log[this.#read]!;
      if (part.outcome === 'open') return;
      if (part.outcome === 'committed') yield value;
    }
  }

  /** Undefined: it is fenced. */
  #producer(id: string, epoch: number): ProducerState | undefined {
    const known = this.#producers.get(id);
    if (known?.epoch === epoch) return known;
    if (known !== undefined && known.epoch > epoch) return undefined;
    const producer = { epoch, sequence: 0, open: known?.open };
    this.#producers.set(id, producer);
    return producer;
  }
}
