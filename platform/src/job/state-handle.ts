/**
 * Where the state of a checkpoint lies: plain data, as tasks acknowledge it, the checkpoint's metadata keeps it and a
 * restored task is given it.
 *
 * Invariants
 * - A handle alone says what is whole: each file has its length and checksum.
 * - State is addressed by names from the application file (operator id, state name), never by positions in a graph.
 */

/** A range of key groups, both ends included; empty when `first > last`. */
export interface KeyGroupRange {
  readonly first: number;
  readonly last: number;
}

/** A file in the checkpoint storage. */
export interface StateFile {
  /** Its name in the storage, unique over the job's life: never written twice with another content. */
  readonly name: string;
  readonly bytes: number;
  /** CRC-32 of the content, unsigned. */
  readonly crc32: number;
}

/** Who wrote a state's values, so that a later reader can tell what they are. */
export interface StateDescription {
  /** The operator's or rule's name in the application: `rules.card-testing`, `patterns.payments.1f3a09bc`. */
  readonly owner: string;
  readonly name: string;
  readonly kind: 'value' | 'list' | 'map' | 'reducing' | 'aggregating' | 'timers' | 'broadcast' | 'operator';
  /** The codec that wrote the values, with its version: `record/1`. */
  readonly codec: string;
  /** The writer's schema: plain data that the codec understands. */
  readonly schema: unknown;
}

/** The keyed state of one subtask's task. */
export interface KeyedStateHandle {
  readonly keyGroups: KeyGroupRange;
  readonly states: readonly StateDescription[];
  readonly content:
    /** Entries in the order of their canonical bytes: see `state/canonical`. Files in the order of key groups. */
    | { readonly format: 'canonical'; readonly version: number; readonly files: readonly StateFile[] }
    /**
     * A RocksDB folder. `ids` are the numbers of the states in the folder's keys, in the order of `states`. Parts with its
     * metadata: from version 2.
     */
    | {
        readonly format: 'rocksdb';
        readonly version: number;
        readonly ids: readonly number[];
        readonly files: readonly FolderPart[];
      };
}

/** Bytes of a checkpoint, with its metadata where they are few. */
export type StateBytes = { readonly inline: Uint8Array } | { readonly file: StateFile };

/** A part of a file in a folder, or the whole: `local` is its name there. Those of one name are in their order. */
export type FolderPart = { readonly local: string } & StateBytes;

/**
 * State of an operator that has no key. At a restore with another parallelism `split` entries are dealt out,
 * `union` entries go to every subtask (as Apache Flink's list state), `broadcast` is the same in every subtask.
 */
export interface OperatorStateHandle {
  readonly owner: string;
  readonly name: string;
  readonly mode: 'split' | 'union' | 'broadcast';
  readonly entries: readonly StateBytes[];
}

/**
 * Frames that a barrier overtook in one channel, oldest first, as the network's codec wrote them. The consumer's task
 * has them all, also those that had not left the producer's end (see `OutputChannel.announce`).
 */
export interface ChannelStateHandle {
  /** The edge, as the JobGraph names it: `FROM/TAG[/RULE]>TO/INPUT`. */
  readonly edge: string;
  readonly producer: number;
  readonly consumer: number;
  readonly elements: StateBytes;
}

/** All that a checkpoint holds of one subtask's task. */
export interface SubtaskSnapshot {
  /** At most one when taken; several when a restore reads those of several old subtasks. */
  readonly keyed: readonly KeyedStateHandle[];
  readonly operators: readonly OperatorStateHandle[];
  readonly channels: readonly ChannelStateHandle[];
}
