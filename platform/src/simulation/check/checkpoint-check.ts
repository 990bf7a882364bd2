/**
 * Watches the checkpoint storage: what becomes the top of the checkpoint log decides what is true, whoever believes what.
 *
 * Checked
 * - The numbers of completed checkpoints rise; epochs and attempts never go back (an entry that lands in a gap below the
 *   top counts for nothing and is left alone).
 * - An epoch belongs to one leader.
 * - All files of a completed checkpoint are there and whole when it completes, and none that a kept one needs is deleted.
 */
import { decodeEntry, type LogEntry } from '../../checkpoint/log-entry.js';
import { filesOfCheckpoint } from '../../checkpoint/snapshot-files.js';
import { positionOf } from '../../checkpoint/storage-layout.js';
import type { StateFile } from '../../job/state-handle.js';
import type { StorageObserver } from '../world/durable-storage.js';
import type { Property } from './violation.js';

export class CheckpointCheck implements StorageObserver {
  /** Told how many have completed. */
  onCompleted: (count: number) => void = () => undefined;
  /** Told that the job has finished: its tasks have, and the log says so. */
  onFinished: () => void = () => undefined;
  #top = 0;
  #last: { readonly epoch: number; readonly attempt: number } = { epoch: 0, attempt: 0 };
  #completed = 0;
  #count = 0;
  readonly #leaders = new Map<number, string>();
  /** Of each completed checkpoint, by its position. */
  readonly #files = new Map<number, readonly StateFile[]>();
  /** Names that the checkpoints which are kept need. */
  #needed: ReadonlySet<string> = new Set();

  /** @param retain how many completed checkpoints are kept */
  constructor(
    private readonly retain: number,
    private readonly isWhole: (file: StateFile) => boolean,
    private readonly violate: (property: Property, message: string) => void,
  ) {}

  /** The youngest completed checkpoint. */
  get completed(): number {
    return this.#completed;
  }

  /** How many have completed. */
  get count(): number {
    return this.#count;
  }

  created(name: string, bytes: Uint8Array): void {
    const position = positionOf(name);
    if (position === undefined || position <= this.#top) return;
    this.#top = position;
    const entry = decodeEntry(bytes, name);
    this.#checkLeader(entry);
    if (entry.kind === 'checkpoint') this.#checkCompleted(position, entry);
    if (entry.kind === 'finished') this.onFinished();
    const kept = [...entry.retained.map((reference) => reference.position), position].filter((at) =>
      this.#files.has(at),
    );
    const needed = kept.slice(-this.retain).flatMap((at) => this.#files.get(at)!);
    this.#needed = new Set(needed.map((file) => file.name));
  }

  deleted(name: string): void {
    if (this.#needed.has(name)) this.violate('no-missing-file', `${name} is deleted, and a kept checkpoint needs it`);
  }

  #checkLeader({ leader, epoch, attempt }: LogEntry): void {
    const former = this.#leaders.get(epoch);
    if (former !== undefined && former !== leader) {
      this.violate('one-leader', `${leader} and ${former} both lead in epoch ${epoch}`);
    }
    this.#leaders.set(epoch, leader);
    const { epoch: lastEpoch, attempt: lastAttempt } = this.#last;
    if (epoch < lastEpoch || (epoch === lastEpoch && attempt < lastAttempt)) {
      this.violate('fenced-store', `attempt ${epoch}.${attempt} wrote behind ${lastEpoch}.${lastAttempt}`);
    }
    this.#last = { epoch, attempt };
  }

  #checkCompleted(position: number, { metadata }: Extract<LogEntry, { kind: 'checkpoint' }>): void {
    const { checkpoint } = metadata;
    if (checkpoint <= this.#completed) {
      this.violate('rising-checkpoints', `checkpoint ${checkpoint} completed behind ${this.#completed}`);
    }
    this.#completed = checkpoint;
    this.onCompleted(++this.#count);
    const files = filesOfCheckpoint(metadata);
    this.#files.set(position, files);
    for (const file of files) {
      if (!this.isWhole(file))
        this.violate('no-missing-file', `checkpoint ${checkpoint} completed without ${file.name}`);
    }
  }
}
