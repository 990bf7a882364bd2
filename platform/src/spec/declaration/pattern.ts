/** `rules.NAME.pattern`: a sequence of steps, with the words and the meaning of Apache Flink CEP. */
import { declare, type Field, type ObjectDeclaration } from '@tidegate/connectors/api';
import { conditions, destinations, IDENTIFIER, renamedFrom } from './names.js';

function relation(description: string) {
  return declare({
    type: 'string',
    pattern: IDENTIFIER,
    description: `${description} The value is the name of the stage.`,
  });
}

const relations = {
  begin: relation('The first stage.'),
  next: relation('Strict: the very next event.'),
  followedBy: relation('Relaxed: the next event that fits; others in between are ignored.'),
  followedByAny: relation('Non-deterministic: any later event that fits, each giving a match of its own.'),
  notNext: relation('The very next event must not fit.'),
  notFollowedBy: relation(
    'No event that fits may come before the stage after it, or before `within` ends if it is the last.',
  ),
} as const;

const stepFields = {
  from: {
    type: 'list',
    oneOrMany: true,
    of: { type: 'reference', to: ['ingress', 'rule'], description: "One of the rule's inputs." },
    description:
      "Only events of these inputs fit. Part of the condition: an event of another input still breaks `next`. Default: all of the rule's inputs.",
    example: 'payments',
  },
  where: conditions(
    'When an event fits the stage: one condition, or a list that is AND. Default: always.',
    'amount < 5',
  ),
  times: {
    type: 'range',
    description: 'How many events: `3`, `2..4`, or `3..` for three or more. The stage is then a list.',
    example: '3..',
  },
  optional: { type: 'boolean', default: false, description: 'The stage may be left out. It is then a list.' },
  greedy: { type: 'boolean', default: false, description: 'Takes as many events as possible before the next stage.' },
  repeat: {
    type: 'string',
    enum: ['relaxed', 'consecutive', 'combinations'],
    default: 'relaxed',
    description:
      'What may lie between the events of `times`: anything that does not fit (relaxed), nothing (consecutive), anything (combinations).',
  },
  until: conditions('Ends a repetition: the event that fits it is not taken.', 'status == "closed"'),
  maxGap: {
    type: 'duration',
    description: 'The longest time since the event before. With `times`, between the events of the stage.',
    example: '5m',
  },
  renamedFrom: renamedFrom('stage', IDENTIFIER),
} as const;

/** A group's steps are groups again, so the declaration refers to itself; a getter keeps it finite. */
export const step = declare({
  type: 'object',
  description: 'A stage of the pattern, keyed by its relation to the stage before; with `steps` a group.',
  variants: relations,
  fields: {
    ...stepFields,
    get steps(): { type: 'list'; of: ObjectDeclaration; description: string } & Field {
      return {
        type: 'list',
        of: step,
        description: 'The steps of a group, instead of `where`; the group takes the same quantifiers.',
      };
    },
  },
});

const skipTo = { type: 'string', pattern: IDENTIFIER, example: 'cashout' } as const;

export const pattern = declare({
  type: 'object',
  description: 'A sequence of events, as in Apache Flink CEP.',
  fields: {
    within: {
      type: 'duration',
      description: 'The longest time from the first event to the last; exactly this long is too late.',
      example: '10m',
    },
    skip: {
      type: 'choice',
      description: 'Which other matches a match discards. Default: none.',
      example: 'pastLastEvent',
      scalar: {
        type: 'string',
        enum: ['none', 'toNext', 'pastLastEvent'],
        description:
          'none: nothing; toNext: those that begin at the same event; pastLastEvent: those that began before it ended.',
      },
      map: {
        type: 'object',
        description: 'Discards what began before an event of a stage.',
        variants: {
          toFirst: { ...skipTo, description: 'Before the first event of this stage.' },
          toLast: { ...skipTo, description: 'Before the last event of this stage.' },
        },
        fields: {
          onMiss: {
            type: 'string',
            enum: ['continue', 'fail'],
            default: 'continue',
            description: 'When the stage is not in the match: discard nothing, or fail the job.',
          },
        },
      },
    },
    steps: { type: 'list', required: true, of: step, description: 'The stages, in order.' },
    onTimeout: {
      type: 'object',
      description: 'What happens to a partial match that runs out of time.',
      fields: {
        reached: {
          type: 'string',
          required: true,
          pattern: IDENTIFIER,
          description: 'Only those that took an event of this stage.',
          example: 'probe',
        },
        to: { ...destinations, required: true },
      },
    },
  },
});
