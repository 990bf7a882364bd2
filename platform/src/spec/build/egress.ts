/** Egresses, and the delivery that they offer. */
import type { ValueOf } from '@tidegate/connectors/api';
import type { Egress } from '../application.js';
import type { egressDeclaration } from '../declaration/egress.js';
import { configured } from './configured.js';
import type { BuildContext } from './context.js';
import { formatOf } from './ingress.js';

export type EgressDraft = ValueOf<ReturnType<typeof egressDeclaration>, 'draft'>;

/** What this version can promise, strongest first. */
const OFFERED = ['at-least-once', 'none'] as const;

export function buildEgress(name: string, draft: EgressDraft, context: BuildContext): Egress {
  const path = ['egresses', name];
  const connector = configured(draft.variant) ?? { type: 'none', options: {} };
  const deliveries = context.registry.sinks.get(connector.type)?.deliveries ?? [];
  const strongest = OFFERED.find((delivery) => deliveries.includes(delivery)) ?? 'at-least-once';
  if (draft.delivery !== undefined && deliveries.length > 0 && !deliveries.includes(draft.delivery)) {
    context.diagnostics.error(
      'TG113',
      `egresses.${name}.delivery is ${draft.delivery}, which ${connector.type} does not offer`,
      {
        range: context.positions.locate([...path, 'delivery']),
        help: `It offers ${OFFERED.filter((one) => deliveries.includes(one)).join(', ')}.`,
      },
    );
  }
  const format = formatOf(
    draft.format ?? context.registry.sinks.get(connector.type)?.defaultFormat,
    [...path, 'format'],
    context,
  );
  return { name, connector, format, delivery: draft.delivery ?? strongest };
}
