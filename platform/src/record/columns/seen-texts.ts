/**
 * Texts that have passed a channel lately, at both its ends: events say the same countries, names and notes over and over,
 * and a text that both ends know passes as a number, and comes out as one object however often it came. A direct-mapped
 * table; what it gives is exact.
 *
 * Invariants
 * - Both ends remember and forget the same texts at the same places of the stream.
 * - Texts are forgotten after FRAMES frames: a text may be a view of something large (a line, a block), so the memory that
 *   is held is bounded by what the records of so many frames were made of.
 */
const SLOT_BITS = 12;
const SLOTS = 1 << SLOT_BITS;
const FRAMES = 64;
/** Longer texts are hardly ever said again. */
export const REMEMBERED_CHARS_MAX = 256;

export class SeenTexts {
  /** Made when the first frame comes: most channels of a job of many tasks are quiet. */
  #slots: string[] = [];
  /** Since it began anew. */
  #frames = FRAMES;

  /** The writer's next frame begins. @returns whether everything was forgotten before */
  nextFrame(): boolean {
    if (this.#frames++ < FRAMES) return false;
    this.forget();
    return true;
  }

  /** The reader is told that everything was forgotten. */
  forget(): void {
    if (this.#slots.length === 0) this.#slots = new Array<string>(SLOTS);
    this.#slots.fill('');
    this.#frames = 1;
  }

  /** The next frame will begin anew: what was remembered last did not reach the reader. */
  expire(): void {
    this.#frames = FRAMES;
  }

  /** For generated code, which looks by itself: by slot, as `slotOf` gives it for a text that is not empty. */
  get slots(): string[] {
    return this.#slots;
  }

  remember(text: string): void {
    this.#slots[slotOf(text)] = text;
  }
}

/**
 * Looks at three characters only: texts that differ in others share a slot, and are passed as they are.
 * @param text not empty
 */
export function slotOf(text: string): number {
  const { length } = text;
  const ends = (text.charCodeAt(0) << 16) ^ text.charCodeAt(length - 1);
  const hash = Math.imul(Math.imul(ends, 0x9e3779b1) ^ text.charCodeAt(length >> 1) ^ (length << 8), 0x85ebca6b);
  return hash >>> (32 - SLOT_BITS);
}
