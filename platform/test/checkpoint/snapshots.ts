/** Snapshots and metadata for tests. */
import type { StagedEpoch } from '@tidegate/connectors/api';
import type { CheckpointMetadata, SubtaskState } from '../../src/checkpoint/checkpoint-metadata.js';
import type { KeyGroupRange, OperatorStateHandle, StateFile, SubtaskSnapshot } from '../../src/job/state-handle.js';

export const EMPTY_SNAPSHOT: SubtaskSnapshot = { keyed: [], operators: [], channels: [] };

export function file(name: string): StateFile {
  return { name, bytes: name.length, crc32: 7 };
}

export function keyed(owner: string, keyGroups: KeyGroupRange, files: readonly string[]): SubtaskSnapshot['keyed'] {
  const states = [{ owner, name: 's', kind: 'value', codec: 'json/1', schema: { fields: ['a'] } }] as const;
  const content = {
    format: 'rocksdb',
    version: 1,
    ids: [0],
    files: files.map((name) => ({ local: name, file: file(name) })),
  } as const;
  return [{ keyGroups, states, content }];
}

export function operatorState(
  owner: string,
  mode: OperatorStateHandle['mode'],
  entries: readonly string[],
): SubtaskSnapshot['operators'] {
  return [{ owner, name: 'o', mode, entries: entries.map((entry) => ({ inline: Buffer.from(entry) })) }];
}

export function state(snapshot: Partial<SubtaskSnapshot>, staged: readonly StagedEpoch[] = []): SubtaskState {
  return { snapshot: { ...EMPTY_SNAPSHOT, ...snapshot }, staged };
}

export function metadataOf(
  checkpoint: number,
  tasks: Readonly<Record<string, readonly SubtaskState[]>>,
  more: Partial<CheckpointMetadata> = {},
): CheckpointMetadata {
  const subtasks = Object.entries(tasks).map(([task, states]) => ({ task, subtasks: states }));
  return { job: 'job', checkpoint, timestamp: 1000, type: 'checkpoint', maxParallelism: 8, tasks: subtasks, ...more };
}

/** A checkpoint of one task that has one subtask, with these files. */
export function metadataWith(checkpoint: number, files: readonly string[], more: Partial<CheckpointMetadata> = {}) {
  return metadataOf(
    checkpoint,
    { 'rules.a': [state({ keyed: keyed('rules.a', { first: 0, last: 7 }, files) })] },
    more,
  );
}
