/**
 * A run whose state, or a part of it, lies on a small disk of its own that can be filled and made read-only: a tmpfs in a
 * mount namespace, which ends with the run.
 */
import { join } from 'node:path';
import { Child, until } from '../applications/child.js';

/** What of the state lies on the small disk: everything, the checkpoints alone, or everything but them. */
export type Part = 'all' | 'checkpoints' | 'databases';

/** `$0` is the folder of the state, `$DISK` the small disk. Takes lines of shell, and ends with the run. */
const MOUNT: Readonly<Record<Part, string>> = {
  all: 'DISK="$0"; mount -t tmpfs -o size=6m tmpfs "$DISK"',
  checkpoints: 'DISK="$0/checkpoints"; mkdir -p "$DISK" && mount -t tmpfs -o size=6m tmpfs "$DISK"',
  databases:
    'DISK="$0"; mount -t tmpfs -o size=6m tmpfs "$DISK" && mkdir "$0/checkpoints" "$0-other" && mount --bind "$0-other" "$0/checkpoints"',
};
/** Whatever runs there ends with it. */
export const OWN_MOUNTS = ['unshare', '--mount', '--pid', '--fork', '--kill-child'] as const;
const SERVE = '"$@" <&- & run=$!; while read -r line; do eval "$line"; echo "done"; done; wait $run';

export class SmallDisk {
  readonly run: Child;
  #done = 0;

  /** @param folder of the application, whose `settings.stateDir` is `state` */
  constructor(folder: string, part: Part) {
    const below = [
      ...OWN_MOUNTS,
      'sh',
      '-c',
      `mkdir -p "$0" && ${MOUNT[part]} && { ${SERVE}; }`,
      join(folder, 'state'),
    ];
    this.run = new Child(['run', '--quiet'], { cwd: folder, below });
  }

  fill(): Promise<void> {
    return this.#does('dd if=/dev/zero of="$DISK/filler" bs=4k 2>/dev/null');
  }

  free(): Promise<void> {
    return this.#does('rm "$DISK/filler"');
  }

  /** Refused for as long as somebody has a file open to write. */
  readOnly(): Promise<void> {
    return this.#does('until mount -o remount,ro "$DISK" 2>/dev/null; do sleep 0.02; done');
  }

  writable(): Promise<void> {
    return this.#does('mount -o remount,rw "$DISK"');
  }

  /** Names of the files of the state, relative to its folder. */
  async files(): Promise<string[]> {
    const from = this.run.out.length;
    await this.#does('(cd "$0" && find . -type f)');
    return [...this.run.out.slice(from).matchAll(/^\.\/(.*)$/gm)].map(([, name]) => name ?? '');
  }

  /** Ends the run and with it the disk. */
  async stop(): Promise<void> {
    await this.#does('kill -INT $run');
    this.run.process.stdin?.end();
    await this.run.finished;
  }

  async #does(line: string): Promise<void> {
    const expected = ++this.#done;
    this.run.process.stdin?.write(`${line}\n`);
    await until(() => (this.run.out.match(/^done$/gm)?.length ?? 0) >= expected, this.run);
  }
}
