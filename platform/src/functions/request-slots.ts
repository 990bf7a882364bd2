/**
 * How many requests to an endpoint may be under way at once.
 *
 *     declared:      as many as that
 *     not declared:  few, and twice as many while twice as many at once bring more answers in the same time
 *
 * Invariants
 * - An endpoint that throttles gets half as many, at least one, and one more with each answer until it has as many as before.
 * - More are tried only while all are in use, others wait, and answers are slow: a fast endpoint is kept busy by few, whose
 *   requests then have more messages. An endpoint that is as fast as its processor keeps the few: what waits, waits here,
 *   in the order of its priority. (Little's law: answers in a time are requests under way by how long each takes.)
 */

const FIRST = 16;
const MOST = 1024;
/** Of answers that take less, more at once are not needed. */
const SLOW_MS = 50;
/** Of what twice as many requests could bring at best, so much must come of it. */
const WORTH = 0.5;
/** Rounds until more are tried again, when more were of no use. */
const ROUNDS_OF_REST = 32;

export class RequestSlots {
  readonly #declared: number | undefined;
  /** Unless it throttles. */
  #full: number;
  #count: number;
  /** Of this round: answers of requests that were begun in it, and how long they took together. */
  #answers = 0;
  #tookMs = 0;
  /** Answers to what was begun before this round. */
  #former = 0;
  /** While more are tried: how many there were, and how many answers in a millisecond. */
  #before: { readonly full: number; readonly rate: number } | undefined;
  #rest = 0;

  constructor(declared: number | undefined) {
    this.#declared = declared;
    this.#full = this.#count = declared ?? FIRST;
  }

  get count(): number {
    return this.#count;
  }

  throttle(): void {
    this.#count = Math.max(1, Math.floor(this.#count / 2));
    this.#before = undefined;
    this.#beginRound(0);
  }

  /** @param isShort whether all were in use, and others waited for one */
  answered(tookMs: number, isShort: boolean): void {
    if (this.#count < this.#full) this.#count++;
    else if (this.#declared === undefined && isShort) this.#measure(tookMs);
  }

  #measure(tookMs: number): void {
    if (this.#former > 0) {
      this.#former--;
      return;
    }
    this.#answers++;
    this.#tookMs += tookMs;
    if (this.#answers < this.#full) return;
    const meanMs = this.#tookMs / this.#answers;
    this.#beginRound(0);
    this.#judge(meanMs);
  }

  #judge(meanMs: number): void {
    const rate = this.#full / Math.max(meanMs, 1);
    const before = this.#before;
    this.#before = undefined;
    if (before !== undefined && rate < before.rate * (1 + WORTH * (this.#full / before.full - 1))) {
      this.#rest = ROUNDS_OF_REST;
      this.#become(before.full);
    } else if (this.#rest > 0) this.#rest--;
    else if (meanMs >= SLOW_MS && this.#full < MOST) {
      this.#before = { full: this.#full, rate };
      this.#become(Math.min(MOST, this.#full * 2));
    }
  }

  #become(full: number): void {
    this.#beginRound(this.#full);
    this.#full = this.#count = full;
  }

  #beginRound(former: number): void {
    this.#answers = this.#tookMs = 0;
    this.#former = former;
  }
}
