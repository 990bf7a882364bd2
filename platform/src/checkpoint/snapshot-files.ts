/** The files that a snapshot names: listing them, and giving them other names. */
import type { KeyedStateHandle, StateBytes, StateFile, SubtaskSnapshot } from '../job/state-handle.js';
import type { CheckpointMetadata } from './checkpoint-metadata.js';

/** Every file that a checkpoint names: its plan's and its subtasks'; one that is shared comes more than once. */
export function filesOfCheckpoint({ tasks, plan }: CheckpointMetadata): StateFile[] {
  const files = tasks.flatMap(({ subtasks }) => subtasks.flatMap(({ snapshot }) => filesOf(snapshot)));
  return plan === undefined ? files : [plan, ...files];
}

export function filesOf({ keyed, operators, channels }: SubtaskSnapshot): StateFile[] {
  const files: StateFile[] = keyed.flatMap(filesOfKeyed);
  for (const { entries } of operators) for (const bytes of entries) if ('file' in bytes) files.push(bytes.file);
  for (const { elements } of channels) if ('file' in elements) files.push(elements.file);
  return files;
}

export function filesOfKeyed({ content }: KeyedStateHandle): StateFile[] {
  if (content.format === 'canonical') return [...content.files];
  return content.files.flatMap((part) => ('file' in part ? [part.file] : []));
}

/** How large all of it is, wherever it lies. */
export function snapshotBytes(snapshot: SubtaskSnapshot): number {
  const inline = [
    ...snapshot.keyed.flatMap(({ content }) => (content.format === 'rocksdb' ? content.files : [])),
    ...snapshot.operators.flatMap(({ entries }) => entries),
    ...snapshot.channels.map(({ elements }) => elements),
  ].map((bytes) => ('inline' in bytes ? bytes.inline.length : 0));
  const files = filesOf(snapshot).map(({ bytes }) => bytes);
  return [...inline, ...files].reduce((sum, bytes) => sum + bytes, 0);
}

/** The same checkpoint with its files under other names. */
export function renameFiles(metadata: CheckpointMetadata, rename: (name: string) => string): CheckpointMetadata {
  const renamed = (file: StateFile): StateFile => ({ ...file, name: rename(file.name) });
  const tasks = metadata.tasks.map(({ task, subtasks }) => ({
    task,
    subtasks: subtasks.map(({ snapshot, staged }) => ({ snapshot: mapFiles(snapshot, renamed), staged })),
  }));
  return { ...metadata, tasks, ...(metadata.plan === undefined ? {} : { plan: renamed(metadata.plan) }) };
}

function mapFiles(snapshot: SubtaskSnapshot, map: (file: StateFile) => StateFile): SubtaskSnapshot {
  const mapBytes = (bytes: StateBytes): StateBytes => ('file' in bytes ? { file: map(bytes.file) } : bytes);
  return {
    keyed: snapshot.keyed.map((handle) => {
      const { content } = handle;
      if (content.format === 'canonical') return { ...handle, content: { ...content, files: content.files.map(map) } };
      const files = content.files.map((part) => ({ local: part.local, ...mapBytes(part) }));
      return { ...handle, content: { ...content, files } };
    }),
    operators: snapshot.operators.map((handle) => ({ ...handle, entries: handle.entries.map(mapBytes) })),
    channels: snapshot.channels.map((handle) => ({ ...handle, elements: mapBytes(handle.elements) })),
  };
}
