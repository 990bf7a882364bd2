/**
 * The names of the lines of an egress, one a subtask: a random part makes each unique, so that epochs of one history are
 * never taken for those of another. They lie in the egress's state folder, a file `line-<subtask>` each.
 *
 * Invariants
 * - A name is durable before it is used, and is read back: of two attempts that make one at the same time both use the same.
 */
import { join } from 'node:path';
import { telling } from '../api/index.js';
import { ignoring } from '../disk/absent.js';
import { readBlocks } from '../disk/byte-range.js';
import { writeFully, type FileSystem } from '../disk/file-system.js';
import { randomName } from './random-name.js';

const LINE = /^line-(\d+)$/;
/** What a whole name ends with: a file without it was being written when its attempt died. */
const END = '\n';
const MAX_BYTES = 4096;

export class LineNames {
  constructor(
    private readonly files: FileSystem,
    private readonly folder: string,
    private readonly prefix: string,
    private readonly random: () => number,
  ) {}

  /** Of subtasks, at whatever parallelism there was. */
  list(): Promise<ReadonlyMap<number, string>> {
    return telling(this.folder, this.#list());
  }

  async #list(): Promise<ReadonlyMap<number, string>> {
    const names = new Map<number, string>();
    for (const file of await this.files.list(this.folder)) {
      const subtask = LINE.exec(file)?.[1];
      const name = subtask === undefined ? undefined : await this.#read(file);
      if (name !== undefined) names.set(Number(subtask), name);
    }
    return names;
  }

  /** A new name for a subtask that has none. */
  create(subtask: number): Promise<string> {
    return telling(this.folder, this.#create(subtask));
  }

  async #create(subtask: number): Promise<string> {
    const { files, folder, prefix } = this;
    const path = join(folder, `line-${subtask}`);
    await files.makeFolder(folder);
    if ((await this.#read(`line-${subtask}`)) === undefined) await files.remove(path);
    const file = await files.open(path, 'wx').catch(ignoring('EEXIST', undefined));
    if (file !== undefined) {
      try {
        await writeFully(file, Buffer.from(`${prefix}-${subtask}-${randomName(this.random)}${END}`), 0);
        await file.sync();
      } finally {
        await file.close();
      }
      await files.syncFolder(folder);
    }
    return (await this.#read(`line-${subtask}`)) ?? this.#create(subtask);
  }

  remove(subtask: number): Promise<void> {
    return telling(this.folder, this.files.remove(join(this.folder, `line-${subtask}`)));
  }

  /** Undefined where there is none, or an unfinished one. */
  async #read(name: string): Promise<string | undefined> {
    const file = await this.files.open(join(this.folder, name), 'r').catch(ignoring('ENOENT', undefined));
    if (file === undefined) return undefined;
    try {
      let text = '';
      for await (const block of readBlocks(file, 0, MAX_BYTES)) text += block.toString();
      return text.endsWith(END) ? text.slice(0, -END.length) : undefined;
    } finally {
      await file.close();
    }
  }
}
