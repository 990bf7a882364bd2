/** What makes a connection between processes unusable. It is never repaired: it is closed, and whoever needs it makes another. */
export type WireProblem =
  /** What came is not of this protocol: garbage, another service, a length beyond the cap. */
  | 'malformed'
  | 'checksum'
  /** A frame came twice, or one is missing. */
  | 'sequence'
  /** The other side is of another cluster, version or role than it may be. */
  | 'refused'
  /** The other side has ended it before it said anything: whoever only looks whether somebody is here does so, too. */
  | 'unheard'
  /** The transport has failed. */
  | 'cut'
  /** Nothing was heard of the other side for too long. */
  | 'silent';

export class WireError extends Error {
  override readonly name = 'WireError';

  constructor(
    readonly problem: WireProblem,
    message: string,
  ) {
    super(message);
  }
}
