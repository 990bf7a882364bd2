/** Decisions that those who send events wait for, and what is asked of the ingress that takes these. */
import type { Configured, Decision, RuleDecision } from '../application.js';
import type { Path } from '../positions.js';
import type { BuildContext } from './context.js';
import type { IngressDraft } from './ingress.js';
import type { RuleDraft } from './rule.js';

/** Undefined when there is none. What it lacks was reported. */
export function buildDecision(
  draft: IngressDraft['decision'],
  connector: Configured,
  format: Configured,
  path: Path,
  { positions, diagnostics }: BuildContext,
): Decision | undefined {
  if (draft === undefined) return undefined;
  const refuse = (message: string, help: string): void =>
    diagnostics.error('TG113', `ingresses.${path[1]}.decision ${message}`, {
      range: positions.locate([...path, 'decision'], 'key'),
      help,
    });
  // What is none was reported.
  if (connector.type !== 'http' && connector.type !== 'none')
    refuse(
      `is for events that are sent over HTTP, and these come by ${connector.type}`,
      'Only who sends by http waits for an answer. Give it an ingress http, or remove the decision.',
    );
  else if (format.type !== 'json')
    refuse(`is for events in JSON, and these are ${format.type}`, 'Remove the format, or the decision.');
  const { within = 0, type, default: otherwise = null } = draft;
  return { within, type, default: otherwise };
}

export function buildRuleDecision(draft: RuleDraft['decision'], path: Path): RuleDecision | undefined {
  if (draft?.of === undefined) return undefined;
  const { of: ingress, value } = draft;
  return { ingress, ...(value === undefined ? {} : { value }), path };
}
