/** The type checker's entry: from text to a typed tree, or to all that is wrong with the text. */
import { Checking } from './checking.js';
import { parseExpression } from './parse.js';
import type { Problem } from './problem.js';
import type { ExpressionScope } from './scope.js';
import type { Syntax } from './syntax.js';
import type { TypedTree } from './tree.js';
import { isNumeric, typeName } from './type-relation.js';
import type { ValueType } from './type.js';

export type CheckResult =
  | { readonly ok: true; readonly tree: TypedTree; readonly type: ValueType }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Problems are in the order of the text. `expect`: the kind of type that the place needs, e.g. `bool` for a condition;
 * `dyn` values pass, and an int where a double is needed.
 */
export function checkExpression(
  expression: string | { readonly text: string; readonly ast: Syntax },
  scope: ExpressionScope,
  expect?: ValueType['kind'],
): CheckResult {
  const parsed =
    typeof expression === 'string' ? parseExpression(expression) : ({ ok: true, ast: expression.ast } as const);
  if (!parsed.ok) return parsed;
  const text = typeof expression === 'string' ? expression : expression.text;
  const { tree, problems } = typeTree(parsed.ast, text, scope);
  if (problems.length > 0) return { ok: false, problems: [...problems].sort((a, b) => a.start - b.start) };
  const { type } = tree.root;
  if (expect !== undefined && !meets(type, expect)) return { ok: false, problems: [wrongType(tree, expect)] };
  return { ok: true, tree, type };
}

/** The tree even of an expression with problems: its broken parts give errors at run time, as CEL has it without a check. */
export function typeTree(
  ast: Syntax,
  text: string,
  scope: ExpressionScope,
): { readonly tree: TypedTree; readonly problems: readonly Problem[] } {
  const checking = new Checking(scope);
  const root = checking.node(ast);
  const tree: TypedTree = { text, ...(scope.profile === undefined ? {} : { profile: scope.profile }), root };
  return { tree, problems: checking.problems };
}

function meets(type: ValueType, expect: ValueType['kind']): boolean {
  return type.kind === 'dyn' || type.kind === expect || (expect === 'double' && isNumeric(type));
}

function wrongType(tree: TypedTree, expect: ValueType['kind']): Problem {
  const { type, start, end } = tree.root;
  const message = `expected ${expect}, found ${typeName(type)}`;
  const hint = expect === 'bool' ? 'A condition compares, as in amount > 500.' : undefined;
  return { code: 'TG209', message, start, end, ...(hint === undefined ? {} : { hint }) };
}
