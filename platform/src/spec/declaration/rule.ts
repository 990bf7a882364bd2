/** `rules.NAME`: what to look for, and the alert that is raised. Without a kind it is a filter. */
import { declare } from '@tidegate/connectors/api';
import { ruleDecision } from './decision.js';
import { conditions, destinations, IDENTIFIER, NAME, renamedFrom } from './names.js';
import { pattern } from './pattern.js';

const key = declare({
  type: 'list',
  oneOrMany: true,
  of: { type: 'expression', description: 'An expression, most often a field.' },
  description:
    'What the stream is divided by: each key is matched on its own. A list makes a key of several parts. Without it there is one global partition.',
  example: 'cardId',
});

const input = {
  type: 'reference',
  to: ['ingress', 'rule'],
  description: 'The name of an ingress, or of a rule whose alerts are read.',
} as const;

const from = declare({
  type: 'choice',
  description:
    'What the rule reads: the name of an ingress or of another rule, a list of names, or a map that gives each its own key.',
  example: 'payments',
  scalar: input,
  list: { type: 'list', of: input, description: 'Several inputs with the same key.' },
  map: {
    type: 'map',
    keyReference: ['ingress', 'rule'],
    description: 'Several inputs, each with its own name for the key.',
    example: { logins: { key: 'user' }, payments: { key: 'owner' } },
    of: { type: 'object', description: 'How this input is read.', fields: { key } },
  },
});

export const rule = declare({
  type: 'object',
  description:
    'What to look for, and the alert that is raised. Without `pattern` it is a filter: every event that fits is an alert.',
  fields: {
    description: {
      type: 'string',
      description: 'What the rule finds, for people.',
      example: 'Small probes, then one large charge abroad',
    },
    severity: {
      type: 'string',
      enum: ['informational', 'low', 'medium', 'high', 'critical'],
      default: 'medium',
      description: 'How serious an alert is.',
    },
    tags: {
      type: 'list',
      oneOrMany: true,
      of: { type: 'string', description: 'A tag.' },
      description: 'Words to group alerts by.',
      example: ['fraud'],
    },
    mode: {
      type: 'string',
      enum: ['active', 'disabled'],
      default: 'active',
      description: 'A disabled rule is checked, but not run.',
    },
    from: { ...from, required: true },
    key,
    where: conditions(
      'Filters the stream: the pattern never sees the rest. One condition, or a list that is AND.',
      'status == "approved"',
    ),
    pattern,
    select: {
      type: 'map',
      keyPattern: IDENTIFIER,
      of: { type: 'expression', description: 'The value, in CEL. An absent value is left out.' },
      description: "The alert's own fields by name. Default: the event for a filter, only the stages for a pattern.",
      example: { card: 'key()', probes: 'size(probe)' },
    },
    message: {
      type: 'template',
      description: 'The alert in words; `{{ }}` holds an expression that sees the fields of `select` too.',
      example: 'Card {{ card }}: {{ probes }} probes',
    },
    suppress: {
      type: 'object',
      description: 'No further alert of the rule for some event time after one, per key.',
      fields: {
        for: { type: 'duration', required: true, description: 'How long.', example: '1h' },
        by: {
          type: 'list',
          oneOrMany: true,
          of: { type: 'expression', description: "An expression over the alert's fields." },
          description: 'Per value of these instead of per key.',
          example: 'card',
        },
      },
    },
    onError: {
      type: 'string',
      enum: ['skip', 'dead-letter', 'fail'],
      default: 'skip',
      description:
        "When an expression of `select` fails, for another reason than an absent value: count it and leave the field out, send the alert to the ingress's onBadRecord egress, or fail the job.",
    },
    to: {
      ...destinations,
      description:
        'Where alerts go: the name of an egress, `{ function, id, type }`, or a list of these. A rule that only other rules or routes read needs none.',
    },
    decision: ruleDecision,
    renamedFrom: renamedFrom('rule', NAME),
  },
  later: {
    window: 'windows come with a later version',
    threshold: 'threshold rules come with a later version',
    firstSeen: 'firstSeen rules come with a later version',
    baseline: 'baseline rules come with a later version',
    join: 'joins come with a later version',
    temporal: 'temporal rules come with a later version',
    sigma: 'Sigma rules come with a later version',
  },
});
