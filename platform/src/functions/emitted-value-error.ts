/** What a function emits is not what its type says. */
export class EmittedValueError extends Error {
  override readonly name = 'EmittedValueError';
}
