/** The options that name a queue and the server that holds it. */
import { ConnectorError, fields, type ConfigOf } from '../api/index.js';
import { clientOptions } from '../redis/client-options.js';

export const queueOptions = fields({
  ...clientOptions,
  queue: { type: 'string', required: true, description: "The queue's name; it holds no colon." },
  prefix: {
    type: 'string',
    default: 'bull',
    description: "What the keys of the queue begin with: BullMQ's own default.",
  },
});

export type QueueOptions = ConfigOf<typeof queueOptions>;

/** Throws a ConnectorError for a name that BullMQ does not take. @param subject the ingress or egress */
export function assertQueueName(queue: string, subject: string): void {
  if (queue !== '' && !queue.includes(':')) return;
  throw new ConnectorError(
    'invalid-option',
    `${subject}: queue: ${JSON.stringify(queue)} is no name for a queue: BullMQ takes no colon`,
  );
}
