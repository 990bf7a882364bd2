/** Where the files of a log have gone that lay under its name before: `app.log.1`, `app.log-20240101`. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Stats } from 'node:fs';

/** Device and inode, which a file keeps when it is renamed. */
export function inodeOf({ dev, ino }: Pick<Stats, 'dev' | 'ino'>): string {
  return `${dev}:${ino}`;
}

/**
 * The files that were rotated away from a name since a certain one lay there, that one first, in the order of their last
 * changes; undefined when it is not to be found.
 */
export async function rotatedSince(
  path: string,
  isThatOne: (candidate: string) => Promise<boolean>,
): Promise<readonly string[] | undefined> {
  const folder = dirname(path);
  const name = basename(path);
  const siblings: { readonly path: string; readonly changed: number }[] = [];
  for (const sibling of await readdir(folder)) {
    if (sibling === name || !sibling.startsWith(name)) continue;
    const stats = await stat(join(folder, sibling)).catch(() => undefined);
    if (stats?.isFile()) siblings.push({ path: join(folder, sibling), changed: stats.mtimeMs });
  }
  siblings.sort((left, right) => left.changed - right.changed);
  for (const [index, sibling] of siblings.entries()) {
    if (await isThatOne(sibling.path)) return siblings.slice(index).map((each) => each.path);
  }
  return undefined;
}
