/**
 * Checks expressions of the application in their scopes. What is wrong with them goes to the findings; what they use of
 * the application is remembered, so that what nobody uses can be told.
 */
import { checkExpression, type ExpressionScope } from '../expression/index.js';
import { childNodes, type TypedNode, type TypedTree } from '../expression/tree.js';
import type { ValueType } from '../expression/type.js';
import type { ExpressionText } from '../spec/application.js';
import type { Findings } from './findings.js';
import { explainProblem } from './problem-hint.js';
import { warnOfForeignSources } from './source-names.js';

export interface CheckedExpression {
  readonly tree: TypedTree;
  readonly type: ValueType;
}

/** What an expression's place in the file asks of it. */
export interface Place {
  /** Names that `source()` can give. */
  readonly inputs: readonly string[];
  readonly expect?: ValueType['kind'];
  /** What to do about an unknown name. */
  readonly hint?: string;
}

export class ExpressionChecker {
  /** Names of the tables that some expression reads. */
  readonly tables = new Set<string>();

  constructor(private readonly findings: Findings) {}

  /** Undefined when the expression is wrong, which is reported. */
  value(expression: ExpressionText, scope: ExpressionScope, place: Place): CheckedExpression | undefined {
    const result = checkExpression(expression.text, scope, place.expect);
    if (!result.ok) {
      for (const problem of result.problems) {
        this.findings.problem(explainProblem(problem, expression, scope, place.hint), expression);
      }
      return undefined;
    }
    this.#noteTables(result.tree.root);
    warnOfForeignSources(result.tree, expression, place.inputs, this.findings);
    return result;
  }

  condition(expression: ExpressionText, scope: ExpressionScope, inputs: readonly string[]): TypedTree | undefined {
    return this.value(expression, scope, { inputs, expect: 'bool' })?.tree;
  }

  #noteTables(node: TypedNode): void {
    if (node.kind === 'lookup') this.tables.add(node.table);
    for (const child of childNodes(node)) this.#noteTables(child);
  }
}
