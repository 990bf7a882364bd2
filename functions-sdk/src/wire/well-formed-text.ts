/** Half of a surrogate pair; UTF-8 cannot say it, and Node would write a replacement character for it. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Throws a RangeError: two different texts must not become one on their way. */
export function requireWellFormed(text: string): void {
  if (LONE_SURROGATE.test(text))
    throw new RangeError(`text with half of a surrogate pair cannot be sent: ${JSON.stringify(text.slice(0, 80))}`);
}
