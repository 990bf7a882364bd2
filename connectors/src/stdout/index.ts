/** The connector `stdout`: prints each record as a line, at once. */
import { declareSink, fields, type Connector } from '../api/index.js';
import { StreamSink } from './stream-sink.js';

export const stdout: Connector = {
  name: 'stdout',
  sink: declareSink({
    name: 'stdout',
    description: 'The terminal: each record is printed at once as a line. After a crash lines may come again.',
    options: fields({}),
    example: 'stdout: {}',
    deliveries: ['at-least-once'],
    maxParallelism: () => 1,
    defaultFormat: 'text',
    createSink: (_options, context, header) => new StreamSink(process.stdout, 'stdout', context, header),
  }),
};
