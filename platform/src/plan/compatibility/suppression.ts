/** Whether a rule goes on suppressing what the rule that it was suppressed. */
import { fingerprint, renameStages } from '../../expression/index.js';
import type { TypedTree } from '../../expression/tree.js';
import { renderDuration } from '../../common/duration-text.js';
import type { PatternRule, RuleDescriptor } from '../../job/stream-graph.js';
import type { StateChange } from './compatibility.js';
import { sameInputs, type PlacedRule, type StreamContext } from './placed-rule.js';
import { stageRenames } from './stages.js';

export interface ComparedSuppression {
  readonly changes: readonly Omit<StateChange, 'subject'>[];
  readonly kept: boolean;
}

export function compareSuppression(before: PlacedRule, after: PlacedRule, context: StreamContext): ComparedSuppression {
  const [was, is] = [before.rule.suppress, after.rule.suppress];
  if (was === undefined) return { changes: [], kept: false };
  const lost = (why: string): ComparedSuppression => ({
    changes: [
      {
        effect: 'lost',
        message: `what it suppresses after earlier alerts is forgotten, with alerts that waited for the watermark: ${why}`,
      },
    ],
    kept: false,
  });
  if (is === undefined) return lost('it has no suppress any more');
  const names = stageRenames(stagesOf(before.rule), stagesOf(after.rule));
  if (text(was.by) !== text(is.by.map((tree) => renameStages(tree, names)))) return lost('its by is another');
  if (is.by.length === 0 && !sameInputs(before.node, after.node, context)) return lost('its key is another');
  if (was.for === is.for) return { changes: [], kept: true };
  const message = `suppresses for ${renderDuration(is.for)} after an alert instead of ${renderDuration(was.for)}`;
  return { changes: [{ effect: 'kept', message }], kept: true };
}

function stagesOf(rule: RuleDescriptor | PatternRule) {
  return 'pattern' in rule ? rule.pattern.stages : [];
}

function text(trees: readonly TypedTree[]): string {
  return JSON.stringify(trees.map(fingerprint));
}
