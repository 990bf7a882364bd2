/**
 * How many requests to an endpoint may be under way at once.
 *
 *     declared:      as many as that
 *     not declared:  few, and twice as many while twice as many at once have more messages handled in the same time
 *
 * Invariants
 * - An endpoint that throttles gets half as many, at least one, and one more with each answer until it has as many as before.
 * - Others are tried only while all are in use and others wait; more of them, only where answers are slow: a fast endpoint is kept
 *   busy by few, whose requests then have more messages. An endpoint that is as fast as its processor keeps the few: what waits,
 *   waits here, in the order of its priority. (Little's law: what is handled in a time is what is under way by how long it takes.)
 * - What is compared is messages: more requests at once have fewer messages each, and so more of them are answered anyhow.
 * - A number that was of use once is tried again: functions, and what they call, change.
 */

const FIRST = 16;
const MOST = 1024;
/** Of answers that take less, more at once are not needed. */
const SLOW_MS = 50;
/** Of what twice as many requests could bring at best, so much must come of it. */
const WORTH = 0.5;
/** Half of them are enough if no more is lost by it. */
const LOSS = 0.15;
/** What takes less is chance. */
const ROUND_MS_MIN = 500;
/** Rounds until another number is tried, when one was of no use. */
const ROUNDS_OF_REST = 32;

export class RequestSlots {
  readonly #declared: number | undefined;
  /** Unless it throttles. */
  #full: number;
  #count: number;
  /** Of this round: answers of requests that were begun in it, their messages, and how long they took together. */
  #answers = 0;
  #messages = 0;
  #tookMs = 0;
  /** Answers to what was begun before this round. */
  #former = 0;
  /** While another number is tried: how many there were, and how many messages were handled in a millisecond. */
  #before: { readonly full: number; readonly rate: number } | undefined;
  #triesMore = true;
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

  /** @param messages of the request @param isShort whether all were in use, and others waited for one */
  answered(messages: number, tookMs: number, isShort: boolean): void {
    if (this.#count < this.#full) this.#count++;
    else if (this.#declared === undefined && isShort) this.#measure(messages, tookMs);
  }

  #measure(messages: number, tookMs: number): void {
    if (this.#former > 0) {
      this.#former--;
      return;
    }
    this.#answers++;
    this.#messages += messages;
    this.#tookMs += tookMs;
    if (this.#answers < this.#full || this.#tookMs < ROUND_MS_MIN * this.#full) return;
    const rate = (this.#full * this.#messages) / this.#tookMs;
    const meanMs = this.#tookMs / this.#answers;
    this.#beginRound(0);
    this.#judge(rate, meanMs);
  }

  #judge(rate: number, meanMs: number): void {
    const before = this.#before;
    this.#before = undefined;
    if (before !== undefined && !this.#isWorth(rate, before)) {
      this.#triesMore = !this.#triesMore;
      this.#rest = ROUNDS_OF_REST;
      this.#become(before.full);
    } else if (this.#rest > 0) this.#rest--;
    else this.#try(rate, meanMs);
  }

  #isWorth(rate: number, before: { readonly full: number; readonly rate: number }): boolean {
    return rate >= before.rate * (this.#triesMore ? 1 + WORTH * (this.#full / before.full - 1) : 1 - LOSS);
  }

  #try(rate: number, meanMs: number): void {
    const full = this.#triesMore ? Math.min(MOST, this.#full * 2) : Math.max(FIRST, this.#full / 2);
    if (full === this.#full) this.#triesMore = !this.#triesMore;
    else if (!this.#triesMore || meanMs >= SLOW_MS) {
      this.#before = { full: this.#full, rate };
      this.#become(full);
    }
  }

  #become(full: number): void {
    this.#beginRound(this.#full);
    this.#full = this.#count = full;
  }

  #beginRound(former: number): void {
    this.#answers = this.#messages = this.#tookMs = 0;
    this.#former = former;
  }
}
