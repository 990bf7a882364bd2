/** Since version 20 of Node; it looks at no text of one byte a character, which most are. */
type Checked = string & { isWellFormed(): boolean };

/** Whether it has no half of a surrogate pair: UTF-8 cannot say one, and Node would write a replacement character for it. */
export function isWellFormed(text: string): boolean {
  return (text as Checked).isWellFormed();
}

/** Throws a RangeError: two different texts must not become one on their way. */
export function requireWellFormed(text: string): void {
  if (!isWellFormed(text))
    throw new RangeError(`text with half of a surrogate pair cannot be sent: ${JSON.stringify(text.slice(0, 80))}`);
}
