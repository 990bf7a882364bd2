/**
 * The completed checkpoints of a job: adds to them, keeps the youngest, and deletes every file that no checkpoint needs.
 *
 * Invariants
 * - A checkpoint is complete when its entry in the checkpoint log is (see checkpoint-log.ts): nothing is told before.
 * - A file is deleted only when no retained checkpoint and no pending one holds it, and after the log names it no more.
 * - A checkpoint may share files only with what is held already: an acknowledgement that names a dropped file is refused.
 * - What older epochs wrote, or what was written for checkpoints that were given up, and is held by nobody, is swept away
 *   when an attempt begins, with its first checkpoint, and with each checkpoint that follows one that was given up.
 * - Completed savepoints are never deleted. They take the place of no checkpoint that the next one builds on.
 * - The plan lies in the storage before any attempt of its leader begins, and as long as a checkpoint that was taken under
 *   it is retained: so whoever finds a checkpoint finds its plan.
 */
import { crc32 } from 'node:zlib';
import { TidegateError } from '../common/errors.js';
import type { StateFile } from '../job/state-handle.js';
import type { AppendOutcome, CheckpointLog } from './checkpoint-log.js';
import type { CheckpointMetadata } from './checkpoint-metadata.js';
import { FileReferences } from './file-references.js';
import { encodeEntry, type EntryContent } from './log-entry.js';
import { readLog, type CompletedCheckpoint, type StartFrom } from './read-log.js';
import { encodeSavepoint } from './savepoint.js';
import { filesOfCheckpoint } from './snapshot-files.js';
import {
  checkpointFolder,
  folderOf,
  planName,
  SAVEPOINT_PREFIX,
  savepointMetadataName,
  savepointPlanName,
  STATE_PREFIX,
} from './storage-layout.js';
import type { StorageRequests } from './storage-requests.js';

export interface StoreOptions {
  /** Unique over all processes and time. */
  readonly leader: string;
  /** How many completed checkpoints are kept; at least 1. */
  readonly retain: number;
  readonly startFrom: StartFrom;
  /** Whether the job is known to have run: then its log must be there, unless it starts from the beginning. */
  readonly mustExist: boolean;
  /** What the job's checkpoints are taken under, for those who find them. Absent: nobody asks. */
  readonly plan?: Uint8Array;
}

/** What a leader finds. */
export interface Recovery {
  /** The leader's own epoch. */
  readonly epoch: number;
  /** The number of its first checkpoint. */
  readonly nextCheckpoint: number;
  readonly warnings: readonly string[];
}

export type StoreOutcome =
  | { readonly kind: 'stored' }
  /** Another leader has taken over. */
  | { readonly kind: 'fenced' }
  /** The storage does not take it; nothing was stored. */
  | { readonly kind: 'failed'; readonly message: string };

export class CheckpointStore {
  #epoch = 0;
  #attempt = 0;
  #retained: CompletedCheckpoint[] = [];
  /** No longer to be kept, but the log still says that they are: their files stay until it does not. */
  #givenUp: CompletedCheckpoint[] = [];
  readonly #references = new FileReferences();
  /** Stored under this leader's epoch. */
  #plan: StateFile | undefined;
  /** Checkpoints under way, and what they hold: the files of their base, and of their acknowledgements. */
  readonly #pending = new Map<number, Set<string>>();
  #rewound = false;
  /** Subtasks may have written what nobody was told of. */
  #mustSweep = false;

  constructor(
    private readonly storage: StorageRequests,
    private readonly log: CheckpointLog,
    private readonly options: StoreOptions,
  ) {}

  /** Where the next attempt starts from; undefined: from the beginning. */
  get latest(): CompletedCheckpoint | undefined {
    return this.#retained.at(-1);
  }

  /** Whether a later checkpoint than `latest` may have been completed: the job goes back. */
  get rewound(): boolean {
    return this.#rewound;
  }

