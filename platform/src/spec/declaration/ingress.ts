/** `ingresses.NAME`: one stream of events: its connector, format, schema and time. */
import { declare, type Fields } from '@tidegate/connectors/api';
import type { Registry } from '../registry.js';
import { ingressDecision } from './decision.js';
import { NAME, renamedFrom } from './names.js';
import { formatDeclaration, variantsOf } from './registered.js';
import { time } from './time.js';

const onBadRecord = declare({
  type: 'choice',
  description:
    'What happens to a record that cannot be read or does not fit the schema: `fail` the job (the default), `skip` it, or `{ to: EGRESS }` with its position and the reason.',
  scalar: { type: 'string', enum: ['fail', 'skip'], description: 'Fail the job, or count the record and go on.' },
  map: {
    type: 'object',
    description: 'Bad records go to an egress.',
    fields: {
      to: { type: 'reference', to: ['egress'], required: true, description: 'The egress.', example: 'bad-records' },
    },
  },
});

export const ingressFields = {
  schema: {
    type: 'schema',
    description:
      'The types of the fields; expressions are checked against them. Without it every field may be absent and has any type.',
    example: { cardId: 'string', amount: 'double', country: 'string?' },
  },
  time,
  onBadRecord,
  decision: ingressDecision,
} as const satisfies Fields;

export function ingressDeclaration(registry: Registry) {
  return declare({
    type: 'object',
    description: 'A stream of events. Exactly one key names its connector.',
    fields: {
      ...ingressFields,
      format: formatDeclaration(registry, 'read'),
      renamedFrom: renamedFrom('ingress', NAME),
    },
    variants: variantsOf(registry.sources),
  });
}
