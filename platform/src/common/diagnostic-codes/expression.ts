/** Codes TG2xx: expressions. One entry a code: `TG000: { title, description }`. */
import type { CodeEntry } from './index.js';

export const expressionCodes = {
  TG200: { title: 'expression syntax', description: 'The text is not a CEL expression.' },
  TG201: {
    title: 'expression too large',
    description: 'The expression is too long or nested too deeply. Split the rule, or look values up in a table.',
  },
  TG202: {
    title: 'unknown identifier',
    description: 'No field, stage or variable has this name. Text stands in quotes.',
  },
  TG203: { title: 'unknown field', description: "The record's schema has no field of this name." },
  TG204: {
    title: 'unknown function',
    description: 'There is no function of this name; `tidegate list functions` shows all.',
  },
  TG205: { title: 'wrong arguments', description: 'The function does not take these arguments, in number or type.' },
  TG206: {
    title: 'cannot be compared',
    description:
      'The two sides have types whose values are never equal and have no order, such as a text and a number.',
  },
  TG207: { title: 'operator does not apply', description: 'The operator is not defined for values of these types.' },
  TG208: {
    title: 'one event or many',
    description:
      'A stage that holds exactly one event is used as a list, or a list of events as one event, or a not step as either.',
  },
  TG209: {
    title: 'wrong type of expression',
    description: 'The expression has another type than its place needs; a condition needs bool.',
  },
  TG210: {
    title: 'regular expression',
    description:
      'The pattern is not one of RE2, which has neither backreferences nor look-around, so that matching takes linear time.',
  },
  TG211: { title: 'table', description: 'There is no table of this name, or a table is used without a key.' },
  TG212: {
    title: 'function out of place',
    description: 'The function has no meaning in this place, such as last() in a rule without a pattern.',
  },
  TG213: {
    title: 'macro',
    description: 'A macro is not written in its form, such as list.all(x, condition) or has(field).',
  },
  TG214: {
    title: 'literal',
    description: 'A number is out of range, or a text is no duration, timestamp or address where one is needed.',
  },
  TG216: { title: 'empty expression', description: 'There is no expression.' },
} as const satisfies Record<string, CodeEntry>;
