/**
 * Asserts that what comes from each sender to each key comes in order: numbers rise.
 *
 * Invariants
 * - In a job that counts everything once they rise over all attempts, so the last ones are kept with the key's state. In one
 *   that may count something twice they rise within an attempt.
 */
import { invariant } from '../../common/errors.js';
import type { CheckpointSettings } from '../../job/graph-settings.js';
import type { Key } from '../../record/key.js';

/** The last number of each sender: SENDER, NUMBER, SENDER, NUMBER, ..., a plain value as state is; senders are few. */
export type LastCounts = (string | number)[];

export class RisingCounts {
  readonly #ofAttempt = new Map<Key, LastCounts>();

  constructor(
    private readonly what: string,
    private readonly mode: CheckpointSettings['mode'],
  ) {}

  /** @param kept of the key, in its state */
  next(key: Key, kept: LastCounts, sender: string, count: number): void {
    const counts = this.mode === 'exactly-once' ? kept : this.#countsOf(key);
    const at = placeOf(sender, counts);
    if (at === counts.length) {
      counts.push(sender, count);
      return;
    }
    const last = counts[at + 1] as number;
    invariant(count > last, () => `${this.what} ${count} of ${sender} came to ${String(key)} behind ${last}`);
    counts[at + 1] = count;
  }

  #countsOf(key: Key): LastCounts {
    let counts = this.#ofAttempt.get(key);
    if (counts === undefined) this.#ofAttempt.set(key, (counts = []));
    return counts;
  }
}

function placeOf(sender: string, counts: LastCounts): number {
  let at = 0;
  while (at < counts.length && counts[at] !== sender) at += 2;
  return at;
}
