/** A call of a function of the catalogue: which of its overloads the values decide for, and what it gives. */
import { EvaluationError } from './evaluation.js';
import { catalogueEntry } from './functions/catalogue.js';
import type { Overload } from './functions/catalogue.js';
import { WithValues } from './functions/definition.js';
import { match, parameterAt } from './functions/signature.js';
import { missingIn } from './propagate.js';
import type { CallNode } from './tree.js';
import { DYN } from './type-relation.js';
import type { Values } from './values.js';

export type Invocation = (...operands: unknown[]) => unknown;

/** Bound once, when the expression is compiled. */
export function bindCall(node: CallNode, values: Values): Invocation {
  const candidates = candidatesOf(node, values).map((overload) => bindOverload(overload, node, values));
  const failure = new EvaluationError(
    'no_such_overload',
    `${node.function || 'the function'}() does not take these values`,
  );
  return (...operands) => {
    const missing = missingIn(operands);
    if (missing !== undefined) return missing.missing;
    const fitting = candidates.find((candidate) => candidate.accepts(operands));
    return fitting === undefined ? failure : fitting.apply(operands);
  };
}

function candidatesOf(node: CallNode, values: Values): readonly Overload[] {
  const overloads = catalogueEntry(node.function)?.overloads ?? [];
  if (node.overload !== undefined) {
    const chosen = overloads.filter(({ signature }) => signature.text === node.overload);
    return chosen.length > 0 ? chosen : [];
  }
  const types = node.arguments.map(({ type }) => type);
  return overloads.filter(({ signature }) => match(signature, types, !values.strict) !== undefined);
}

interface BoundOverload {
  accepts(operands: readonly unknown[]): boolean;
  apply(operands: readonly unknown[]): unknown;
}

function bindOverload(overload: Overload, node: CallNode, values: Values): BoundOverload {
  const { signature } = overload;
  const implementation = implementationOf(overload, values);
  const parameters = node.arguments.map((_, at) => parameterAt(signature, at) ?? DYN);
  return {
    accepts: (operands) =>
      parameters.every((parameter, at) => values.accepts(parameter, operands[at], node.arguments[at]?.type ?? DYN)),
    apply: (operands) => {
      const result = implementation(
        ...operands.map((operand, at) => values.toArgument(parameters[at] ?? DYN, operand)),
      );
      return result instanceof EvaluationError ? result : values.fromResult(signature.result, result);
    },
  };
}

/** The signature promises the types that `accepts` has made sure of, so the implementation may be called with them. */
export function implementationOf(overload: Overload, values: Values): Invocation {
  const { implementation } = overload;
  return (implementation instanceof WithValues ? implementation.make(values) : implementation) as Invocation;
}
