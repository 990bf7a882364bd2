/**
 * From a typed tree to JavaScript. What an expression means is in `values.ts`, `call.ts` and their like, which the
 * interpreter shares; here are its control flow and shortcuts for the types that are known.
 *
 * Invariants
 * K1 Source text holds no text of the user but in JSON literals (`javascript.ts`).
 * K2 Every shortcut tests the value's type and falls back to the shared operation: the checker's types speed it up and
 *    never decide what it gives.
 * K3 Nothing throws. Absent values and errors are values.
 */
import { resetWork } from './budget.js';
import type { CapturedEvents, Condition, EvaluationLayout, EvaluationRecord, ValueOf } from './evaluation.js';
import { Generator } from './generate.js';
import { Constants, Temporaries, makeFunction } from './javascript.js';
import { plainValues } from './plain-values.js';
import { NO_CAPTURED } from './reference.js';
import { strictValues } from './strict-values.js';
import type { TypedTree } from './tree.js';

type Compiled = (record: EvaluationRecord, captured: CapturedEvents, key: unknown) => unknown;

/** True where the expression's value is true; false for every other value, absent fields and errors. Never throws. */
export function compileCondition(tree: TypedTree, layout: EvaluationLayout = {}): Condition {
  return compile(tree, layout, (generator) => generator.isTrue(tree.root)) as Condition;
}

/** The expression's value as in `type.ts`, ABSENT or an EvaluationError. Never throws. */
export function compileValue(tree: TypedTree, layout: EvaluationLayout = {}): ValueOf {
  return compile(tree, layout, (generator) => generator.value(tree.root)) as ValueOf;
}

function compile(tree: TypedTree, layout: EvaluationLayout, generate: (generator: Generator) => string): Compiled {
  const constants = new Constants();
  const temporaries = new Temporaries('t');
  const values = tree.profile === 'strict' ? strictValues : plainValues;
  const expression = generate(new Generator(values, layout, constants, temporaries));
  const captured = `if(captured===undefined)captured=${constants.add(NO_CAPTURED)};`;
  const needsCaptured = /\bcaptured\b/.test(expression) ? captured : '';
  const body = `${constants.add(resetWork)}();${needsCaptured}const r=record.value;${temporaries.declaration()}return ${expression}`;
  return makeFunction('record,captured,key', body, constants) as Compiled;
}
