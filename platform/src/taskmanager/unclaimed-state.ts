/**
 * State that was given to a task and that none of its operators has asked for. It would be in no checkpoint from now on, so
 * it is lost only when that was said to be meant.
 */
import { TidegateError } from '../common/errors.js';
import type { TaskDeployment } from '../rpc/task-execution.js';
import type { TaskState } from '../task/subtask-checkpoints.js';

/**
 * To be asked when all operators are built.
 *
 * @param owners of the task's state; that of others, which may lie in the same files, is theirs
 * @throws TidegateError TG440
 */
export function refuseUnclaimed(
  { restore }: TaskDeployment,
  { keyed, operators }: TaskState,
  owners: ReadonlySet<string>,
): void {
  if (restore === undefined || restore.allowNonRestoredState === true) return;
  // Without a store nobody keeps keyed state there.
  const left = keyed?.unclaimed() ?? restore.snapshot.keyed.flatMap(({ states }) => states);
  const surplus = [...left, ...operators.unclaimed()].filter(({ owner }) => owners.has(owner));
  if (surplus.length === 0) return;
  const names = [...new Set(surplus.map(({ owner, name }) => `${name} of ${owner}`))].sort();
  const text =
    `checkpoint ${restore.checkpoint} has state that nothing in the application takes: ${names.join(', ')}. ` +
    'Leave it behind with --allow-non-restored-state, or go back to the version that wrote it.';
  throw new TidegateError('TG440', text);
}
