/** Ingresses, with what they take for granted written out. */
import type { ValueOf } from '@tidegate/connectors/api';
import type { BadRecordPolicy, Configured, Ingress, Settings } from '../application.js';
import { UNTYPED, type RecordType } from '../../expression/type.js';
import type { ingressDeclaration } from '../declaration/ingress.js';
import type { Path } from '../positions.js';
import { configured, formatOf, refuseFault } from './configured.js';
import type { BuildContext } from './context.js';
import { buildDecision } from './decision.js';
import { buildTime } from './time.js';

export type IngressDraft = ValueOf<ReturnType<typeof ingressDeclaration>, 'draft'>;
const NO_CONNECTOR: Configured = { type: 'none', options: {} };

export function buildIngress(
  name: string,
  draft: IngressDraft,
  checkpoint: Settings['checkpoint'],
  context: BuildContext,
): Ingress {
  const path = ['ingresses', name];
  const schema = (draft.schema ?? UNTYPED) as RecordType;
  const connector = configured(draft.variant) ?? NO_CONNECTOR;
  const { time, late } = buildTime(name, draft.time, schema, context);
  warnOfLosses(connector, path, context);
  refuseFaults(connector, path, context);
  if (checkpoint === 'none') refuseWithoutCheckpoints(connector, path, context);
  const { renamedFrom } = draft;
  const format = formatOf(draft.format, 'read', [...path, 'format'], context);
  const decision = buildDecision(draft.decision, connector, format, path, context);
  return {
    name,
    ...(renamedFrom === undefined ? {} : { renamedFrom }),
    connector,
    format,
    schema,
    time,
    onBadRecord: badRecordPolicy(draft.onBadRecord),
    ...(late === undefined ? {} : { late }),
    ...(decision === undefined ? {} : { decision }),
  };
}

function badRecordPolicy(draft: IngressDraft['onBadRecord']): BadRecordPolicy {
  if (draft === undefined) return { kind: 'fail' };
  if (typeof draft === 'string') return { kind: draft };
  return draft.to === undefined ? { kind: 'skip' } : { kind: 'dead-letter', to: draft.to };
}

function refuseWithoutCheckpoints(connector: Configured, path: Path, context: BuildContext): void {
  const reason = context.registry.sources.get(connector.type)?.needsCheckpoints;
  if (reason === undefined) return;
  context.diagnostics.error(
    'TG113',
    `ingresses.${path[1]} needs checkpoints, and settings.checkpoint is none: ${reason}`,
    {
      range: context.positions.locate([...path, connector.type], 'key'),
      help: 'Remove checkpoint: none.',
    },
  );
}

function refuseFaults({ type, options }: Configured, path: Path, context: BuildContext): void {
  const source = context.registry.sources.get(type);
  refuseFault(source, options, () => source?.check?.(options as never), [...path, type], context);
}

function warnOfLosses(connector: Configured, path: Path, { registry, positions, diagnostics }: BuildContext): void {
  const warning = registry.sources.get(connector.type)?.warning;
  if (warning === undefined) return;
  diagnostics.warning('TG150', `ingresses.${path[1]}: ${warning.replace(/\.$/, '')}`, {
    range: positions.locate([...path, connector.type], 'key'),
  });
}
