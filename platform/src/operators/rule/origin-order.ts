/**
 * The order of records with one timestamp: by stream, split and offset. Records of one split arrive so already; those of
 * several splits or subtasks arrive as chance has it, and matches must not depend on that.
 */
import type { StreamRecord } from '../../record/stream-record.js';

export function byOrigin(left: StreamRecord, right: StreamRecord): number {
  if (left.split !== right.split) {
    const bySplit = compare(left.split.ingress, right.split.ingress) || compare(left.split.id, right.split.id);
    if (bySplit !== 0) return bySplit;
  }
  return compare(left.offset, right.offset);
}

/** Offsets of one split are all numbers, or all texts. */
function compare(left: string | number, right: string | number): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
