/** The values of an expression and of its parts for one event: what a person would put into a debugger. */
import {
  ABSENT,
  compileValue,
  EvaluationError,
  renderValue,
  type CapturedEvents,
  type EvaluationLayout,
  type EvaluationRecord,
} from '../../expression/index.js';
import { childNodes, type TypedNode, type TypedTree } from '../../expression/tree.js';

export interface PartValue {
  /** The part as it is written. */
  readonly text: string;
  readonly value: string;
}

/** What there is to evaluate with, beside the event. */
export interface Surroundings {
  readonly layout: EvaluationLayout;
  readonly key: unknown;
}

/** Inner parts before outer ones, the whole last; the body of a macro has no value of its own. */
export function explainValues(tree: TypedTree, event: EvaluationRecord, { layout, key }: Surroundings): PartValue[] {
  const values = new Map<string, string>();
  for (const node of partsOf(tree.root)) {
    const valueOf = compileValue({ ...tree, root: node }, layout);
    const text = tree.text.slice(node.start, node.end).replaceAll(/\s+/g, ' ').trim();
    values.set(text, render(valueOf(event, NOTHING_CAPTURED, key), node));
  }
  return [...values].map(([text, value]) => ({ text, value }));
}

/** A stage has no events for a single event. */
const NOTHING_CAPTURED: CapturedEvents = {
  events: () => [],
  count: () => 0,
  first: () => undefined,
  last: () => undefined,
};

function partsOf(node: TypedNode): TypedNode[] {
  if (isConstant(node)) return [];
  return [...evaluatedAlone(node).flatMap(partsOf), node];
}

function isConstant(node: TypedNode): boolean {
  if (node.kind === 'literal') return true;
  return (node.kind === 'list' || node.kind === 'map') && childNodes(node).every(isConstant);
}

/** The operands whose value does not depend on a variable or on another event. */
function evaluatedAlone(node: TypedNode): readonly TypedNode[] {
  switch (node.kind) {
    case 'comprehension':
      return [node.source];
    case 'bind':
      return [node.value];
    case 'aggregate':
      return [];
    default:
      return childNodes(node);
  }
}

function render(value: unknown, node: TypedNode): string {
  if (value === ABSENT) return 'absent';
  if (value instanceof EvaluationError) return `error: ${value.message}`;
  return renderValue(value, node.type);
}
