/**
 * The canonical format of keyed state: what savepoints of every backend and checkpoints of the heap are written in.
 *
 * A file is MAGIC, the version (2 bytes), then frames: the payload's length (4 bytes), its CRC-32 (4 bytes), the payload.
 * The first frame says which states there are; frames of entries follow, each of one key group and one state, in the
 * order key group | state | address; the last frame counts the entries. All integers are big-endian.
 *
 * Invariants
 * - A file without its last frame, or with anything behind it, is damaged: no prefix of a file is a file.
 * - Each byte is under a checksum or compared with what it must be.
 * - States are numbered in the order of owner and name (UTF-16 code units), so that equal state is equal bytes.
 */
import type { StateDescription } from '../../job/state-handle.js';

/** `TGSTATE` and a line feed that a careless text transfer would change. */
export const MAGIC = Uint8Array.of(0x54, 0x47, 0x53, 0x54, 0x41, 0x54, 0x45, 0x0a);
export const CANONICAL_VERSION = 1;
export const HEAD_BYTES = MAGIC.length + 2;
export const FRAME_HEAD_BYTES = 8;

export const FRAME = { states: 1, entries: 2, end: 3 } as const;

/** A frame of entries is closed when it is this long; a longer value has a frame of its own. */
export const FRAME_BYTES = 64 * 1024;
/** A file is closed at the first frame that reaches this. */
export const FILE_BYTES = 64 * 1024 * 1024;

export interface CanonicalEntry {
  readonly keyGroup: number;
  /** Index in the file's states. */
  readonly state: number;
  /** See `entry-address`. */
  readonly address: Uint8Array;
  readonly value: Uint8Array;
}

export function inCanonicalOrder(states: readonly StateDescription[]): StateDescription[] {
  return [...states].sort((a, b) => compareText(a.owner, b.owner) || compareText(a.name, b.name));
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
