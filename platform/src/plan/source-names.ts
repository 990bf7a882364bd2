/** Comparisons of `source()` with names that the rule does not read, which can never hold. */
import { nearestName } from '../common/nearest-name.js';
import { childNodes, type LiteralNode, type TypedNode, type TypedTree } from '../expression/tree.js';
import type { ExpressionText } from '../spec/application.js';
import type { Findings } from './findings.js';

export function warnOfForeignSources(
  tree: TypedTree,
  expression: ExpressionText,
  inputs: readonly string[],
  findings: Findings,
): void {
  const visit = (node: TypedNode): void => {
    for (const literal of comparedWithSource(node)) {
      const name = String(literal.value);
      if (inputs.includes(name)) continue;
      const suggestion = nearestName(name, inputs);
      findings.warningIn(
        'TG354',
        `source() is never "${name}" here: the rule reads ${inputs.join(', ')}`,
        expression,
        literal,
        {
          ...(suggestion === undefined ? {} : { suggestion }),
        },
      );
    }
    childNodes(node).forEach(visit);
  };
  visit(tree.root);
}

function comparedWithSource(node: TypedNode): LiteralNode[] {
  if (node.kind !== 'binary') return [];
  const { operator, left, right } = node;
  if (operator === 'in') return isSource(left) && right.kind === 'list' ? right.elements.filter(isText) : [];
  if (operator !== '==' && operator !== '!=') return [];
  if (isSource(left)) return [right].filter(isText);
  return isSource(right) ? [left].filter(isText) : [];
}

function isSource(node: TypedNode): boolean {
  return node.kind === 'metadata' && node.name === 'source';
}

function isText(node: TypedNode): node is LiteralNode {
  return node.kind === 'literal' && typeof node.value === 'string' && node.type.kind === 'string';
}
