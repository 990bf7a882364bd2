/** The options of the file source and sink. */
import { fields } from '../api/index.js';

export const sourceOptions = fields({
  path: {
    type: 'list',
    of: { type: 'string', description: 'A path or a glob such as logs/*.jsonl or data/**/*.csv.gz.' },
    oneOrMany: true,
    required: true,
    description:
      'Files to read, as paths or globs relative to the application file. Each file is one split; they are read one after the other in the order of their names. A name ending in .gz is decompressed.',
    example: 'data/*.jsonl',
  },
  follow: {
    type: 'boolean',
    default: false,
    description:
      'Goes on reading what is appended, like tail -F: the ingress never ends. A file that was replaced (rotated) is read to its end and then from the beginning of the new one; a file that was truncated is read from its beginning. A glob takes in files that come later, and reads each once, also when it is renamed; files that no longer grow hold event time back until the idleTimeout of the ingress. A copy of a file under its name is read on in where it has all that was known of the beginning.',
  },
  pollInterval: {
    type: 'duration',
    default: '250ms',
    description: 'With follow: how often a file is looked at for more, and a glob for new files.',
  },
});

export const sinkOptions = fields({
  path: {
    type: 'string',
    required: true,
    description:
      'The file to write, relative to the application file; folders are made. A start from the beginning empties it. A path ending in / is a folder of part files, one a subtask, which get their final name when they are complete.',
    example: 'out/alerts.jsonl',
  },
  suffix: {
    type: 'string',
    default: '.jsonl',
    description: 'With a folder: how the names of the part files end.',
  },
});
