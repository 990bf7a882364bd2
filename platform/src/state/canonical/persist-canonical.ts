/** Brings pieces of canonical files to a target, with the event loop in between. */
import type { StateFile } from '../../job/state-handle.js';
import type { SnapshotTarget } from '../keyed-snapshot.js';
import type { FilePiece } from './write-canonical.js';

/**
 * @param name of the first file; further ones get a number behind it
 * @returns the files in their order; none when there was nothing to write
 */
export async function persistCanonical(
  pieces: Iterator<FilePiece>,
  target: SnapshotTarget,
  name: string,
  yieldToEventLoop: () => Promise<void>,
): Promise<StateFile[]> {
  const files: StateFile[] = [];
  let next = await nextPiece();
  while (next !== undefined) {
    const number = next.file;
    files.push(await target.write(number === 0 ? name : `${name}-${number}`, contentOf(number)));
    // A target that does not read to the end has not written the file.
    if (next?.file === number) throw new Error(`the target left off in the middle of ${name}`);
  }
  return files;

  /** The next piece that has bytes. */
  async function nextPiece(): Promise<FilePiece | undefined> {
    for (;;) {
      const result = pieces.next();
      if (result.done === true) return undefined;
      await yieldToEventLoop();
      if (result.value.bytes.length > 0) return result.value;
    }
  }

  async function* contentOf(number: number): AsyncGenerator<Uint8Array> {
    while (next !== undefined && next.file === number) {
      yield next.bytes;
      next = await nextPiece();
    }
  }
}
