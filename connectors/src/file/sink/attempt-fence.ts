/**
 * Keeps an attempt that was taken for dead from discarding what a later one has written.
 *
 * Invariants
 * - An attempt puts up its mark before it looks at what is there, and never goes on when it sees a higher one.
 * - So what was listed before `assertLatest` cannot be a later attempt's: that one puts its mark up first.
 */
import { join } from 'node:path';
import { ConnectorError } from '../../api/index.js';
import type { FileSystem } from '../../disk/file-system.js';

const MARK = /^attempt-(\d+)$/;

export class AttemptFence {
  constructor(
    readonly files: FileSystem,
    readonly folder: string,
    readonly attempt: number,
    /** The egress, for messages. */
    readonly egress: string,
  ) {}

  /** Throws a ConnectorError `fenced`. */
  async raise(): Promise<void> {
    await this.files.makeFolder(this.folder);
    await this.assertLatest();
    const mark = await this.files.open(join(this.folder, `attempt-${this.attempt}`), 'w');
    await mark.close();
    await this.files.syncFolder(this.folder);
    // Of two that came at the same time, the lower sees the higher one's mark here, if not before.
    for (const attempt of await this.assertLatest()) {
      if (attempt < this.attempt) await this.files.remove(join(this.folder, `attempt-${attempt}`));
    }
  }

  /** Throws a ConnectorError `fenced`; otherwise gives the marks that stand. */
  async assertLatest(): Promise<readonly number[]> {
    const names = await this.files.list(this.folder);
    const attempts = names.flatMap((name) => MARK.exec(name)?.[1] ?? []).map(Number);
    const latest = Math.max(...attempts, this.attempt);
    if (latest > this.attempt) {
      throw new ConnectorError(
        'fenced',
        `egress ${this.egress}: attempt ${latest} has taken over from attempt ${this.attempt}`,
      );
    }
    return attempts;
  }

  /**
   * Removes what earlier attempts left in a folder.
   * @returns how many; another attempt may have put more there meanwhile
   * @throws ConnectorError `fenced`
   */
  async removeFrom(folder: string, isOver: (name: string) => boolean): Promise<number> {
    const over = (await this.files.list(folder)).filter(isOver);
    await this.assertLatest();
    for (const name of over) await this.files.remove(join(folder, name));
    return over.length;
  }
}
