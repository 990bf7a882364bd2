/**
 * The offsets of one group: those that are committed, and those of transactions that have not ended.
 *
 * Invariants
 * - An offset is seen when its transaction's marker has come, and not before: also when the end is decided already.
 * - A producer with an older epoch than the last that was seen here is refused.
 */
import type { BrokerErrorCode } from './broker-request.js';

export class GroupOffsets {
  readonly #committed = new Map<string, number>();
  readonly #pending = new Map<string, Map<string, number>>();
  readonly #epochs = new Map<string, number>();

  /** By topic. */
  get committed(): ReadonlyMap<string, number> {
    return this.#committed;
  }

  /** By topic, of a producer. */
  pending(id: string): ReadonlyMap<string, number> {
    return this.#pending.get(id) ?? new Map<string, number>();
  }

  /** @returns why it is refused */
  add(id: string, epoch: number, topic: string, offset: number): BrokerErrorCode | undefined {
    if (this.#isFenced(id, epoch)) return 'INVALID_PRODUCER_EPOCH';
    this.#pending.set(id, new Map([...this.pending(id), [topic, offset]]));
    return undefined;
  }

  end(id: string, epoch: number, commit: boolean): void {
    if (this.#isFenced(id, epoch)) return;
    if (commit) for (const [topic, offset] of this.pending(id)) this.#committed.set(topic, offset);
    this.#pending.delete(id);
  }

  /** As when retention has passed. */
  forget(): void {
    this.#committed.clear();
  }

  #isFenced(id: string, epoch: number): boolean {
    const latest = Math.max(epoch, this.#epochs.get(id) ?? 0);
    this.#epochs.set(id, latest);
    return latest > epoch;
  }
}
