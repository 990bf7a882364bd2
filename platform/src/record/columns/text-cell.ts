/** The cell of a text, a 32-bit word: where the text is, in the lowest bits, and behind them its length; for `seen` its slot. */
import type { Repetition } from './repetition.js';

/** Short texts stand together, others in blocks; `remembered`: in a block, and from now on both ends know it. */
export const PLACE = { short: 0, block: 1, seen: 2, remembered: 3 } as const;
/** V8's longest text has less than 2^29 characters: its length fits. */
export const PLACE_BITS = 2;
export const PLACE_MASK = (1 << PLACE_BITS) - 1;

/** The cell of a text that was found in its slot. */
export function cellOfSeen(slot: number, repetition: Repetition): number {
  repetition.found();
  return (slot << PLACE_BITS) | PLACE.seen;
}
