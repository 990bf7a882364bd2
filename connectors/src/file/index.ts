/** The connector `file`: reads files, compressed or growing ones too, and writes them. */
import { declareSink, declareSource, type Connector } from '../api/index.js';
import { FileSink, isFolderPath } from './sink/file-sink.js';
import { FileSource } from './file-source.js';
import { sinkOptions, sourceOptions } from './options.js';

export { findsFiles, matchesPattern } from './file-pattern.js';
export { FileSink } from './sink/file-sink.js';
export type { FileStatus, FileSystem, OpenFile, OpenMode } from '../disk/file-system.js';

export const file: Connector = {
  name: 'file',
  source: declareSource({
    name: 'file',
    description: 'Files of records, one after the other in the order of their names; with follow, as they grow.',
    options: sourceOptions,
    shorthand: 'path',
    example: 'file: { path: data/*.jsonl }',
    createSource: (options, format, context) => new FileSource(options, format, context),
  }),
  sink: declareSink({
    name: 'file',
    description:
      'A file of records, one a line, or a folder of part files. Exactly once where checkpoints are on: records are seen when their checkpoint is complete, and a file is cut back when the job goes on from an earlier one.',
    options: sinkOptions,
    shorthand: 'path',
    example: 'file: { path: out/alerts.jsonl }',
    deliveries: ['none', 'at-least-once', 'exactly-once'],
    maxParallelism: ({ path }) => (isFolderPath(path) ? undefined : 1),
    createSink: (options, context, header) => new FileSink(options, context, header),
  }),
};
