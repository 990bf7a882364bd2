/**
 * Generated code by its text: the same text is made into code once in a thread. Codecs come and go with attempts, and what
 * the engine has learnt of their code stays.
 *
 * Invariants
 * - Who generates puts data into the text as JSON literals only.
 */
/** Shapes are learnt from what comes: beyond this the code is let go. */
const MADE_MAX = 1024;

export class CodeCache<Make> {
  readonly #made = new Map<string, Make>();
  readonly #parameters: readonly string[];

  /** @param parameters of the function whose body a text is, as `Make` has them */
  constructor(...parameters: readonly string[]) {
    this.#parameters = parameters;
  }

  get(text: string): Make {
    let make = this.#made.get(text);
    if (make === undefined) {
      if (this.#made.size >= MADE_MAX) this.#made.clear();
      // eslint-disable-next-line @typescript-eslint/no-implied-eval -- names are JSON literals, see the header
      make = new Function(...this.#parameters, text) as Make;
      this.#made.set(text, make);
    }
    return make;
  }
}
