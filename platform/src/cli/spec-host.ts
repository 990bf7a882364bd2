/** The front's host on a real file system. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { MAX_FILE_BYTES } from '../spec/text/decode-source.js';
import type { SpecHost } from '../spec/host.js';
import type { Io } from './io.js';

/** Secrets and schemas are small too; what is larger is not read into memory. */
const MAX_BYTES = 16 * MAX_FILE_BYTES;

export function fileSystemHost({ env, cwd }: Pick<Io, 'env' | 'cwd'>): SpecHost {
  const absolute = (...paths: readonly string[]) => resolve(cwd, ...paths);
  return {
    env,
    resolve: absolute,
    readFile(path) {
      const stat = statSync(absolute(path), { throwIfNoEntry: false });
      if (stat === undefined) throw new Error('there is no such file');
      if (stat.size > MAX_BYTES) throw new Error(`it has ${stat.size} bytes`);
      return readFileSync(absolute(path));
    },
    listFolder(path) {
      return statSync(absolute(path), { throwIfNoEntry: false })?.isDirectory() === true
        ? readdirSync(absolute(path))
        : undefined;
    },
  };
}
