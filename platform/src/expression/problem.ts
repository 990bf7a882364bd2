/** What may be wrong with an expression's text. Codes TG200 to TG299 belong to expressions and never change their meaning. */
export const PROBLEM_CODES = {
  TG200: 'The text is not a CEL expression.',
  TG201: 'The expression is too long, too deep or too large.',
  TG202: 'No field, stage or variable has this name.',
  TG203: 'The record has no field of this name.',
  TG204: 'There is no function of this name.',
  TG205: 'The function does not take these arguments.',
  TG206: 'The two sides can never be compared.',
  TG207: 'The operator does not apply to values of these types.',
  TG208: 'A stage that holds one event is used as a list, or a list as one event.',
  TG209: 'The expression has another type than its place needs.',
  TG210: 'The regular expression is not one that RE2 accepts.',
  TG211: 'There is no table of this name, or a table is used without a key.',
  TG212: 'The function has no meaning in this place.',
  TG213: 'A macro is written in another form than `list.all(x, condition)`.',
  TG214: 'A literal is out of range or not of the form that its function needs.',
  TG215: 'There is no stage of this name.',
  TG216: 'The expression is empty.',
} as const;

export type ProblemCode = keyof typeof PROBLEM_CODES;

export interface Problem {
  readonly code: ProblemCode;
  readonly message: string;
  /** Offsets in the expression's text, in UTF-16 units; `end` is exclusive and never before `start`. */
  readonly start: number;
  readonly end: number;
  /** The nearest valid name, for "did you mean". */
  readonly suggestion?: string;
  /** What to do about it, as a sentence. */
  readonly hint?: string;
}
