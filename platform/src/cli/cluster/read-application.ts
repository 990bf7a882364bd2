/** The texts of an application on this machine, to be submitted. */
import { DiagnosticBag } from '../../spec/diagnostic-bag.js';
import { readSources } from '../../spec/sources.js';
import type { SourceText } from '../../spec/text/source-text.js';
import { TidegateError } from '../../common/errors.js';
import type { ApplicationFile } from '../../coordinator/dispatcher/job-submission.js';
import type { Io } from '../io.js';
import { fileSystemHost } from '../spec-host.js';

export interface ReadApplication {
  readonly files: readonly ApplicationFile[];
  readonly baseDir: string;
  /** For frames of diagnostics. */
  readonly sources: ReadonlyMap<string, SourceText>;
}

/** @throws TidegateError TG451 when there is nothing to be read */
export function readApplication(path: string, io: Pick<Io, 'env' | 'cwd'>): ReadApplication {
  const diagnostics = new DiagnosticBag();
  const { sources, baseDir } = readSources({ path }, fileSystemHost(io), diagnostics);
  const [problem] = diagnostics.sorted();
  if (problem !== undefined) throw new TidegateError('TG451', problem.message);
  return {
    files: sources.map(({ file, text }) => ({ file, text })),
    baseDir,
    sources: new Map(sources.map((source) => [source.file, source])),
  };
}
