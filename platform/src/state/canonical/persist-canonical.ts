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
  const stream = new PieceStream(pieces, yieldToEventLoop);
  await stream.advance();
  while (stream.next !== undefined) {
    const number = stream.next.file;
    files.push(await target.write(number === 0 ? name : `${name}-${number}`, stream.contentOf(number)));
    // A target that does not read to the end has not written the file.
    if (stream.next?.file === number) throw new Error(`the target left off in the middle of ${name}`);
  }
  return files;
}

/** Pieces that have bytes. A class, as V8 makes a prototype and a map for every closure that is a generator. */
class PieceStream {
  next: FilePiece | undefined;

  constructor(
    private readonly pieces: Iterator<FilePiece>,
    private readonly yieldToEventLoop: () => Promise<void>,
  ) {}

  async advance(): Promise<void> {
    for (;;) {
      const result = this.pieces.next();
      this.next = result.done === true ? undefined : result.value;
      if (this.next === undefined) return;
      await this.yieldToEventLoop();
      if (this.next.bytes.length > 0) return;
    }
  }

  async *contentOf(number: number): AsyncGenerator<Uint8Array> {
    while (this.next?.file === number) {
      yield this.next.bytes;
      await this.advance();
    }
  }
}
