/** The options that say where a schema registry is, and what is written by. */
import { declare, type FormatUse, type OptionFault, type ValueOf } from '../../api/index.js';

export const registryOption = declare({
  type: 'object',
  shorthand: 'url',
  description:
    "A schema registry as Confluent's: each message says by which of its schemas it was written. To read, schemas are fetched when they are first met; to write, the subject's when the egress starts.",
  example: 'http://localhost:8081',
  fields: {
    url: { type: 'string', required: true, description: 'Its address; redirects are not followed.' },
    username: { type: 'string', description: 'Who asks, where it wants to know.' },
    password: { type: 'string', secret: true, description: 'With username.' },
    token: { type: 'string', secret: true, description: 'A bearer token, in place of username and password.' },
    subject: {
      type: 'string',
      description:
        "To write: the subject whose schema is written by, which Confluent's own clients call by the topic. Without a schema of one's own it is the latest that is registered when the egress starts.",
      example: 'alerts-value',
    },
    register: {
      type: 'boolean',
      description:
        "To write by a schema of one's own: registers it below the subject where it is not yet. Otherwise it must be there.",
    },
  },
});

export type RegistryOptions = ValueOf<typeof registryOption>;

/** What is wrong with them for this use. @param hasSchema whether there is a schema of one's own */
export function registryFault(
  { subject, register }: RegistryOptions,
  use: FormatUse,
  hasSchema: boolean,
): OptionFault | undefined {
  const fault = (reason: string): OptionFault => ({ option: 'registry', reason });
  if (use === 'read')
    return subject === undefined && register === undefined
      ? undefined
      : fault('subject and register of a registry are for an egress: messages that are read name their schemas');
  if (subject === undefined)
    return fault(
      "an egress writes by the schema of a subject: add subject to registry, such as alerts-value for Confluent's own clients and the topic alerts",
    );
  if (register === true && !hasSchema) return fault('register needs a schema to register: add schema');
  return undefined;
}
