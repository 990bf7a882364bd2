/** The files of an ingress that are found once: each is a split, named by its path. */
import type { SourceSplit, SplitEnumerator } from '../api/index.js';
import { namedFiles, type NamedFilesOptions } from './named-files.js';

export class FileEnumerator implements SplitEnumerator {
  constructor(readonly options: NamedFilesOptions) {}

  /** Throws a ConnectorError `not-found` for a path that is not there and a glob that finds nothing. */
  async discover(): Promise<readonly SourceSplit[]> {
    return (await namedFiles(this.options, true)).map(({ id }) => ({ id }));
  }

  async close(): Promise<void> {}
}
