/**
 * How values are represented, and what operators do with them. Two implementations: `plain-values.ts` (the
 * representation of `type.ts`, with the deviations from CEL) and `strict-values.ts` (CEL to the letter, for conformance).
 *
 * Invariants
 * V1 Operands that reach these operations are neither absent nor errors; `propagate.ts` sees to it.
 * V2 Nothing throws; an operation that does not apply gives an EvaluationError.
 */
import type { EvaluationError } from './evaluation.js';
import type { ParameterType } from './functions/signature.js';
import type { BinaryNode, LiteralNode, UnaryNode } from './tree.js';
import type { ValueType } from './type.js';

export type BinaryOperation = (left: unknown, right: unknown) => unknown;
export type UnaryOperation = (operand: unknown) => unknown;

/** The kinds that a value itself can tell. */
export type ValueKind = Exclude<ValueType['kind'], 'dyn' | 'record'>;

export interface Values {
  readonly strict: boolean;
  literal(node: LiteralNode): unknown;
  /** Undefined for what is no value of the language. */
  kindOf(value: unknown): ValueKind | undefined;
  equals(left: unknown, right: unknown): boolean;
  /** Negative, 0, positive; NaN when NaN is compared; an error for kinds without an order between them. */
  compare(left: unknown, right: unknown): number | EvaluationError;
  binary(node: BinaryNode): BinaryOperation;
  unary(node: UnaryNode): UnaryOperation;
  select(operand: unknown, field: string): unknown;
  index(operand: unknown, index: unknown): unknown;
  makeMap(entries: readonly (readonly [key: unknown, value: unknown])[]): unknown;
  /** Whether the value can be an argument for the parameter; `type` is what the checker knows of it. */
  accepts(parameter: ParameterType, value: unknown, type: ValueType): boolean;
  /** Of a timestamp since 1970 or of a duration, rounded down. */
  milliseconds(time: unknown): number;
  nanoseconds(time: unknown): bigint;
  timestamp(nanoseconds: bigint): unknown;
  duration(nanoseconds: bigint): unknown;
  /** The argument as implementations in the catalogue want it, and their result as a value. */
  toArgument(parameter: ParameterType, value: unknown): unknown;
  fromResult(type: ParameterType, value: unknown): unknown;
}
