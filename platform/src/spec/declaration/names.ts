/** The forms that names take. Names are identities: state and alerts are addressed by them. */
import { declare } from '@tidegate/connectors/api';

/** Of applications, ingresses, tables, rules and egresses: they become ids, folders and labels of metrics. */
export const NAME = '^[A-Za-z][A-Za-z0-9_-]*$';

/** Of what an expression reads by name: stages, tables, select fields. */
export const IDENTIFIER = '^[A-Za-z_][A-Za-z0-9_]*$';

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

export const destinations = declare({
  type: 'list',
  oneOrMany: true,
  of: {
    type: 'reference',
    to: ['egress'],
    later: { function: 'stateful functions come with a later version' },
    description: 'The name of an egress.',
  },
  description: 'Where they go: the name of an egress, or a list of names.',
  example: 'alerts',
});
