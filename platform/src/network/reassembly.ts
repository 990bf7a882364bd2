/** Puts elements together again that were sent in fragments. */
import { ChannelError } from './channel-error.js';

export class Reassembly {
  #parts: Uint8Array[] = [];
  #bytes = 0;

  constructor(private readonly bytesMax: number) {}

  /** Whether an element has begun and not ended. */
  get isPartial(): boolean {
    return this.#parts.length > 0;
  }

  /**
   * @param fragment kept if it is not the only one of its element
   * @returns the element's bytes with its last fragment
   */
  add(fragment: Uint8Array, isLast: boolean): Uint8Array | undefined {
    this.#bytes += fragment.length;
    if (this.#bytes > this.bytesMax)
      throw new ChannelError('malformed', `an element is larger than the ${this.bytesMax} bytes allowed`);
    if (!isLast) {
      this.#parts.push(fragment);
      return undefined;
    }
    const whole = this.#parts.length === 0 ? fragment : Buffer.concat([...this.#parts, fragment]);
    this.#parts = [];
    this.#bytes = 0;
    return whole;
  }
}
