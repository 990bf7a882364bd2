/** Codes TG2xx: expressions. One entry a code. */
import type { CodeEntry } from './index.js';

export const expressionCodes = {
  TG200: { title: 'not an expression', description: 'The text is not a CEL expression.' },
  TG201: { title: 'expression too large', description: 'The expression is too long, too deep or too large.' },
  TG202: { title: 'unknown identifier', description: 'No field, stage or variable has this name.' },
  TG203: { title: 'unknown field', description: 'The record has no field of this name.' },
  TG204: { title: 'unknown function', description: 'There is no function of this name.' },
  TG205: { title: 'wrong arguments', description: 'The function does not take these arguments.' },
  TG206: { title: 'comparison that never holds', description: 'The two sides can never be compared.' },
  TG207: { title: 'operator does not apply', description: 'The operator does not apply to values of these types.' },
  TG208: { title: 'one event or many', description: 'A stage that holds one event is used as a list, or a list as one event.' },
  TG209: { title: 'wrong type of expression', description: 'The expression has another type than its place needs.' },
  TG210: { title: 'regular expression', description: 'The regular expression is not one that RE2 accepts.' },
  TG211: { title: 'table', description: 'There is no table of this name, or a table is used without a key.' },
  TG212: { title: 'function out of place', description: 'The function has no meaning in this place.' },
  TG213: { title: 'macro', description: 'A macro is written in another form than `list.all(x, condition)`.' },
  TG214: { title: 'literal', description: 'A literal is out of range or not of the form that its function needs.' },
  TG215: { title: 'unknown stage', description: 'There is no stage of this name.' },
  TG216: { title: 'empty expression', description: 'The expression is empty.' },
} as const satisfies Record<string, CodeEntry>;
