/** The options of the sink `playground`. */
import { fields } from '../api/index.js';

export const sinkOptions = fields({
  port: {
    type: 'integer',
    required: true,
    minimum: 0,
    maximum: 65535,
    description: 'The port to listen on; 0 takes a free one.',
    example: 8091,
  },
  host: {
    type: 'string',
    default: '127.0.0.1',
    description:
      'The address to listen on. Any other than a loopback address needs insecure: true, as there is no authentication.',
  },
  topic: {
    type: 'template',
    description: 'The topic that a record waits in. Default: records.',
    example: '{{ topic }}',
  },
  keep: {
    type: 'integer',
    default: 1_000_000,
    minimum: 1,
    maximum: 1_000_000,
    description:
      'How many records wait at most, of all topics together; what comes then is dropped, which the log says.',
  },
  insecure: {
    type: 'boolean',
    default: false,
    description: 'Allows an address that others can reach. Everybody who reaches it can take records.',
  },
});
