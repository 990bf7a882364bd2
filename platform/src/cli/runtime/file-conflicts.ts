/**
 * Refuses a job that would destroy its own input or write one file twice: a file egress empties its file at the start.
 * Paths are compared as written and resolved; a glob that also matches the egress's file is not seen.
 */
import { resolve } from 'node:path';
import { TidegateError } from '../../common/errors.js';
import type { Configured, StreamGraph } from '../../job/stream-graph.js';

export function assertFilesDistinct({ sources, sinks, tables, settings }: StreamGraph): void {
  const users = new Map<string, string>();
  const readers = [
    ...sources.flatMap(({ id, connector }) => pathsOf(connector).map((path) => ({ id, path }))),
    ...tables.map(({ id, file }) => ({ id, path: file })),
  ];
  for (const { id, path } of readers) users.set(resolve(settings.baseDir, path), id);
  for (const { id, connector } of sinks) {
    for (const path of pathsOf(connector)) {
      const file = resolve(settings.baseDir, path);
      const other = users.get(file);
      if (other !== undefined) {
        throw new TidegateError('TG407', `${id} would write ${path}, which ${other} uses. Give it a file of its own.`);
      }
      users.set(file, id);
    }
  }
}

function pathsOf({ type, options }: Configured): readonly string[] {
  if (type !== 'file') return [];
  const path = options['path'];
  return (Array.isArray(path) ? path : [path]).filter((one): one is string => typeof one === 'string');
}
