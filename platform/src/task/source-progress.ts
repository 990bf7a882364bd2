/**
 * How far the splits of a source's subtask have been read: what a checkpoint keeps of a source, and how it goes on.
 *
 * Every subtask is given the progress of all splits of all subtasks (`union`) and takes those that fall to it: the split
 * that was found as the i-th goes to subtask i mod parallelism, at every parallelism.
 *
 * Invariants
 * - A split keeps its ordinal over its whole life, also when it has ended; new splits come behind all that are known.
 * - With the position goes the split's watermark, so that a record is late after a restore if it was late without.
 */
import type { SourceSplit } from '@tidegate/connectors/api';
import type { SourceOperator } from '../operators/source/source-operator.js';
import type { StreamRecord } from '../record/stream-record.js';
import { plainValueCodec } from '../state/codecs/plain-value-codec.js';
import type { OperatorListState } from '../state/operator-state/operator-list-state.js';
import type { OperatorStateStore } from '../state/operator-state/operator-state-store.js';
import { NO_WATERMARK } from '../time/watermark.js';

/** Progress of one split. */
interface SplitProgress {
  readonly ordinal: number;
  readonly split: SourceSplit;
  readonly ended: boolean;
  /** Absent: none yet. */
  readonly watermark?: number;
  readonly sorted?: SortedProgress;
}

/** An input that is sorted is read from its beginning again, and what was given of it is passed over. */
interface SortedProgress {
  /** The last record that was given. */
  readonly given?: { readonly timestamp: number; readonly offset: number | string };
  /** Bad records before this offset were given; absent: all of them. */
  readonly readTo?: number;
}

const STATE = 'splits';

export interface SourceProgressOptions {
  /** Id of the source's node. */
  readonly owner: string;
  readonly subtask: number;
  readonly parallelism: number;
  /** Where it is kept, with what a checkpoint kept of all subtasks. */
  readonly states: OperatorStateStore;
  /** See `add`. */
  readonly found: readonly SourceSplit[];
  /** Whether nothing is given before the input's end. */
  readonly isSorted: boolean;
  /** Whether the times of what was read are those of what will be. Default true. */
  readonly keepsClock?: boolean;
}

/** The splits that a checkpoint kept of a source, ended or not, in the order in which they were found. */
export function savedSplits(states: OperatorStateStore, owner: string): readonly SourceSplit[] {
  return inOrder(splitsIn(states, owner)).map(({ split }) => split);
}

function splitsIn(states: OperatorStateStore, owner: string): OperatorListState<SplitProgress> {
  return states.list({ owner, name: STATE, codec: plainValueCodec<SplitProgress>() }, 'union');
}

function inOrder(splits: OperatorListState<SplitProgress>): SplitProgress[] {
  return [...splits.get()].sort((left, right) => left.ordinal - right.ordinal);
}

export class SourceProgress {
  readonly #state: OperatorListState<SplitProgress>;
  /** Of this subtask. */
  readonly #splits = new Map<string, SplitProgress>();
  /** Of all subtasks. */
  readonly #known = new Set<string>();
  #lastOrdinal = -1;
  readonly #given = new Map<string, NonNullable<SortedProgress['given']>>();

  constructor(private readonly options: SourceProgressOptions) {
    const { owner, states, found, keepsClock = true } = options;
    this.#state = splitsIn(states, owner);
    for (const { watermark, ...known } of inOrder(this.#state)) {
      this.#know(watermark !== undefined && keepsClock ? { watermark, ...known } : known);
    }
    this.add(found);
  }

  /**
   * @param found all that was found, in the order in which it was found: every subtask is told the same
   * @returns what is new and falls to this subtask
   */
  add(found: readonly SourceSplit[]): readonly SourceSplit[] {
    return found.filter((split) => {
      return !this.#known.has(split.id) && this.#know({ ordinal: this.#lastOrdinal + 1, split, ended: false });
    });
  }

  /** @returns whether it falls to this subtask */
  #know(progress: SplitProgress): boolean {
    const { ordinal, split } = progress;
    this.#known.add(split.id);
    this.#lastOrdinal = Math.max(this.#lastOrdinal, ordinal);
    const isOwn = ordinal % this.options.parallelism === this.options.subtask;
    if (isOwn) this.#splits.set(split.id, progress);
    return isOwn;
  }

  /** What is to be read. */
  open(): readonly { readonly split: SourceSplit; readonly watermark: number }[] {
    return [...this.#splits.values()]
      .filter(({ ended }) => !ended)
      .map(({ split, watermark }) => ({ split, watermark: watermark ?? NO_WATERMARK }));
  }

  /** @param at where it ended, if the connector says so; a sorted input begins again where it began */
  endSplit(id: string, at?: SourceSplit): void {
    const progress = this.#splits.get(id);
    if (progress !== undefined)
      this.#splits.set(id, {
        ...progress,
        split: this.options.isSorted ? progress.split : (at ?? progress.split),
        ended: true,
      });
  }

  /** Whether a record of a sorted input was given before the restored checkpoint. */
  isGiven({ split, timestamp, offset }: StreamRecord): boolean {
    const last = this.#splits.get(split.id)?.sorted?.given;
    return (
      last !== undefined && (timestamp < last.timestamp || (timestamp === last.timestamp && offset <= last.offset))
    );
  }

  /** Whether the reader of a sorted input had passed an offset before the restored checkpoint. */
  wasRead(split: string, offset: number): boolean {
    const sorted = this.#splits.get(split)?.sorted;
    return sorted !== undefined && (sorted.readTo === undefined || offset < sorted.readTo);
  }

  given({ split, timestamp, offset }: StreamRecord): void {
    this.#given.set(split.id, { timestamp, offset });
  }

  /**
   * A barrier has come.
   * @param positions of the splits that the reader has not ended
   */
  prepareSnapshot(positions: readonly SourceSplit[], operator: SourceOperator): void {
    const reached = new Map(positions.map((split) => [split.id, split]));
    const entries = [...this.#splits.values()].map((progress): SplitProgress => {
      const { id } = progress.split;
      if (this.options.isSorted)
        return { ...progress, ended: false, sorted: this.#sortedProgress(progress, reached.get(id)) };
      const watermark = operator.watermarkOf(id);
      return {
        ordinal: progress.ordinal,
        split: reached.get(id) ?? progress.split,
        ended: progress.ended,
        ...(watermark === undefined || watermark === NO_WATERMARK ? {} : { watermark }),
      };
    });
    this.#state.update(entries);
  }

  #sortedProgress({ split, ended, sorted }: SplitProgress, position: SourceSplit | undefined): SortedProgress {
    const given = this.#given.get(split.id) ?? sorted?.given;
    const wasReadWhole = ended || (sorted !== undefined && sorted.readTo === undefined);
    const readTo = Math.max(position?.offset ?? 0, sorted?.readTo ?? 0);
    return { ...(given === undefined ? {} : { given }), ...(wasReadWhole ? {} : { readTo }) };
  }
}
