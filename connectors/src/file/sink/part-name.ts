/**
 * The names of the parts of a folder, and what they say.
 *
 * | name                                      | what it is                                                         |
 * |-------------------------------------------|--------------------------------------------------------------------|
 * | `.part-2-0-7.jsonl.inprogress`            | being written by subtask 2 in attempt 0, its seventh file          |
 * | `.part-2-00000041-0.jsonl.pending`        | staged as epoch 41, complete and durable, not committed            |
 * | `part-2-00000041-0.jsonl`                 | committed                                                          |
 * | `.part-2-0.jsonl.inprogress`, `part-2-0…` | below exactly-once: all of an attempt's records                   |
 *
 * Invariant: the names of a subtask's committed parts sort in the order of its records.
 */

export interface PartName {
  readonly subtask: number;
  readonly state: 'in-progress' | 'pending' | 'committed';
  /** Of a pending or committed part that was written exactly once. */
  readonly epoch: number | undefined;
}

const NAME = /^(?<hidden>\.)?part-(?<subtask>\d+)-(?<second>\d+)(?<third>-\d+)?(?!\d)/;
const EPOCH_DIGITS = 8;

/** Undefined for what is none of ours. */
export function parsePartName(name: string): PartName | undefined {
  const groups = NAME.exec(name)?.groups;
  if (groups === undefined) return undefined;
  const state = stateOf(name, groups['hidden'] !== undefined);
  if (state === undefined) return undefined;
  const hasEpoch = state !== 'in-progress' && groups['third'] !== undefined;
  return { subtask: Number(groups['subtask']), state, epoch: hasEpoch ? Number(groups['second']) : undefined };
}

function stateOf(name: string, isHidden: boolean): PartName['state'] | undefined {
  if (!isHidden) return 'committed';
  if (name.endsWith('.inprogress')) return 'in-progress';
  return name.endsWith('.pending') ? 'pending' : undefined;
}

export function inProgressName(subtask: number, attempt: number, count: number, suffix: string): string {
  return `.part-${subtask}-${attempt}-${count}${suffix}.inprogress`;
}

export function committedName(subtask: number, epoch: number, attempt: number, suffix: string): string {
  return `part-${subtask}-${String(epoch).padStart(EPOCH_DIGITS, '0')}-${attempt}${suffix}`;
}

export function pendingName(committed: string): string {
  return `.${committed}.pending`;
}
