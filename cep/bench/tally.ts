/** Counts matches, and sums them up so that engines can be compared: 32 bits, whatever the order. */
import { T0 } from './events.js';

export class Tally {
  matches = 0;
  #sum = 0;

  add(key: number, timestamp: number): void {
    this.matches++;
    this.#sum = (this.#sum + Math.imul(key, 0x9e3779b1) + ((timestamp - T0) | 0)) | 0;
  }

  get checksum(): number {
    return this.#sum >>> 0;
  }
}
