/**
 * Finds the files that an ingress follows by globs, again and again. A split is one file, whatever it is called.
 *
 * Invariants
 * - A file is found once: it is known by its inode when it was renamed, and when it was copied, under its old name, by what it
 *   begins with, as `FileFollower` knows it, which reads on there.
 * - A split's id is the path under which the file was found; of one that came under the same name later, `app.log#2`.
 * - What was rotated away from a name, to one that no glob matches, before anybody saw it there is found too.
 * - What is done between two looks is seen as one change: a copy that was renamed by then is a file of its own, and a file
 *   that came and was rotated to where no glob looks is found only if nothing else of that name was renamed.
 */
import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { BigIntStats } from 'node:fs';
import type { SourceSplit, SplitEnumerator } from '../api/index.js';
import { absent } from '../disk/absent.js';
import { unreadable } from './file-follower.js';
import { HEAD_BYTES } from './file-identity.js';
import { movedSince } from './find-again.js';
import {
  COPIED_MEANWHILE,
  COPIED_WHILE_FOLLOWED,
  identifyFollowed,
  inodeOf,
  isCopy,
  isSame,
  type FollowedFile,
} from './followed-file.js';
import type { NamedFile } from './named-files.js';
import { isCompressed } from './rotation.js';

/** A file that has a split. */
interface KnownFile {
  /** As it was last seen. */
  file: FollowedFile;
  /** Absolute: where. */
  path: string;
}

interface SeenFile extends NamedFile {
  readonly stats: BigIntStats;
}

export class GrowingFiles implements SplitEnumerator {
  readonly #found: SourceSplit[] = [];
  readonly #ids = new Set<string>();
  /** By inode and time of birth: a removed file's inode may be another's by now. */
  readonly #files = new Map<string, KnownFile>();
  /** Nothing was looked at yet: what is known was known before a restart. */
  #isFirst = true;

  /**
   * @param discoveryInterval in milliseconds
   * @param look gives the files that the globs match now; asked whether there must be some
   */
  constructor(
    readonly discoveryInterval: number,
    private readonly look: (areSome: boolean) => Promise<readonly NamedFile[]>,
    baseDir: string,
    known: readonly SourceSplit[],
  ) {
    for (const { id, state } of known) {
      this.#ids.add(id);
      const file = state as FollowedFile | undefined;
      if (file !== undefined) this.#know(resolve(baseDir, file.path ?? id), file);
    }
  }

  async discover(): Promise<readonly SourceSplit[]> {
    const seen = await this.#look();
    const there = new Map(seen.map(({ stats }) => [inodeOf(stats), stats]));
    const fresh: SeenFile[] = [];
    for (const file of seen) {
      const known = this.#knownAs(file.stats);
      if (known === undefined) fresh.push(file);
      else await this.#seenAgain(file, known);
    }
    for (const file of fresh) await this.#foundNew(file, there);
    this.#isFirst = false;
    return [...this.#found];
  }

  async close(): Promise<void> {}

  async #look(): Promise<SeenFile[]> {
    const seen: SeenFile[] = [];
    for (const { path, id } of await this.look(this.#isFirst && this.#ids.size === 0)) {
      const stats = await stat(path, { bigint: true }).catch(absent(undefined));
      if (stats?.isFile()) seen.push({ path, id, stats });
      // A pipe is what it is called.
      else if (stats !== undefined && !this.#ids.has(id)) this.#found.push({ id: this.#newId(id) });
    }
    return seen;
  }

  #knownAs(stats: BigIntStats): KnownFile | undefined {
    const inode = inodeOf(stats);
    return this.#files.get(keyOf({ inode, born: String(stats.birthtimeNs) })) ?? this.#files.get(keyOf({ inode }));
  }

  #know(path: string, file: FollowedFile): void {
    this.#files.set(keyOf(file), { file, path });
  }

  async #seenAgain({ path, stats }: SeenFile, known: KnownFile): Promise<void> {
    known.path = path;
    const { head, size } = known.file;
    if (head.bytes < HEAD_BYTES && BigInt(size) !== stats.size) known.file = (await identifyAt(path)) ?? known.file;
  }

  async #foundNew({ path, id }: SeenFile, there: ReadonlyMap<string, BigIntStats>): Promise<void> {
    for (const former of this.#goneFrom(path, there)) {
      const moved = await movedSince(path, former.file);
      if (moved === undefined && (await this.#isCopyOf(former, path))) return;
      for (const later of moved?.slice(1) ?? []) {
        if (this.#knownAs(later.stats) !== undefined || there.has(inodeOf(later.stats))) continue;
        if (isCompressed(later)) throw unreadable(path, later.path);
        await this.#add(later.path, id, later.path.slice(path.length));
      }
    }
    await this.#add(path, id, '');
  }

  /** Files that were last seen there, and are nowhere now. */
  #goneFrom(path: string, there: ReadonlyMap<string, BigIntStats>): KnownFile[] {
    return [...this.#files.values()].filter((known) => {
      const stats = there.get(known.file.inode);
      return known.path === path && !(stats && isSame(known.file, stats));
    });
  }

  /** Then the copy is what the file's split goes on in. */
  async #isCopyOf(former: KnownFile, path: string): Promise<boolean> {
    const handle = await open(path).catch(absent(undefined));
    if (handle === undefined) return false;
    try {
      const headBytesMin = this.#isFirst ? COPIED_MEANWHILE : COPIED_WHILE_FOLLOWED;
      if (!(await isCopy(handle, former.file, headBytesMin))) return false;
      const file = await identifyFollowed(handle, 0);
      if (file !== undefined) this.#know(path, file);
      return file !== undefined;
    } finally {
      await handle.close();
    }
  }

  /** @param rotatedTo what its name has behind that under which it was written */
  async #add(path: string, id: string, rotatedTo: string): Promise<void> {
    const file = await identifyAt(path);
    // It has gone again, or is no file.
    if (file === undefined) return;
    this.#know(path, file);
    this.#found.push({ id: this.#newId(id), state: { ...file, path: id + rotatedTo } satisfies FollowedFile });
  }

  #newId(path: string): string {
    let id = path;
    for (let number = 2; this.#ids.has(id); number++) id = `${path}#${number}`;
    this.#ids.add(id);
    return id;
  }
}

function keyOf({ inode, born = '' }: Pick<FollowedFile, 'inode' | 'born'>): string {
  return `${inode}@${born}`;
}

async function identifyAt(path: string): Promise<FollowedFile | undefined> {
  const handle = await open(path).catch(absent(undefined));
  try {
    return handle && (await identifyFollowed(handle, 0));
  } finally {
    await handle?.close();
  }
}
