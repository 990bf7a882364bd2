/** The forms that names take. Names are identities: state and alerts are addressed by them. */
import { declare } from '@tidegate/connectors/api';

/** Of applications, ingresses, tables, rules and egresses: they become ids, folders and labels of metrics. */
export const NAME = '^[A-Za-z][A-Za-z0-9_-]*$';

/** Of what an expression reads by name: stages, tables, select fields. */
export const IDENTIFIER = '^[A-Za-z_][A-Za-z0-9_]*$';

/** Of types of functions and of messages, and of egresses as functions name them: `namespace/name`. */
export const TYPENAME = '^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$';

/** Of a message that is JSON, where nobody has given it a type of its own: an alert that decides, a default. */
export const JSON_MESSAGE = 'tidegate.types/json';

/** As a key of `functions`: a type, or all types of a namespace that are not named. */
export const FUNCTION_TYPES = '^[A-Za-z0-9_.-]+/([A-Za-z0-9_.-]+|\\*)$';

/** The name that something had before: state is kept by name. */
export function renamedFrom(noun: string, pattern: string) {
  return declare({
    type: 'string',
    pattern,
    description: `The name that the ${noun} had when the state was saved that this run goes on from: what was saved under that name is now its own.`,
  });
}

/** Conditions: one, or a list that is AND. */
export function conditions(description: string, example: unknown) {
  return declare({
    type: 'list',
    oneOrMany: true,
    of: { type: 'expression', description: 'A condition in CEL.' },
    description,
    example,
  });
}

const egressName = {
  type: 'reference',
  to: ['egress'],
  description: 'The name of an egress.',
} as const;

export const functionDestination = declare({
  type: 'object',
  description: 'A stateful function: the record goes to one instance of it, as a message of JSON.',
  fields: {
    function: {
      type: 'reference',
      to: ['function'],
      required: true,
      description: "The function's type, as in `functions`.",
      example: 'fraud/profile',
    },
    id: {
      type: 'expression',
      required: true,
      description:
        'Which instance: a text, a number or a bool over the fields of the record. A record without one is an error.',
      example: 'cardId',
    },
    type: {
      type: 'string',
      required: true,
      pattern: TYPENAME,
      description: "The name of the message's type, namespace/name, by which the function tells messages apart.",
      example: 'fraud/Payment',
    },
    value: {
      type: 'expression',
      description:
        'What the message is: bytes as they are, or a text in UTF-8. Default: the whole record, as JSON. A record without one is an error.',
      example: 'payload',
    },
  },
});

export const destinations = declare({
  type: 'list',
  oneOrMany: true,
  of: {
    type: 'choice',
    scalar: egressName,
    map: functionDestination,
    description: 'The name of an egress, or `{ function, id, type }`.',
  },
  description: 'Where they go: the name of an egress, `{ function, id, type }`, or a list of these.',
  example: 'alerts',
});
