/** `egresses.NAME`: where alerts, late events and bad records go. */
import { declare } from '@tidegate/connectors/api';
import type { Registry } from '../registry.js';
import { NAME, renamedFrom } from './names.js';
import { formatDeclaration, variantsOf } from './registered.js';

export function egressDeclaration(registry: Registry) {
  return declare({
    type: 'object',
    description: 'A place that records are written to. Exactly one key names its connector.',
    fields: {
      format: formatDeclaration(registry, 'write'),
      delivery: {
        type: 'string',
        enum: ['none', 'at-least-once', 'exactly-once'],
        description:
          'What is promised after a crash. `exactly-once`: records appear when a checkpoint completes, each once. `at-least-once`: at once, and perhaps again. Default: the strongest that the connector and `settings.checkpoint` offer.',
      },
      renamedFrom: renamedFrom('egress', NAME),
    },
    variants: variantsOf(registry.sinks),
    later: { kafka: 'Kafka comes with a later version' },
  });
}
