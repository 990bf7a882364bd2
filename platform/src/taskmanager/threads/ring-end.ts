/** One end of a ring between two slots, as it is handed to the slot's thread: shared memory, no copies. */
export interface RingEnd {
  /** As `channelName` has it. */
  readonly channel: string;
  /** See RingMemory: it belongs to the attempt of this number. */
  readonly memory: SharedArrayBuffer;
  readonly attempt: number;
  /** The doorbell of the slot at the other end. */
  readonly peer: SharedArrayBuffer;
}
