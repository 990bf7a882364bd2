/**
 * Finds the file again in which a followed split goes on, after a restart.
 *
 * It is looked for under its name; in its folder, where it was rotated to; and if it is nowhere, under its name again, as a
 * copy of itself: its folder was moved to another machine.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { absent } from '../disk/absent.js';
import { COPIED_MEANWHILE, COPIED_WHILE_FOLLOWED, isCopy, isSame, type FollowedFile } from './followed-file.js';
import { rotatedSince, siblingsOf, type Sibling } from './rotation.js';

export interface FoundAgain {
  readonly handle: FileHandle;
  /** What was rotated away from the name after it, oldest first. */
  readonly later: readonly Sibling[];
}

/** Undefined when it is gone. The caller closes the handle. */
export async function findAgain(path: string, known: FollowedFile): Promise<FoundAgain | undefined> {
  const named = await open(path).catch(absent(undefined));
  if (named !== undefined && isSame(known, await named.stat({ bigint: true }))) return { handle: named, later: [] };
  const moved = await movedSince(path, known);
  if (moved !== undefined) return openMoved(moved, named);
  if (named !== undefined && (await isCopy(named, known, COPIED_MEANWHILE))) return { handle: named, later: [] };
  await named?.close();
  return undefined;
}

/** Where a file lies in its folder that was renamed, and what was rotated away from its name after it. */
export async function movedSince(path: string, known: FollowedFile): Promise<readonly Sibling[] | undefined> {
  const rotated = await rotatedSince(path, ({ stats }) => isSame(known, stats));
  if (rotated !== undefined) return rotated;
  const moved = (await siblingsOf(path)).find(({ stats }) => isSame(known, stats));
  return moved && [moved];
}

/** As `findAgain`, of a file that was copied with others of its folder, and was rotated. */
export async function findCopyAgain(path: string, known: FollowedFile): Promise<FoundAgain | undefined> {
  const copies = await rotatedSince(path, (sibling) => isCopiedTo(sibling, known));
  return copies && openMoved(copies, undefined);
}

async function openMoved([first, ...later]: readonly Sibling[], named: FileHandle | undefined): Promise<FoundAgain> {
  await named?.close();
  return { handle: await open(first!.path), later };
}

async function isCopiedTo({ path }: Sibling, known: FollowedFile): Promise<boolean> {
  const handle = await open(path);
  try {
    return await isCopy(handle, known, COPIED_WHILE_FOLLOWED);
  } finally {
    await handle.close();
  }
}
