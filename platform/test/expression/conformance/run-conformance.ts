/** One test of the specification in one profile, by the compiler and by the interpreter. */
import { typeTree } from '../../../src/expression/check.js';
import { compileValue } from '../../../src/expression/compile.js';
import { EvaluationError } from '../../../src/expression/evaluation.js';
import { interpret } from '../../../src/expression/interpret.js';
import { parseExpression } from '../../../src/expression/parse.js';
import { canonical, toStrict } from './expected-value.js';
import { bindingsOf, eventOf } from './suite.js';
import type { ConformanceTest } from './suite.js';

/** What a test should give or gave: a value in canonical text, or an error. */
export type Outcome = { readonly value: unknown } | { readonly error: string };

export function expectedOf({ original }: ConformanceTest): Outcome {
  const { resultMatcher } = original;
  switch (resultMatcher.case) {
    case 'value':
      return { value: toStrict(resultMatcher.value) };
    case 'typedResult':
      return { value: resultMatcher.value.result === undefined ? undefined : toStrict(resultMatcher.value.result) };
    case 'evalError':
    case 'anyEvalErrors':
      return { error: 'expected' };
    default:
      return { value: true };
  }
}

/** A problem that the checker finds is an error only where the test allows no check. */
export function runTest(test: ConformanceTest, profile?: 'strict'): Outcome & { readonly refused?: string } {
  const { original } = test;
  const parsed = parseExpression(original.expr);
  if (!parsed.ok) return { error: 'parse', refused: parsed.problems[0]?.message ?? '' };
  const scope = { event: eventOf(original), ...(profile === undefined ? {} : { profile }) };
  const { tree, problems } = typeTree(parsed.ast, original.expr, scope);
  if (problems.length > 0 && !original.disableCheck) return { error: 'check', refused: problems[0]?.message ?? '' };
  const record = { value: bindingsOf(original), timestamp: 0, source: 'test' };
  const compiled = compileValue(tree)(record);
  const interpreted = interpret(tree, {}, record);
  if (describe(compiled) !== describe(interpreted)) {
    return {
      error: `compiled ${describe(compiled)}, interpreted ${describe(interpreted)}`,
      refused: 'the compiler differs',
    };
  }
  return compiled instanceof EvaluationError ? { error: compiled.message } : { value: compiled };
}

function describe(value: unknown): string {
  return value instanceof EvaluationError ? 'error' : canonical(value);
}
