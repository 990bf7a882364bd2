/**
 * What makes a channel between processes or threads unusable. It is never repaired: the attempt that it belongs to fails,
 * and the next one has new channels.
 */
export type ChannelProblem =
  /** A frame came twice, or one is missing. */
  | 'sequence'
  /** More than is allowed, or not what the format says. */
  | 'malformed'
  /** More frames came than there was credit for. */
  | 'credit'
  /** A packet of an attempt that is younger than this end's. */
  | 'attempt'
  /** An element that is larger than the channel takes. */
  | 'too-large';

export class ChannelError extends Error {
  override readonly name = 'ChannelError';

  constructor(
    readonly problem: ChannelProblem,
    message: string,
  ) {
    super(message);
  }

  /** Whether a new attempt may fare better: what is too large stays so. */
  get retriable(): boolean {
    return this.problem !== 'too-large';
  }
}
