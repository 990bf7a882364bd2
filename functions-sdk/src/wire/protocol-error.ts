/** Bytes that are not the message they should be. What sent them is broken; sending them again does not help. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}
