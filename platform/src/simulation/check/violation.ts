/** What a simulated run found broken: the first violation of a property ends it. */
export interface Violation {
  readonly property: Property;
  readonly message: string;
}

/** What is checked, each under its name. */
export type Property =
  /** Every event's effect is in the committed output and in the state, once. */
  | 'exactly-once'
  /** In a job that may count something twice: once or more. */
  | 'at-least-once'
  /** Per key and channel. */
  | 'order'
  | 'one-leader'
  | 'fenced-store'
  | 'rising-checkpoints'
  | 'no-missing-file'
  | 'no-lingering-transaction'
  | 'monotone-time'
  | 'key-group-partition'
  | 'credit-bounds'
  /** Something was thrown that nobody was meant to throw: an asserted invariant, an illegal transition. */
  | 'no-broken-invariant'
  /** When faults have stopped the job finishes. */
  | 'progress'
  /** A seed's world is large enough to show anything. */
  | 'world-size';
