/** Where the files of a log have gone that lay under its name before: `app.log.1`, `app.log-20240101`. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { BigIntStats } from 'node:fs';

export interface Sibling {
  readonly path: string;
  readonly stats: BigIntStats;
}

/** The other files of a file's folder. */
export async function siblingsOf(path: string): Promise<readonly Sibling[]> {
  const folder = dirname(path);
  const siblings: Sibling[] = [];
  for (const name of await readdir(folder)) {
    if (name === basename(path)) continue;
    const stats = await stat(join(folder, name), { bigint: true }).catch(() => undefined);
    if (stats?.isFile()) siblings.push({ path: join(folder, name), stats });
  }
  return siblings;
}

/**
 * The files that were rotated away from a name since a certain one lay there, that one first, in the order of their last
 * changes; undefined when it is not to be found.
 */
export async function rotatedSince(
  path: string,
  isThatOne: (candidate: Sibling) => boolean | Promise<boolean>,
): Promise<readonly Sibling[] | undefined> {
  const rotated = (await siblingsOf(path)).filter((sibling) => sibling.path.startsWith(path));
  rotated.sort((left, right) => Number(left.stats.mtimeNs - right.stats.mtimeNs));
  for (const [index, candidate] of rotated.entries()) if (await isThatOne(candidate)) return rotated.slice(index);
  return undefined;
}

const COMPRESSED = /\.(?:gz|bz2|xz|zst|lz4)$/;

export function isCompressed({ path }: Sibling): boolean {
  return COMPRESSED.test(path);
}
