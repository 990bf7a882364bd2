/**
 * Whether the texts of a column repeat, so that it pays to look for each among those seen: looks at some, and if less than
 * half of them were found lets many pass unlooked at before it tries again.
 */
const LOOKS = 256;
const PASSED = 16 * LOOKS;

export class Repetition {
  #looks = 0;
  #finds = 0;
  #toPass = 0;

  /** Whether the next text is to be looked for. */
  looks(): boolean {
    if (this.#toPass > 0) {
      this.#toPass--;
      return false;
    }
    if (this.#looks === LOOKS) {
      if (this.#finds * 2 < LOOKS) this.#toPass = PASSED;
      this.#looks = this.#finds = 0;
    }
    this.#looks++;
    return true;
  }

  found(): void {
    this.#finds++;
  }
}
