/** What earlier attempts left in a folder of parts that is written below exactly-once. */
import { join } from 'node:path';
import { connectorError, type SinkSubtask } from '../../api/index.js';
import type { FileSystem } from '../../disk/file-system.js';
import { parsePartName } from './part-name.js';
import { cutTornLine } from '../../disk/torn-line.js';

const OPEN_PART = /^\.(part-\d+-\d+(?![\d-]).*)\.inprogress$/;

/** Removes the parts of a subtask, and of those that it stands for after a change of the parallelism. */
export async function discardParts(files: FileSystem, folder: string, owner: SinkSubtask): Promise<void> {
  try {
    for (const name of await ownParts(files, folder, owner)) await files.remove(join(folder, name));
  } catch (error) {
    throw connectorError(folder, error);
  }
}

/** Gives parts that were open when an attempt died their final names: what is in them was delivered. */
export async function completeParts(files: FileSystem, folder: string, owner: SinkSubtask): Promise<void> {
  try {
    for (const name of await ownParts(files, folder, owner)) {
      const final = OPEN_PART.exec(name)?.[1];
      if (final === undefined) continue;
      await cutTornLine(files, join(folder, name));
      await files.rename(join(folder, name), join(folder, final));
    }
    await files.syncFolder(folder);
  } catch (error) {
    throw connectorError(folder, error);
  }
}

async function ownParts(
  files: FileSystem,
  folder: string,
  { subtask, parallelism }: SinkSubtask,
): Promise<readonly string[]> {
  await files.makeFolder(folder);
  return (await files.list(folder)).filter((name) => {
    const part = parsePartName(name);
    return part !== undefined && part.subtask % parallelism === subtask;
  });
}
