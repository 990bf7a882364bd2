/**
 * What a path or glob of an ingress stands for: one meaning for whoever reads the files and whoever checks beforehand.
 *
 * Invariants
 * - A pattern that names a file is that file, glob characters or not; otherwise globs match files, and no hidden ones.
 * - Patterns are taken from the folder of the application file, written with `/`.
 */
import { statSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import { globSync, type GlobOptions } from 'tinyglobby';

export function globOptions(baseDir: string): GlobOptions {
  return { cwd: baseDir, absolute: true, onlyFiles: true, expandDirectories: false };
}

/** Whether the pattern finds an absolute path, be there such a file already or not. */
export function matchesPattern(pattern: string, baseDir: string, path: string): boolean {
  if (resolve(baseDir, pattern) === path) return true;
  const written = (isAbsolute(pattern) ? path : relative(baseDir, path)).split(sep).join('/');
  return picomatch.isMatch(written, pattern);
}

/** Whether the pattern finds any file now. */
export function findsFiles(pattern: string, baseDir: string): boolean {
  if (statSync(resolve(baseDir, pattern), { throwIfNoEntry: false })?.isDirectory() === false) return true;
  return globSync(pattern, globOptions(baseDir)).length > 0;
}
