/**
 * What happened in a simulated world, the last part of it in full: a ring of lines, and a digest of all of them, by which
 * two runs of a seed can be compared.
 *
 * Invariants
 * - A trace that is off costs one comparison an event: a seed that fails is run again with the trace on.
 */
import { murmur3 } from '../../common/murmur3.js';

const encoder = new TextEncoder();

export class Trace {
  readonly #ring: string[] = [];
  #lines = 0;
  #digest = 0;

  /** @param capacity how many lines are kept; 0 turns the trace off */
  constructor(private readonly capacity: number) {}

  get on(): boolean {
    return this.capacity > 0;
  }

  /** @param time virtual milliseconds */
  line(time: number, who: string, text: string): void {
    if (this.capacity === 0) return;
    const line = `${time.toFixed(3).padStart(10)} ${who.padEnd(14)} ${text}`;
    this.#ring[this.#lines++ % this.capacity] = line;
    this.#digest = murmur3(encoder.encode(line), this.#digest);
  }

  /** The lines that are kept, oldest first. */
  lines(): string[] {
    const start = this.#lines % this.capacity;
    return this.#lines <= this.capacity ? [...this.#ring] : [...this.#ring.slice(start), ...this.#ring.slice(0, start)];
  }

  /** Of all lines, in hexadecimal. */
  get digest(): string {
    return this.#digest.toString(16).padStart(8, '0');
  }
}
