/** Decisions: by when whoever asks must be answered, and with what where nobody has decided by then. */
import { declare, type Fields } from '@tidegate/connectors/api';
import { JSON_MESSAGE, TYPENAME } from './names.js';

/** @param within, otherwise what the two mean where the decision stands */
export function decisionFields(within: string, otherwise: string) {
  return {
    within: { type: 'duration', required: true, description: within, example: '150ms' },
    default: { type: 'any', required: true, description: otherwise, example: { approve: true } },
    type: {
      type: 'string',
      pattern: TYPENAME,
      default: JSON_MESSAGE,
      description: 'The type of the default: namespace/name.',
    },
  } as const satisfies Fields;
}

/** Of an ingress. */
export const ingressDecision = declare({
  type: 'object',
  description:
    'Who sends an event here waits for what is decided of it: the first alert of a rule with `decision` and the name of this ingress, or the default. For an ingress `http` of JSON, whose requests then have one event each.',
  fields: decisionFields(
    'How long rules have, from when the event has come to where its request is kept.',
    'The answer where no rule has decided by then: any value, sent as JSON.',
  ),
  example: { within: '150ms', default: { approve: true } },
});

/** Of a rule. */
export const ruleDecision = declare({
  type: 'object',
  description:
    'The alert answers who has sent the last of its events that came by this ingress, unless that was decided before.',
  shorthand: 'of',
  fields: {
    of: {
      type: 'reference',
      to: ['ingress'],
      required: true,
      description: 'The name of an ingress with a `decision`.',
      example: 'payments',
    },
    value: {
      type: 'expression',
      description:
        'What is answered, over the fields of the alert: bytes as they are, or a text in UTF-8. Default: the alert, as JSON.',
      example: 'reason',
    },
  },
});
