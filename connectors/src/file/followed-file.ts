/**
 * By what a file that is followed is known again: by device, inode and time of birth, which it keeps under whatever name,
 * and when it was copied by what it begins with.
 */
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { beginsAs, HEAD_BYTES, identify, type FileIdentity } from './file-identity.js';

/** Plain data: the state of a followed split, which says what file its offset lies in. */
export interface FollowedFile extends FileIdentity {
  /** Where it was found, as written in a split's id. Absent: there. */
  readonly path?: string;
  /** Device and inode. */
  readonly inode: string;
  /** Time of birth, ns; absent where the file system knows none. It tells a file from a later one with its inode. */
  readonly born?: string;
  /** The split's offset at the file's first byte. */
  readonly base: number;
}

export function inodeOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

/** Undefined for what has no length: a pipe, a device. */
export async function identifyFollowed(handle: FileHandle, base: number): Promise<FollowedFile | undefined> {
  const identity = await identify(handle);
  if (identity === undefined) return undefined;
  const stats = await handle.stat({ bigint: true });
  return {
    ...identity,
    inode: inodeOf(stats),
    ...(stats.birthtimeNs === 0n ? {} : { born: String(stats.birthtimeNs) }),
    base,
  };
}

/** Whether it is that very file, whatever it holds and is called now. */
export function isSame({ inode, born }: Pick<FollowedFile, 'inode' | 'born'>, stats: BigIntStats): boolean {
  const isOther = born !== undefined && stats.birthtimeNs !== 0n && born !== String(stats.birthtimeNs);
  return inodeOf(stats) === inode && !isOther;
}

/**
 * Whether another file, under the same name, is a copy: it begins with all that is known of the beginning, and is no shorter.
 * @param headBytesMin that must be known of it
 */
export async function isCopy(handle: FileHandle, known: FollowedFile, headBytesMin: number): Promise<boolean> {
  if (known.head.bytes < headBytesMin) return false;
  return Number((await handle.stat()).size) >= known.size && (await beginsAs(handle, known));
}

/** While a file is followed: a successor may well begin with the same few lines. */
export const COPIED_WHILE_FOLLOWED = HEAD_BYTES;
/** Of one that was followed, and is nowhere else. */
export const COPIED_MEANWHILE = 1;
