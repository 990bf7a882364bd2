/** Ingresses, with what they take for granted written out. */
import type { ValueOf } from '@tidegate/connectors/api';
import type { BadRecordPolicy, Configured, Ingress, Settings } from '../application.js';
import { UNTYPED, type RecordType } from '../../expression/type.js';
import type { ingressDeclaration } from '../declaration/ingress.js';
import type { Path } from '../positions.js';
import { byWord, configured } from './configured.js';
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
  const format = formatOf(draft.format, [...path, 'format'], context);
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

export function formatOf(draft: IngressDraft['format'], path: Path, context: BuildContext): Configured {
  const word = draft === undefined ? 'json' : typeof draft === 'string' ? draft : undefined;
  if (word !== undefined)
    return byWord(context.registry.formats.get(word), word, path, context.positions, context.diagnostics);
  return (typeof draft === 'object' ? configured(draft.variant) : undefined) ?? { type: 'json', options: {} };
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

/** Asked only where nothing is missing, which was reported. */
function refuseFaults(
  { type, options }: Configured,
  path: Path,
  { registry, positions, diagnostics }: BuildContext,
): void {
  const source = registry.sources.get(type);
  if (source?.check === undefined) return;
  const isMissing = ([name, declared]: readonly [string, object]): boolean =>
    'required' in declared && options[name] === undefined;
  if (Object.entries(source.options).some(isMissing)) return;
  const fault = source.check(options as never);
  if (fault === undefined) return;
  diagnostics.error('TG113', `ingresses.${path[1]}: ${fault.reason}`, {
    range: positions.locate([...path, type, fault.option]),
  });
}

function warnOfLosses(connector: Configured, path: Path, { registry, positions, diagnostics }: BuildContext): void {
  const warning = registry.sources.get(connector.type)?.warning;
  if (warning === undefined) return;
  diagnostics.warning('TG150', `ingresses.${path[1]}: ${warning.replace(/\.$/, '')}`, {
    range: positions.locate([...path, connector.type], 'key'),
  });
}
