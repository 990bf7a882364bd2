/** Brings the operator state of a checkpoint into memory, whole. */
import type { OperatorStateHandle, StateBytes } from '../job/state-handle.js';
import { OperatorStateStore } from '../state/operator-state/operator-state-store.js';
import type { CheckpointFiles } from './environment.js';

export async function readOperatorState(
  restored: readonly OperatorStateHandle[],
  files: CheckpointFiles,
): Promise<OperatorStateStore> {
  const handles: OperatorStateHandle[] = [];
  for (const handle of restored) {
    const entries: StateBytes[] = [];
    for (const entry of handle.entries) entries.push({ inline: await files.read(entry) });
    handles.push({ ...handle, entries });
  }
  return new OperatorStateStore(handles);
}
