/**
 * Regular expressions of RE2: linear in the text, so without backreferences and look-around. The library is loaded when
 * the first one is used, and compiled expressions are kept.
 */
import { createRequire } from 'node:module';
import { spendWork, workExceeded } from '../budget.js';
import { EvaluationError } from '../evaluation.js';

type Re2 = typeof import('re2js');
type Compiled = ReturnType<Re2['RE2JS']['compile']>;

const MAX_PATTERN_LENGTH = 1_000;
const KEPT = 256;
/** Each character is looked at with as many states as the pattern is long, at worst. */
const PATTERN_LENGTH_PER_STEP = 16;

const require = createRequire(import.meta.url);
let library: Re2 | undefined;
const compiled = new Map<string, Compiled | EvaluationError>();

export function compilePattern(pattern: string): Compiled | EvaluationError {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  if (compiled.size >= KEPT) compiled.clear();
  const result = compileNew(pattern);
  compiled.set(pattern, result);
  return result;
}

function compileNew(pattern: string): Compiled | EvaluationError {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    return new EvaluationError(
      'invalid_argument',
      `the regular expression is longer than ${MAX_PATTERN_LENGTH} characters`,
    );
  }
  library ??= require('re2js') as Re2;
  try {
    return library.RE2JS.compile(pattern);
  } catch (error) {
    return new EvaluationError('invalid_argument', error instanceof Error ? error.message : String(error));
  }
}

export function matches(text: string, pattern: string): boolean | EvaluationError {
  const expression = compilePattern(pattern);
  if (expression instanceof EvaluationError) return expression;
  if (!spendWork(text.length * Math.ceil((pattern.length + 1) / PATTERN_LENGTH_PER_STEP))) return workExceeded();
  return expression.matcher(text).find();
}
