/** Checks expressions of the application in their scopes; what is wrong with them goes to the findings. */
import { checkExpression, type ExpressionScope } from '../expression/index.js';
import type { TypedTree } from '../expression/tree.js';
import type { ValueType } from '../expression/type.js';
import type { ExpressionText } from '../spec/application.js';
import type { Findings } from './findings.js';

export interface CheckedExpression {
  readonly tree: TypedTree;
  readonly type: ValueType;
}

export class ExpressionChecker {
  constructor(private readonly findings: Findings) {}

  /** Undefined when the expression is wrong, which is reported. */
  value(expression: ExpressionText, scope: ExpressionScope, expect?: ValueType['kind']): CheckedExpression | undefined {
    const result = checkExpression(expression.text, scope, expect);
    if (result.ok) return result;
    for (const problem of result.problems) this.findings.problem(problem, expression);
    return undefined;
  }

  condition(expression: ExpressionText, scope: ExpressionScope): TypedTree | undefined {
    return this.value(expression, scope, 'bool')?.tree;
  }
}
