/**
 * Finds the files of an ingress: one split a file, in the order of their paths, each file once however many globs find it.
 *
 * Invariant: a split's id is the path as it was written: relative to the application file, with `/`, or absolute. Alert ids
 * are made from it, so they do not change when the project lies elsewhere.
 */
import { stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { ConnectorError, connectorError, type SourceSplit, type SplitEnumerator } from '../api/index.js';
import { globOptions } from './file-pattern.js';

export class FileEnumerator implements SplitEnumerator {
  constructor(
    readonly ingress: string,
    readonly baseDir: string,
    readonly patterns: readonly string[],
  ) {}

  /** Throws a ConnectorError `not-found` for a path that is not there and a glob that finds nothing. */
  async discover(): Promise<readonly SourceSplit[]> {
    const found = new Map<string, string>();
    for (const pattern of this.patterns) {
      for (const file of await this.#find(pattern)) {
        if (!found.has(file)) found.set(file, isAbsolute(pattern) ? file : this.#relative(file));
      }
    }
    return [...found.values()].sort(byCodePoint).map((id) => ({ id }));
  }

  async close(): Promise<void> {}

  /** Absolute paths. */
  async #find(pattern: string): Promise<readonly string[]> {
    if (await isFile(resolve(this.baseDir, pattern))) return [resolve(this.baseDir, pattern)];
    if (!isDynamicPattern(pattern)) {
      throw new ConnectorError(
        'not-found',
        `ingress ${this.ingress}: there is no file ${resolve(this.baseDir, pattern)}`,
      );
    }
    const files = await glob(pattern, globOptions(this.baseDir));
    if (files.length === 0) {
      throw new ConnectorError('not-found', `ingress ${this.ingress}: no file matches ${pattern} in ${this.baseDir}`);
    }
    return files.map((file) => resolve(file));
  }

  #relative(file: string): string {
    return relative(this.baseDir, file).split(sep).join('/');
  }
}

/** A named pipe or device counts: it can be read. A folder does not. */
async function isFile(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isDirectory();
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return false;
    throw connectorError(path, error);
  }
}

/** The same order on every machine, which a locale's would not be. */
function byCodePoint(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
