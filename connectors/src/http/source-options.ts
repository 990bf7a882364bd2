/** The options of the source `http`. */
import { fields } from '../api/index.js';

export const sourceOptions = fields({
  port: {
    type: 'integer',
    required: true,
    minimum: 0,
    maximum: 65535,
    description: 'The port to listen on; 0 takes a free one.',
  },
  host: {
    type: 'string',
    default: '127.0.0.1',
    description:
      'The address to listen on. Any other than a loopback address needs insecure: true, as there is no authentication.',
  },
  path: { type: 'string', default: '/', pattern: '/.*', description: 'The path that takes records.' },
  insecure: {
    type: 'boolean',
    default: false,
    description: 'Allows an address that others can reach. Everybody who reaches it can send records.',
  },
  allowedHosts: {
    type: 'list',
    of: { type: 'string', description: 'A host name.' },
    description:
      'Names by which senders may call this server (the Host header without its port), besides its own address and localhost. Others are refused, which keeps web pages from sending through a visitor; pages of these names, and of this very server, may send.',
  },
  maxBody: { type: 'size', default: '8MiB', description: 'A body larger than this is answered 413.' },
  maxConnections: {
    type: 'integer',
    default: 256,
    minimum: 1,
    description: 'Connections beyond this are closed at once, whatever those before them do.',
  },
  requestTimeout: {
    type: 'duration',
    default: '30s',
    description: 'How long a request may take to arrive, its head at most 10 s of that; a slower one is answered 408.',
  },
  maxBacklog: {
    type: 'size',
    default: '256MiB',
    description: 'While more than this is stored and not yet processed, requests are answered 503 with Retry-After.',
  },
  maxLog: {
    type: 'size',
    default: '4GiB',
    description: 'While the log on disk is larger than this, requests are answered 503. Checkpoints make room in it.',
  },
});
