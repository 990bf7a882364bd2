/**
 * Refuses a job that would destroy its own input, read its own output or write one file twice: a file egress empties its
 * file at the start, and whatever an ingress's glob matches is read.
 */
import { join, resolve } from 'node:path';
import { matchesPattern } from '@tidegate/connectors/file';
import { TidegateError } from '../../common/errors.js';
import type { Configured, StreamGraph } from '../../job/stream-graph.js';

export function assertFilesDistinct({ sources, sinks, tables, settings: { baseDir } }: StreamGraph): void {
  const readers = [
    ...sources.flatMap(({ id, connector }) => pathsOf(connector).map((pattern) => ({ id, pattern }))),
    ...tables.map(({ id, file }) => ({ id, pattern: file })),
  ];
  const writers = new Map<string, string>();
  for (const { id, connector } of sinks) {
    for (const path of pathsOf(connector)) {
      const file = resolve(baseDir, path);
      const written = path.endsWith('/') ? partOf(file, connector) : file;
      const reader = readers.find(({ pattern }) => matchesPattern(pattern, baseDir, written));
      const other = reader?.id ?? writers.get(file);
      if (other !== undefined) {
        throw new TidegateError('TG407', `${id} would write ${path}, which ${other} uses. Give it a file of its own.`);
      }
      writers.set(file, id);
    }
  }
}

/** One of the files that a folder egress makes. */
function partOf(folder: string, { options }: Configured): string {
  const { suffix } = options;
  return join(folder, `part-0-0${typeof suffix === 'string' ? suffix : ''}`);
}

function pathsOf({ type, options }: Configured): readonly string[] {
  if (type !== 'file') return [];
  const path = options['path'];
  return (Array.isArray(path) ? path : [path]).filter((one): one is string => typeof one === 'string');
}
