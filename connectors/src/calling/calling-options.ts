/** The options of a sink that calls one URL. */
import { fields, type ConfigOf } from '../api/index.js';

export const callingOptions = fields({
  contentType: { type: 'string', default: 'application/json', description: 'The media type of a request.' },
  headers: {
    type: 'map',
    of: { type: 'string', secret: true, description: 'A value; line ends and other control characters are refused.' },
    description: 'Further headers, such as Authorization. Values are never printed.',
    example: { Authorization: 'Bearer ${secret:/run/secrets/token}' },
  },
  timeout: { type: 'duration', default: '10s', description: 'How long an answer may take.' },
  allowPrivate: {
    type: 'boolean',
    description:
      'Whether the URL may lead to this machine or to a private network. Default: only if its host is such an address, `localhost`, or a name without a dot or of a local domain. Link-local addresses are never called.',
  },
});

export type CallingOptions = ConfigOf<typeof callingOptions>;
