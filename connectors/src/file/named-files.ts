/**
 * The files that an ingress's paths and globs name now, in the order of their paths, each once however many globs match it.
 */
import { stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { ConnectorError, connectorError } from '../api/index.js';
import { globOptions, matchesPattern } from './file-pattern.js';

export interface NamedFile {
  /** Absolute. */
  readonly path: string;
  /**
   * The path as it was written: relative to the application file, with `/`, or absolute. Alert ids are made from it, so they
   * do not change when the project lies elsewhere.
   */
  readonly id: string;
}

export interface NamedFilesOptions {
  /** The ingress, for messages. */
  readonly ingress: string;
  readonly baseDir: string;
  readonly patterns: readonly string[];
}

/**
 * @param areSome each path must be there, and each glob find something
 * @throws ConnectorError `not-found`
 */
export async function namedFiles(options: NamedFilesOptions, areSome: boolean): Promise<readonly NamedFile[]> {
  const { baseDir, patterns } = options;
  const found = new Map<string, string>();
  for (const pattern of patterns) {
    for (const path of await find(pattern, options, areSome)) {
      if (!found.has(path)) found.set(path, written(path, pattern, baseDir));
    }
  }
  return [...found].map(([path, id]) => ({ path, id })).sort((left, right) => byCodePoint(left.id, right.id));
}

/** The `id` of a file, if the patterns match its absolute path. */
export function nameOf(path: string, { baseDir, patterns }: NamedFilesOptions): string | undefined {
  const pattern = patterns.find((each) => matchesPattern(each, baseDir, path));
  return pattern === undefined ? undefined : written(path, pattern, baseDir);
}

function written(path: string, pattern: string, baseDir: string): string {
  return isAbsolute(pattern) ? path : relative(baseDir, path).split(sep).join('/');
}

/** Absolute paths. */
async function find(
  pattern: string,
  { ingress, baseDir }: NamedFilesOptions,
  areSome: boolean,
): Promise<readonly string[]> {
  if (await isFile(resolve(baseDir, pattern))) return [resolve(baseDir, pattern)];
  const isGlob = isDynamicPattern(pattern);
  const files = isGlob ? await glob(pattern, globOptions(baseDir)) : [];
  if (files.length > 0 || !areSome) return files.map((file) => resolve(file));
  throw new ConnectorError(
    'not-found',
    `ingress ${ingress}: ${isGlob ? `no file matches ${pattern} in ${baseDir}` : `there is no file ${resolve(baseDir, pattern)}`}`,
  );
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
