/** The connector `playground`: what was written waits until somebody asks for it, to try out an application by hand. */
import { declareSink, type Connector } from '../api/index.js';
import { PlaygroundSink } from './playground-sink.js';
import { sinkOptions } from './sink-options.js';

export const playground: Connector = {
  name: 'playground',
  sink: declareSink({
    name: 'playground',
    description:
      "To try out an application by hand: GET /TOPIC gives, once, the oldest record that was written to the topic, as the egress of Apache StateFun's playground does. Records wait in memory: they end with the process.",
    options: sinkOptions,
    shorthand: 'port',
    example: 'playground: 8091',
    deliveries: ['none'],
    maxParallelism: () => 1,
    createSink: (options, context) => new PlaygroundSink(options, context),
  }),
};
