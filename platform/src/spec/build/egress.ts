/** Egresses, and the delivery that they offer. */
import type { ValueOf } from '@tidegate/connectors/api';
import type { Configured, Egress, Settings } from '../application.js';
import type { egressDeclaration } from '../declaration/egress.js';
import { configured, formatOf } from './configured.js';
import type { BuildContext } from './context.js';
import type { Path } from '../positions.js';
import { splitExpressions } from './egress-expressions.js';

export type EgressDraft = ValueOf<ReturnType<typeof egressDeclaration>, 'draft'>;

/** Strongest first. */
const DELIVERIES = ['exactly-once', 'at-least-once', 'none'] as const;

export function buildEgress(
  name: string,
  draft: EgressDraft,
  checkpoint: Settings['checkpoint'],
  context: BuildContext,
): Egress {
  const path = ['egresses', name];
  const written = configured(draft.variant) ?? { type: 'none', options: {} };
  const registered = context.registry.sinks.get(written.type);
  const { options, expressions } = splitExpressions(registered?.options ?? {}, written.options);
  const connector = { type: written.type, options };
  const offered = registered?.deliveries ?? [];
  const missing = missingForExactlyOnce(checkpoint);
  const strongest = DELIVERIES.find(
    (delivery) => offered.includes(delivery) && (delivery !== 'exactly-once' || missing === undefined),
  );
  const refuse = (why: string, help: string): void =>
    context.diagnostics.error('TG113', `egresses.${name}.delivery is ${draft.delivery}, which ${why}`, {
      range: context.positions.locate([...path, 'delivery']),
      help,
    });
  if (draft.delivery !== undefined && offered.length > 0 && !offered.includes(draft.delivery)) {
    refuse(
      `${connector.type} does not offer`,
      `It offers ${DELIVERIES.filter((one) => offered.includes(one)).join(', ')}.`,
    );
  } else if (draft.delivery === 'exactly-once' && missing !== undefined) refuse(missing.why, missing.help);
  const parallelism = draft.parallelism ?? 1;
  const writersMax = registered?.maxParallelism?.(connector.options as never);
  if (writersMax !== undefined && parallelism > writersMax) {
    const takes = writersMax === 1 ? 'one writer' : `${writersMax} writers`;
    context.diagnostics.error(
      'TG113',
      `egresses.${name}.parallelism is ${parallelism}, and it takes ${takes} at most`,
      {
        range: context.positions.locate([...path, 'parallelism']),
        help: 'Leave parallelism out, or write to what takes several, such as a folder.',
      },
    );
  }
  const format = formatOf(draft.format ?? registered?.defaultFormat, 'write', [...path, 'format'], context);
  refuseMessages(format, connector, path, context);
  const { renamedFrom, typename } = draft;
  return {
    name,
    ...(renamedFrom === undefined ? {} : { renamedFrom }),
    connector,
    expressions,
    format,
    ...(typename === undefined ? {} : { typename }),
    delivery: draft.delivery ?? strongest ?? 'at-least-once',
    parallelism,
  };
}

/** Bytes of a message cannot be told from those of the next where they are lines of a file. */
function refuseMessages(format: Configured, connector: Configured, path: Path, context: BuildContext): void {
  const { formats, sinks } = context.registry;
  if (formats.get(format.type)?.writesMessages !== true) return;
  if (sinks.get(connector.type)?.takesMessages === true) return;
  const takers = [...sinks].filter(([, { takesMessages }]) => takesMessages === true).map(([name]) => name);
  context.diagnostics.error(
    'TG113',
    `egresses.${path[1]}.format is ${format.type}, whose messages ${connector.type} does not take`,
    {
      range: context.positions.locate([...path, 'format']),
      help: `Write them to ${takers.join(' or ')}, or in another format.`,
    },
  );
}

/** What the settings lack for a delivery of exactly once; undefined when nothing. */
function missingForExactlyOnce(
  checkpoint: Settings['checkpoint'],
): { readonly why: string; readonly help: string } | undefined {
  if (checkpoint === 'none') {
    return {
      why: 'needs checkpoints, and settings.checkpoint is none',
      help: 'Records appear when a checkpoint completes. Remove checkpoint: none, or leave delivery out.',
    };
  }
  if (checkpoint.mode === 'at-least-once') {
    return {
      why: 'settings.checkpoint.mode cannot keep: it is at-least-once',
      help: 'Events may count twice after a crash. Write mode: exactly-once, or leave delivery out.',
    };
  }
  return undefined;
}
