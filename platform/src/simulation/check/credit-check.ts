/**
 * Watches the credit of one task's channels.
 *
 * Checked
 * - What the producers may send is never more than what the channels have credit for.
 * - What the channels have borrowed is what the pool has lent: no credit is lost, none is made.
 */
import type { CreditInputChannel } from '../../network/credit/credit-input.js';
import type { CreditPool } from '../../network/credit/credit-pool.js';
import type { Property } from './violation.js';

export class CreditCheck {
  readonly #channels: CreditInputChannel[] = [];

  /** @param task for messages */
  constructor(
    private readonly task: string,
    readonly pool: CreditPool,
    private readonly violate: (property: Property, message: string) => void,
  ) {}

  watch(channel: CreditInputChannel): void {
    this.#channels.push(channel);
  }

  /** Called whenever credit may have moved. */
  check(): void {
    let borrowed = 0;
    for (const channel of this.#channels) {
      const { window, granted } = channel.credit;
      borrowed += channel.credit.borrowed;
      if (granted > window) this.#violate(`${granted} frames may come, with credit for ${window}`);
    }
    const { size, available } = this.pool;
    if (available < 0 || available + borrowed !== size)
      this.#violate(`${borrowed} credits are borrowed and ${available} left of ${size}`);
  }

  #violate(message: string): void {
    this.violate('credit-bounds', `${this.task}: ${message}`);
  }
}
