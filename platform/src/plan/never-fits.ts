/**
 * Steps that can never take their first event, as their condition reads what a match cannot have yet: its own events,
 * those of later steps or, for the first step, `last()`. Typical is `amount > last(rise).amount` without
 * `size(rise) == 0 ||` before it.
 *
 * Evaluates a condition over what is known then (those stages are empty) and asks whether it can be true at all.
 */
import { childNodes, type TypedNode, type TypedTree } from '../expression/tree.js';
import type { Pattern, Step } from '../spec/application.js';
import { takesNothing } from './pattern-refusals.js';
import { isNot, walkSteps } from './stages.js';

/** What is empty when a step is asked for its first event. */
export interface EmptyAtFirst {
  readonly stages: ReadonlySet<string>;
  /** Nothing at all was taken: there is no `last()`. */
  readonly nothing: boolean;
}

/** For every step that takes single events. A step that is reached in a later round of a group may see the group's. */
export function emptyAtFirst(pattern: Pattern): Map<Step, EmptyAtFirst> {
  const walked = [...walkSteps(pattern.steps)].filter(({ step }) => step.steps === undefined && !isNot(step));
  return new Map(
    walked.map(({ step, around }, index) => {
      const rounds = around.findIndex((group) => group.times !== undefined);
      const skippedBefore = rounds !== -1 && [...around.slice(rounds + 1), step].some(takesNothing);
      const loop = around[rounds];
      const later = walked
        .slice(index + 1)
        .filter((other) => !skippedBefore || loop === undefined || !other.around.includes(loop));
      return [
        step,
        {
          stages: new Set([step.name, ...later.map((other) => other.step.name)]),
          nothing: index === 0 && !skippedBefore,
        },
      ];
    }),
  );
}

/** Whether the condition can be true while these are empty. */
export function canFit(tree: TypedTree, empty: EmptyAtFirst): boolean {
  return outcomesOf(tree.root, empty).true;
}

/** What the condition reads of that which is empty, by name: `rise`, `last()`. */
export function emptyReads(tree: TypedTree, empty: EmptyAtFirst): string[] {
  const reads = new Set<string>();
  const visit = (node: TypedNode): void => {
    if ((node.kind === 'field' || node.kind === 'metadata') && readsEmpty(node.of, empty)) {
      reads.add(node.of.kind === 'captured' || node.of.kind === 'nth' ? node.of.stage : 'last()');
    }
    if (node.kind === 'stage' && empty.stages.has(node.stage)) reads.add(node.stage);
    childNodes(node).forEach(visit);
  };
  visit(tree.root);
  return [...reads];
}

/** Which outcomes an expression may have; `constant` where its value is known. */
interface Outcomes {
  readonly true: boolean;
  readonly false: boolean;
  /** Absent, or an error. */
  readonly failure: boolean;
  readonly constant?: number | 'emptyList';
}

const ANY: Outcomes = { true: true, false: true, failure: true };
const FAILURE: Outcomes = { true: false, false: false, failure: true };

function truth(value: boolean): Outcomes {
  return { true: value, false: !value, failure: false };
}

function constant(value: number | 'emptyList'): Outcomes {
  return { true: false, false: false, failure: false, constant: value };
}

function mustFail(outcomes: Outcomes): boolean {
  return outcomes.failure && !outcomes.true && !outcomes.false && outcomes.constant === undefined;
}

function outcomesOf(node: TypedNode, empty: EmptyAtFirst): Outcomes {
  const of = (child: TypedNode): Outcomes => outcomesOf(child, empty);
  switch (node.kind) {
    case 'literal':
      if (typeof node.value === 'boolean') return truth(node.value);
      return typeof node.value === 'number' ? constant(node.value) : ANY;
    case 'field':
    case 'metadata':
      return readsEmpty(node.of, empty) ? FAILURE : ANY;
    case 'stage':
      return empty.stages.has(node.stage) ? constant('emptyList') : ANY;
    case 'has':
      return mustFail(of(node.operand)) ? truth(false) : ANY;
    case 'coalesce':
      return node.operands.every((operand) => mustFail(of(operand))) ? FAILURE : ANY;
    case 'unary': {
      const operand = of(node.operand);
      return node.operator === '!'
        ? { true: operand.false, false: operand.true, failure: operand.failure }
        : strict([operand]);
    }
    case 'binary':
      return compare(node.operator, of(node.left), of(node.right));
    case 'logical':
      return node.operator === '&&' ? both(node.operands.map(of)) : negate(both(node.operands.map(of).map(negate)));
    case 'conditional':
      return choose(of(node.condition), of(node.then), of(node.otherwise));
    case 'call': {
      const operands = node.arguments.map(of);
      const isSizeOfEmpty = node.function === 'size' && operands[0]?.constant === 'emptyList';
      return isSizeOfEmpty ? constant(0) : strict(operands);
    }
    case 'comprehension':
      return comprehend(node.macro, of(node.source));
    case 'select':
      return strict([of(node.operand)]);
    case 'index': {
      const operand = of(node.operand);
      return operand.constant === 'emptyList' ? FAILURE : strict([operand, of(node.index)]);
    }
    case 'lookup':
      return strict([of(node.key)]);
    default:
      return ANY;
  }
}

function readsEmpty(reference: Extract<TypedNode, { kind: 'field' }>['of'], empty: EmptyAtFirst): boolean {
  switch (reference.kind) {
    case 'current':
      return false;
    case 'latest':
      return empty.nothing;
    case 'captured':
    case 'nth':
      return empty.stages.has(reference.stage);
  }
}

/** Fails when an operand must fail. */
function strict(operands: readonly Outcomes[]): Outcomes {
  return operands.some(mustFail) ? FAILURE : ANY;
}

function both(operands: readonly Outcomes[]): Outcomes {
  return {
    true: operands.every((operand) => operand.true),
    false: operands.some((operand) => operand.false),
    failure:
      operands.some((operand) => operand.failure) && operands.every((operand) => operand.true || operand.failure),
  };
}

function negate(outcomes: Outcomes): Outcomes {
  return { true: outcomes.false, false: outcomes.true, failure: outcomes.failure };
}

function choose(condition: Outcomes, then: Outcomes, otherwise: Outcomes): Outcomes {
  const branches = [...(condition.true ? [then] : []), ...(condition.false ? [otherwise] : [])];
  if (branches.some((branch) => branch.constant !== undefined)) return ANY;
  return {
    true: branches.some((branch) => branch.true),
    false: branches.some((branch) => branch.false),
    failure: condition.failure || branches.some((branch) => branch.failure),
  };
}

function compare(operator: string, left: Outcomes, right: Outcomes): Outcomes {
  if (mustFail(left) || mustFail(right)) return FAILURE;
  if (operator === 'in' && right.constant === 'emptyList') return truth(false);
  const [a, b] = [left.constant, right.constant];
  if (typeof a !== 'number' || typeof b !== 'number') return ANY;
  switch (operator) {
    case '==':
      return truth(a === b);
    case '!=':
      return truth(a !== b);
    case '<':
      return truth(a < b);
    case '<=':
      return truth(a <= b);
    case '>':
      return truth(a > b);
    case '>=':
      return truth(a >= b);
    default:
      return ANY;
  }
}

function comprehend(macro: string, source: Outcomes): Outcomes {
  if (mustFail(source)) return FAILURE;
  if (source.constant !== 'emptyList') return ANY;
  if (macro === 'all') return truth(true);
  if (macro === 'exists' || macro === 'existsOne') return truth(false);
  return macro === 'filter' || macro === 'map' ? constant('emptyList') : ANY;
}
