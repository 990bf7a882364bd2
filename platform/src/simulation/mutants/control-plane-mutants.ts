/** Planted bugs of checkpoints, fences, restarts and commits. */
import { CheckpointStore } from '../../checkpoint/checkpoint-store.js';
import { FileReferences } from '../../checkpoint/file-references.js';
import { PendingCheckpoint } from '../../checkpoint/pending-checkpoint.js';
import { KafkaSink } from '@tidegate/connectors/kafka';
import { TidegateError } from '../../common/errors.js';
import { StateFiles } from '../world/state-files.js';
import { replaceMethod, type Mutant } from './mutant.js';

export const CONTROL_PLANE_MUTANTS: readonly Mutant[] = [
  {
    name: 'acknowledge-before-durable',
    description: 'A worker takes a file for durable when it has been written.',
    seedsMax: 60,
    plant: () =>
      replaceMethod(StateFiles, 'write', (original) => {
        return function (this: StateFiles, from, name, bytes, done): void {
          original.call(this, from, name, bytes, () => undefined);
          from.schedule(0, () => done({ file: this.fileOf(name, bytes) }));
        };
      }),
  },
  {
    name: 'notify-before-persist',
    description: 'A checkpoint counts as complete before its entry in the log is durable.',
    firstSeed: 20,
    seedsMax: 100,
    plant: () =>
      replaceMethod(CheckpointStore, 'add', (original) => {
        return function (this: CheckpointStore, metadata, done): void {
          done({ kind: 'stored' });
          original.call(this, metadata, () => undefined);
        };
      }),
  },
  {
    name: 'no-commit-on-restore',
    description: 'A restored sink does not commit the epochs of its checkpoint.',
    seedsMax: 60,
    plant: () =>
      replaceMethod(KafkaSink, 'createCommitter', (original) => {
        return function (this: KafkaSink, subtask) {
          const committer = original.call(this, subtask);
          const recover = committer.recover.bind(committer);
          committer.recover = (restored) => recover(restored && { ...restored, staged: [] });
          return committer;
        };
      }),
  },
  {
    name: 'fence-not-awaited',
    description: 'An attempt starts before its fence is durable.',
    firstSeed: 200,
    seedsMax: 100,
    plant: () =>
      replaceMethod(CheckpointStore, 'fence', (original) => {
        return function (this: CheckpointStore, attempt, done): void {
          original.call(this, attempt, () => undefined);
          done({ kind: 'stored' });
        };
      }),
  },
  {
    name: 'epoch-not-raised',
    description: 'A new leader takes the epoch of the one before.',
    seedsMax: 20,
    plant: () =>
      replaceMethod(CheckpointStore, 'recover', (original) => {
        return function (this: CheckpointStore, done): void {
          original.call(this, (recovery) => {
            done(recovery instanceof TidegateError ? recovery : { ...recovery, epoch: 1 });
          });
        };
      }),
  },
  {
    name: 'numbers-given-again',
    description: 'A new leader begins with checkpoint 1.',
    seedsMax: 20,
    plant: () =>
      replaceMethod(CheckpointStore, 'recover', (original) => {
        return function (this: CheckpointStore, done): void {
          original.call(this, (recovery) => {
            done(recovery instanceof TidegateError ? recovery : { ...recovery, nextCheckpoint: 1 });
          });
        };
      }),
  },
  {
    name: 'ends-while-records-go-round',
    description: 'A job whose sources are exhausted ends although something is in flight in a loop.',
    seedsMax: 100,
    plant: () => replaceMethod(PendingCheckpoint, 'isQuiescent', () => () => true),
  },
  {
    name: 'live-files-swept',
    description: 'The sweep does not ask whether a file is still needed.',
    seedsMax: 20,
    plant: () => replaceMethod(FileReferences, 'has', () => () => false),
  },
];
