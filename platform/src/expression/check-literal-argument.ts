/** Arguments that can be judged before any event comes: patterns, durations, timestamps and networks that are literals. */
import type { Checking } from './checking.js';
import { EvaluationError } from './evaluation.js';
import { isNetwork } from './functions/network.js';
import { compilePattern } from './functions/regular-expression.js';
import { parseDurationText, parseTimestampText } from './time-text.js';
import type { TypedNode } from './tree.js';

export function checkLiteralArguments(checking: Checking, name: string, values: readonly TypedNode[]): void {
  const node = values[name === 'matches' ? 1 : 0];
  if (node?.kind !== 'literal' || typeof node.value !== 'string' || node.type.kind !== 'string') return;
  const text = node.value;
  // The strict profile leaves them to run time, as CEL does.
  if (!checking.mixNumbers) return;
  switch (name) {
    case 'matches': {
      const pattern = compilePattern(text);
      if (pattern instanceof EvaluationError) {
        const hint = /\\[1-9]|\(\?<?[=!]/.test(text) ? 'RE2 has no backreferences and no look-around.' : undefined;
        checking.refuse('TG210', node, `not a regular expression: ${pattern.message}`, { hint });
      }
      return;
    }
    case 'duration':
      if (parseDurationText(text, true) === undefined)
        checking.refuse('TG214', node, `"${text}" is no duration`, {
          hint: 'Write it as "250ms", "10m", "1h30m" or "7d".',
        });
      return;
    case 'timestamp':
      if (parseTimestampText(text) === undefined)
        checking.refuse('TG214', node, `"${text}" is no timestamp`, { hint: 'Write it as "2026-01-31T12:00:00Z".' });
      return;
    case 'cidr':
      if (!isNetwork(text))
        checking.refuse('TG214', node, `"${text}" is no network`, { hint: 'Write it as "10.0.0.0/8".' });
      return;
  }
}
