/** `egresses.NAME`: where alerts, late events and bad records go. */
import { declare } from '@tidegate/connectors/api';
import type { Registry } from '../registry.js';
import { formatDeclaration, variantsOf } from './registered.js';

export function egressDeclaration(registry: Registry) {
  return declare({
    type: 'object',
    description: 'A place that records are written to. Exactly one key names its connector.',
    fields: {
      format: formatDeclaration(registry, 'write'),
      delivery: {
        type: 'string',
        enum: ['none', 'at-least-once'],
        later: { 'exactly-once': 'it comes with checkpoints; leave the key out for the strongest of this version' },
        description:
          'What is promised after a crash. Default: the strongest that the connector offers in this version.',
      },
    },
    variants: variantsOf(registry.sinks),
    later: {
      kafka: 'Kafka comes with a later version',
      renamedFrom: 'renaming with state comes with a later version; remove the key',
    },
  });
}
