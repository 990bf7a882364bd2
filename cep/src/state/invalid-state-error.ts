/** Tables that no writer can have written: they are damaged, or of another set than was said. */
export class InvalidStateError extends Error {
  override readonly name = 'InvalidStateError';
}
