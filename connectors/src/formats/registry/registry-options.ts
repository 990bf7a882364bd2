/** The options that say where a schema registry is. */
import { declare, type ValueOf } from '../../api/index.js';

export const registryOption = declare({
  type: 'object',
  shorthand: 'url',
  description:
    "A schema registry as Confluent's: each message says by which of its schemas it was written. Schemas are fetched when they are first met.",
  example: 'http://localhost:8081',
  fields: {
    url: { type: 'string', required: true, description: 'Its address; redirects are not followed.' },
    username: { type: 'string', description: 'Who asks, where it wants to know.' },
    password: { type: 'string', secret: true, description: 'With username.' },
    token: { type: 'string', secret: true, description: 'A bearer token, in place of username and password.' },
  },
});

export type RegistryOptions = ValueOf<typeof registryOption>;
