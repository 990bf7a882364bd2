/**
 * One check of one expression: the scope, what has been found, and the way back into the recursion. The parts of the
 * checker (`check-*.ts`) are functions over it.
 *
 * Invariants
 * C1 A node whose check found a problem has the type `dyn`, so that one mistake gives one message.
 * C2 Every name of a macro's variable becomes a number that is unique in the expression.
 */
import { nearestName } from '../common/nearest-name.js';
import { checkNode } from './check-node.js';
import type { Problem, ProblemCode } from './problem.js';
import type { ExpressionScope } from './scope.js';
import type { Syntax } from './syntax.js';
import type { CallNode, TypedNode } from './tree.js';
import { DYN, typeName } from './type-relation.js';
import type { RecordType, ValueType } from './type.js';

export interface Variable {
  readonly variable: number;
  readonly type: ValueType;
}

interface Place {
  readonly start: number;
  readonly end: number;
}

export class Checking {
  /** int, uint and double mix freely, unless strict. */
  readonly mixNumbers: boolean;
  /** The current event; the body of an aggregate has its stage's. */
  readonly event: RecordType | undefined;
  readonly #shared: { readonly problems: Problem[]; variables: number };

  constructor(
    readonly scope: ExpressionScope,
    readonly variables: ReadonlyMap<string, Variable> = new Map(),
    parent?: Checking,
    event: RecordType | undefined = scope.event,
  ) {
    this.mixNumbers = scope.profile !== 'strict';
    this.event = event;
    this.#shared = parent === undefined ? { problems: [], variables: 0 } : parent.#shared;
  }

  get problems(): readonly Problem[] {
    return this.#shared.problems;
  }

  node(syntax: Syntax): TypedNode {
    return checkNode(this, syntax);
  }

  /** Checks what must be a bool; `what` names it. */
  bool(syntax: Syntax, what: string): TypedNode {
    const node = this.node(syntax);
    const { kind } = node.type;
    if (kind !== 'bool' && kind !== 'dyn') this.refuse('TG207', node, `${what} is a bool, not ${typeName(node.type)}`);
    return node;
  }

  /** A child in which the names are variables of a macro, with their numbers. */
  binding(
    names: readonly string[],
    types: readonly ValueType[],
  ): { readonly child: Checking; readonly numbers: readonly number[] } {
    const numbers = names.map(() => this.#shared.variables++);
    const variables = new Map(this.variables);
    for (const [index, name] of names.entries())
      variables.set(name, { variable: numbers[index] ?? 0, type: types[index] ?? DYN });
    return { child: new Checking(this.scope, variables, this, this.event), numbers };
  }

  /** A child in which an event of this type is the current one. */
  within(event: RecordType): Checking {
    return new Checking(this.scope, this.variables, this, event);
  }

  /** Reports a problem and gives the node that stands for the broken part: a call of no function, which is an error at run time. */
  refuse(
    code: ProblemCode,
    place: Place,
    message: string,
    more: { readonly hint?: string | undefined; readonly near?: readonly [string, Iterable<string>] } = {},
  ): CallNode {
    const suggestion = more.near === undefined ? undefined : nearestName(...more.near);
    this.#shared.problems.push({
      code,
      message,
      start: place.start,
      end: place.end,
      ...(suggestion === undefined ? {} : { suggestion }),
      ...(more.hint === undefined ? {} : { hint: more.hint }),
    });
    return { kind: 'call', function: '', arguments: [], type: DYN, start: place.start, end: place.end };
  }
}
