/** What can be said of a typed tree without evaluating it. */
import { childNodes } from './tree.js';
import type { BinaryNode, TypedNode, TypedTree } from './tree.js';
import { BOOL } from './type-relation.js';

/** `field operator constant` over a number of the current event. */
export interface Comparison {
  readonly path: readonly string[];
  readonly operator: '==' | '<' | '<=' | '>' | '>=';
  readonly constant: number;
}

export interface Comparisons {
  readonly comparisons: readonly Comparison[];
  /** Whether they are the whole condition, so that it holds as soon as they do. */
  readonly complete: boolean;
}

/** The comparisons of the condition's conjunction: all of them hold whenever the condition does. */
export function analyseComparisons(tree: TypedTree): Comparisons {
  const operands = conjuncts(tree.root);
  const comparisons = operands.flatMap((operand) => comparisonOf(operand) ?? []);
  return { comparisons, complete: comparisons.length === operands.length };
}

function conjuncts(node: TypedNode): readonly TypedNode[] {
  return node.kind === 'logical' && node.operator === '&&' ? node.operands.flatMap(conjuncts) : [node];
}

/** An int beyond 2^53 is rounded when it is read as a double; up to here that changes no comparison. */
const EXACT_MAX = Number.MAX_SAFE_INTEGER;

const MIRRORED = { '==': '==', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

function isIndexable(operator: string): operator is keyof typeof MIRRORED {
  return Object.hasOwn(MIRRORED, operator);
}

function comparisonOf(node: TypedNode): Comparison | undefined {
  if (node.kind !== 'binary' || !isIndexable(node.operator)) return undefined;
  const forward = sides(node.left, node.right);
  if (forward !== undefined) return { ...forward, operator: node.operator };
  const backward = sides(node.right, node.left);
  return backward === undefined ? undefined : { ...backward, operator: MIRRORED[node.operator] };
}

function sides(
  field: BinaryNode['left'],
  constant: BinaryNode['right'],
): Pick<Comparison, 'path' | 'constant'> | undefined {
  const isField = field.kind === 'field' && field.of.kind === 'current' && field.path.length > 0;
  const isConstant =
    constant.kind === 'literal' && typeof constant.value === 'number' && Math.abs(constant.value) <= EXACT_MAX;
  return isField && isConstant ? { path: field.path, constant: constant.value as number } : undefined;
}

/** The AND of conditions as one. None: true. All must be of one profile. */
export function conjunction(trees: readonly TypedTree[]): TypedTree {
  const [first] = trees;
  if (first !== undefined && trees.length === 1) return first;
  const text = trees.map((tree) => `(${tree.text})`).join(' && ') || 'true';
  const place = { start: 0, end: text.length, type: BOOL };
  if (first === undefined) return { text, root: { kind: 'literal', value: true, ...place } };
  const profile = first.profile === undefined ? {} : { profile: first.profile };
  return {
    text,
    ...profile,
    root: { kind: 'logical', operator: '&&', operands: trees.map(({ root }) => root), ...place },
  };
}

/**
 * Equal for trees of the same meaning: formatting, comments, positions and the names of macros' variables do not count.
 * Canonical JSON of the tree.
 */
export function fingerprint(tree: TypedTree): string {
  const numbers = new Map<number, number>();
  return JSON.stringify([tree.profile ?? null, tree.root], (key, value: unknown) => {
    if (key === 'start' || key === 'end') return undefined;
    return isNode(value) ? renumbered(value, numbers) : value;
  });
}

/** Variables are numbered in the order in which the check met them; the fingerprint counts anew, so parts compare alone. */
function renumbered(node: TypedNode, numbers: Map<number, number>): unknown {
  const number = (variable: number): number => {
    const known = numbers.get(variable) ?? numbers.size;
    numbers.set(variable, known);
    return known;
  };
  if (node.kind === 'comprehension') return { ...node, variables: node.variables.map(number) };
  return node.kind === 'bind' || node.kind === 'variable' ? { ...node, variable: number(node.variable) } : node;
}

function isNode(value: unknown): value is TypedNode {
  return typeof value === 'object' && value !== null && 'kind' in value && 'start' in value && 'type' in value;
}

/** Whether the expression looks at captured events. If not, it depends on the event, its key and tables alone. */
export function readsCaptured(tree: TypedTree): boolean {
  return some(tree.root, (node) => {
    if (node.kind === 'stage' || node.kind === 'aggregate') return true;
    return (node.kind === 'field' || node.kind === 'metadata') && node.of.kind !== 'current';
  });
}

/** Whether the expression looks tables up, whose content may change between two evaluations of the same event. */
export function readsTables(tree: TypedTree): boolean {
  return some(tree.root, (node) => node.kind === 'lookup');
}

/** Whether types are values somewhere in the expression, as in `type(x)`. */
export function speaksOfTypes(tree: TypedTree): boolean {
  return some(tree.root, ({ type }) => type.kind === 'type');
}

function some(node: TypedNode, test: (node: TypedNode) => boolean): boolean {
  return test(node) || childNodes(node).some((child) => some(child, test));
}
