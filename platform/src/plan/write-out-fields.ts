/**
 * Replaces the names of select fields in an expression by what they stand for, so that `{{ amount }}` of a message reads
 * what `select: { amount: cashout.amount }` reads.
 *
 * Invariants
 * - Only fields of the current event are names of select fields; inside `sum(stage, ...)` the current event is another.
 * - What is put in keeps its meaning: its variables are numbered beyond those of the expression around it.
 * - Positions are those of the name in the expression around it.
 */
import { mapChildren } from '../expression/map-children.js';
import { childNodes, type FieldNode, type TypedNode, type TypedTree } from '../expression/tree.js';
import type { CheckedExpression } from './expression-checker.js';

export function writeOutFields(
  tree: TypedTree,
  selected: ReadonlyMap<string, CheckedExpression | undefined>,
): TypedTree {
  let variables = variablesOf(tree.root);
  const write = (node: TypedNode): TypedNode => {
    if (node.kind === 'aggregate') return node;
    if (node.kind !== 'field' || node.of.kind !== 'current') return mapChildren(node, write);
    const meaning = selected.get(node.path[0] ?? '')?.tree.root;
    if (meaning === undefined) return node;
    const from = variables;
    variables += variablesOf(meaning);
    return selectRest(place(meaning, node, from), node);
  };
  return { ...tree, root: write(tree.root) };
}

/** `amount.currency`: the rest of the path is selected from what the name stands for. */
function selectRest(meaning: TypedNode, node: FieldNode): TypedNode {
  const rest = node.path.slice(1);
  return rest.reduce<TypedNode>(
    (operand, field, index) => ({
      kind: 'select',
      operand,
      field,
      type: index === rest.length - 1 ? node.type : { kind: 'dyn' },
      start: node.start,
      end: node.end,
    }),
    meaning,
  );
}

/** The node with the positions of `at` and its variables counted on from `from`. */
function place(node: TypedNode, at: FieldNode, from: number): TypedNode {
  const { start, end } = at;
  const placed = mapChildren(node, (child) => place(child, at, from));
  switch (placed.kind) {
    case 'variable':
    case 'bind':
      return { ...placed, start, end, variable: placed.variable + from };
    case 'comprehension':
      return { ...placed, start, end, variables: placed.variables.map((variable) => variable + from) };
    default:
      return { ...placed, start, end };
  }
}

/** How many numbers the variables of a node take, from 0. */
function variablesOf(node: TypedNode): number {
  const own =
    node.kind === 'comprehension'
      ? node.variables
      : node.kind === 'variable' || node.kind === 'bind'
        ? [node.variable]
        : [];
  return Math.max(0, ...own.map((variable) => variable + 1), ...childNodes(node).map(variablesOf));
}
