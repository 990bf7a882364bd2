/** A folder on a small disk of its own, which can be filled: a tmpfs, in a mount namespace that somebody has made. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

const SIZE = '48m';

export class SmallDisk {
  private constructor(private readonly folder: string) {}

  /** @param folder empty */
  static mount(folder: string): SmallDisk {
    must('mount', '-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder);
    return new SmallDisk(folder);
  }

  /** To the last block. */
  fill(): void {
    spawnSync('dd', ['if=/dev/zero', `of=${this.#filler}`, 'bs=64k']);
  }

  free(): void {
    rmSync(this.#filler, { force: true });
  }

  unmount(): void {
    must('umount', '--lazy', this.folder);
  }

  get #filler(): string {
    return join(this.folder, 'filler');
  }
}

function must(command: string, ...words: readonly string[]): void {
  const { status, stderr } = spawnSync(command, words);
  if (status !== 0) throw new Error(`${command} ${words.join(' ')}: ${stderr.toString()}`);
}