  /** Reads what earlier leaders left. @param done told TG421, TG422 or TG430 where it cannot be used */
  recover(done: (recovery: Recovery | TidegateError) => void): void {
    this.log.read((entries) => {
      this.storage.list(STATE_PREFIX, (names) => {
        const { startFrom, mustExist } = this.options;
        const isExpected = names.length > 0 || mustExist;
        if (entries.size === 0 && isExpected && startFrom !== 'beginning') return done(lostLog(names[0]));
        try {
          const content = readLog({ entries, state: new Set(names) }, startFrom);
          const former = this.#retained.splice(0);
          for (const checkpoint of content.retained) this.#retain(checkpoint);
          // Behind those of now, with which they share files. Another leader has written the log, and dropped the rest.
          for (const { metadata } of former) this.#references.release(stateFiles(metadata));
          this.#rewound = content.rewound;
          this.#epoch = content.epoch + 1;
          done({ epoch: this.#epoch, nextCheckpoint: content.checkpoint + 1, warnings: content.warnings });
        } catch (error) {
          if (!(error instanceof TidegateError)) throw error;
          // A leader that is not dead yet may have dropped what was just read of: then its log has gone on.
          this.log.hasMoved((moved) => (moved ? this.recover(done) : done(error)));
        }
      });
    });
  }

  /**
   * Makes a savepoint the job's latest checkpoint.
   * @param metadata with a number of this job's own
   */
  adopt(metadata: CheckpointMetadata, done: (outcome: StoreOutcome) => void): void {
    this.#append({ kind: 'checkpoint', metadata }, done, true);
  }

  /**
   * The latest checkpoint proved to be damaged: the next attempt starts from the one before.
   * @returns whether that is allowed and there is one
   */
  giveUpLatest(): boolean {
    if (this.options.startFrom !== 'latest-whole' || this.#retained.length < 2) return false;
    this.#givenUp.push(this.#retained.pop()!);
    this.#rewound = true;
    return true;
  }

  /** Begins an attempt: from here on no older one can complete a checkpoint. */
  fence(attempt: number, done: (outcome: StoreOutcome) => void): void {
    this.#attempt = attempt;
    this.#mustSweep = true;
    this.#append({ kind: 'fence' }, (outcome) => {
      if (outcome.kind === 'stored') this.#keepPlan(done);
      else done(outcome);
    });
  }

  /** Behind the leader's first fence: by it the epoch is this leader's alone. */
  #keepPlan(done: (outcome: StoreOutcome) => void): void {
    const { plan } = this.options;
    const name = planName(this.#epoch);
    if (plan === undefined || this.#plan?.name === name) return done({ kind: 'stored' });
    this.#references.hold(new Set([name]));
    this.storage.create(name, plan, (outcome) => {
      if (outcome.kind === 'created') {
        this.#plan = planFile(name, plan);
        return done({ kind: 'stored' });
      }
      this.#references.release(new Set([name]));
      done({ kind: 'failed', message: outcome.kind === 'full' ? outcome.message : `${name} is taken` });
    });
  }

  /**
   * A checkpoint is triggered: what lies in its folder is left alone.
   * @returns the complete checkpoint on which it may build; that one's files are kept until this one has ended
   */
  begin(checkpoint: number, type: CheckpointMetadata['type'] = 'checkpoint'): number | undefined {
    // A savepoint is whole in its own folder: it neither builds on others, nor do others on it.
    const base = type === 'checkpoint' ? this.#base?.metadata : undefined;
    const held = base === undefined ? new Set<string>() : stateFiles(base);
    this.#references.hold(held);
    this.#pending.set(checkpoint, held);
    return base?.checkpoint;
  }

  /**
   * Takes what a subtask acknowledged for a pending checkpoint into account.
   * @returns undefined, or a file that it names and that is not the checkpoint's: it was dropped, or never of this job
   */
  hold(barrier: Pick<CheckpointMetadata, 'checkpoint' | 'type'>, files: readonly StateFile[]): string | undefined {
    const held = this.#pending.get(barrier.checkpoint)!;
    const own = checkpointFolder(this.#epoch, barrier);
    const isThere = (name: string) =>
      folderOf(name)?.folder === own || (barrier.type === 'checkpoint' && this.#isShared(name));
    const foreign = files.find(({ name }) => !isThere(name));
    if (foreign !== undefined) return foreign.name;
    const names = ownNames(files);
    const added = new Set([...names].filter((name) => !held.has(name)));
    this.#references.hold(added);
    for (const name of added) held.add(name);
    return undefined;
  }

  /** Savepoints are never dropped. */
  #isShared(name: string): boolean {
    return this.#references.has(name) || (name.startsWith(SAVEPOINT_PREFIX) && folderOf(name) !== undefined);
  }

  /** A pending checkpoint is given up. */
  abandon(checkpoint: number): void {
    this.#mustSweep = true;
    this.storage.delete(this.#letGo(checkpoint));
  }

  /** Deletes what a subtask wrote for a checkpoint that is no longer pending, as far as nobody holds it. */
  discard(files: readonly StateFile[]): void {
    this.storage.delete([...ownNames(files)].filter((name) => this.#isAbandoned(name)));
  }

  /** Completes a pending checkpoint; unless it is stored, it is pending still. */
  add(taken: CheckpointMetadata, done: (outcome: StoreOutcome) => void): void {
    if (taken.type === 'savepoint') return this.#addSavepoint(taken, done);
    const metadata = this.#plan === undefined ? taken : { ...taken, plan: this.#plan };
    this.#append({ kind: 'checkpoint', metadata }, done, false);
  }

  #addSavepoint(taken: CheckpointMetadata, done: (outcome: StoreOutcome) => void): void {
    const folder = checkpointFolder(this.#epoch, taken);
    const create = (name: string, bytes: Uint8Array, created: () => void) =>
      this.storage.create(name, bytes, (outcome) => {
        if (outcome.kind === 'created') created();
        else done({ kind: 'failed', message: outcome.kind === 'full' ? outcome.message : `${folder} is taken` });
      });
    const complete = (metadata: CheckpointMetadata) =>
      create(savepointMetadataName(folder), encodeSavepoint(metadata, folder), () =>
        this.#append({ kind: 'checkpoint', metadata }, done, false),
      );
    const { plan } = this.options;
    const name = savepointPlanName(folder);
    if (plan === undefined) complete(taken);
    else create(name, plan, () => complete({ ...taken, plan: planFile(name, plan) }));
  }

  /** The job has finished: it needs its checkpoints no more. */
  finish(lastCheckpoint: number, done: (outcome: StoreOutcome) => void): void {
    this.#mustSweep = true;
    this.#append({ kind: 'finished', checkpoint: lastCheckpoint }, done, false);
  }

  /** @param rewound undefined: as before */
  #append(content: EntryContent, done: (outcome: StoreOutcome) => void, rewound?: boolean): void {
    const encode = () =>
      encodeEntry({
        leader: this.options.leader,
        epoch: this.#epoch,
        attempt: this.#attempt,
        retained: this.#keptBelow(content).map(({ reference }) => reference),
        rewound: rewound ?? this.#rewound,
        ...content,
      });
    this.log.append(encode, (outcome) => {
      if (outcome.kind === 'appended') {
        this.#rewound = rewound ?? this.#rewound;
        this.#appended(content, outcome);
      }
      if (outcome.kind === 'full') done({ kind: 'failed', message: outcome.message });
      else done({ kind: outcome.kind === 'appended' ? 'stored' : 'fenced' });
    });
  }

  /** What the next checkpoint may build on. */
  get #base(): CompletedCheckpoint | undefined {
    return this.#retained.findLast(({ metadata }) => metadata.type === 'checkpoint');
  }

  /** What stays when an entry has been appended: the youngest, and behind a savepoint what the next checkpoint builds on. */
  #keptBelow(content: EntryContent): readonly CompletedCheckpoint[] {
    const { kind } = content;
    const count = kind === 'finished' ? 0 : this.options.retain - (kind === 'checkpoint' ? 1 : 0);
    const youngest = this.#retained.slice(Math.max(0, this.#retained.length - count));
    const base = kind === 'checkpoint' && content.metadata.type === 'savepoint' ? this.#base : undefined;
    return base === undefined || youngest.includes(base) ? youngest : [base, ...youngest];
  }

  #appended(content: EntryContent, { reference, positions }: AppendOutcome & { readonly kind: 'appended' }): void {
    const below = this.#keptBelow(content);
    const surplus = [...this.#retained.filter((checkpoint) => !below.includes(checkpoint)), ...this.#givenUp.splice(0)];
    const dropped: string[] = [];
    this.#retained = [...below];
    if (content.kind === 'checkpoint') {
      this.#retain({ reference, metadata: content.metadata });
      dropped.push(...this.#letGo(content.metadata.checkpoint));
    }
    if (content.kind === 'finished' && this.#plan !== undefined) {
      this.#references.release(new Set([this.#plan.name]));
      this.#plan = undefined;
    }
    for (const { metadata } of surplus) dropped.push(...this.#references.release(stateFiles(metadata)));
    const kept = new Set(this.#retained.map(({ reference: { position } }) => position));
    // The log first: what it names is there, however early this ends.
    this.log.delete(
      positions.filter((position) => position !== reference.position && !kept.has(position)),
      () => this.storage.delete(dropped),
    );
    if (this.#mustSweep) this.#sweep();
    // Attempts that were taken for dead may still write for a while: once more after the first checkpoint.
    this.#mustSweep = content.kind === 'fence';
  }

  #retain(checkpoint: CompletedCheckpoint): void {
    this.#retained.push(checkpoint);
    this.#references.hold(stateFiles(checkpoint.metadata));
  }

  /** @returns files that nobody holds any more */
  #letGo(checkpoint: number): string[] {
    const held = this.#pending.get(checkpoint) ?? new Set();
    this.#pending.delete(checkpoint);
    return this.#references.release(held);
  }

  #sweep(): void {
    this.storage.list(STATE_PREFIX, (names) => this.storage.delete(names.filter((name) => this.#isAbandoned(name))));
    this.storage.list(SAVEPOINT_PREFIX, (names) => {
      const whole = new Set(
        names
          .map((name) => folderOf(name)?.folder)
          .filter((folder) => {
            return folder !== undefined && names.includes(savepointMetadataName(folder));
          }),
      );
      this.storage.delete(names.filter((name) => !whole.has(folderOf(name)?.folder) && this.#isAbandoned(name)));
    });
  }

  /** Nobody holds it, and nobody who may still complete a checkpoint writes it. */
  #isAbandoned(name: string): boolean {
    const folder = folderOf(name);
    if (folder === undefined || this.#references.has(name) || folder.epoch > this.#epoch) return false;
    return folder.epoch < this.#epoch || !this.#pending.has(folder.checkpoint);
  }
}

/** The names of files that the store may delete: not those of savepoints. */
function ownNames(files: readonly StateFile[]): Set<string> {
  return new Set(files.map(({ name }) => name).filter((name) => name.startsWith(STATE_PREFIX)));
}

function planFile(name: string, plan: Uint8Array): StateFile {
  return { name, bytes: plan.length, crc32: crc32(plan) };
}

function stateFiles(metadata: CheckpointMetadata): Set<string> {
  return ownNames(filesOfCheckpoint(metadata));
}

function lostLog(stateFile: string | undefined): TidegateError {
  const found = stateFile === undefined ? 'the job has run before' : `there is state of the job (${stateFile})`;
  const text = `${found}, but its checkpoint log is gone. Bring the folder log/ back, or start from the beginning on purpose.`;
  return new TidegateError('TG430', text);
}
