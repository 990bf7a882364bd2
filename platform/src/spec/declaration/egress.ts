/** `egresses.NAME`: where alerts, late events and bad records go. */
import { declare } from '@tidegate/connectors/api';
import type { Registry } from '../registry.js';
import { NAME, renamedFrom, TYPENAME } from './names.js';
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
      parallelism: {
        type: 'integer',
        minimum: 1,
        maximum: 1024,
        default: 1,
        description:
          'How many subtasks write, at most `settings.parallelism`. One keeps the order of alerts; several keep none, and are only for what takes several writers, such as a folder.',
        example: 2,
      },
      typename: {
        type: 'string',
        pattern: TYPENAME,
        description: 'The name under which stateful functions send to it, namespace/name. Without one they cannot.',
        example: 'shop/ended',
      },
      renamedFrom: renamedFrom('egress', NAME),
    },
    variants: variantsOf(registry.sinks),
  });
}
