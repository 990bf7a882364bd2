/**
 * The typed tree of an expression: what the checker makes, the plan carries as JSON, and compiler and interpreter read.
 *
 * Invariants
 * T1 Plain JSON: integers beyond 2^53 and bytes are text, there is no `undefined`, and parsing the text back gives an equal tree.
 * T2 Names are resolved: a node says which field, stage, table or function it means; variables of macros are numbered.
 * T3 Positions (`start`, `end`, offsets in `text`) are for people alone: the fingerprint of a tree ignores them.
 */
import type { ValueType } from './type.js';

export interface TypedTree {
  /** The expression as it was written. */
  readonly text: string;
  /** `strict`: CEL without the deviations of `deviations.ts`. Absent: with them. */
  readonly profile?: 'strict';
  readonly root: TypedNode;
}

/** Which event a field or a metadata function means. */
export type EventReference =
  | { readonly kind: 'current' }
  /** An event that the match has taken: `only` for a stage of exactly one event. */
  | { readonly kind: 'captured'; readonly stage: string; readonly at: 'only' | 'first' | 'last' }
  /** `s[i]` */
  | { readonly kind: 'nth'; readonly stage: string; readonly index: TypedNode }
  /** `last()`: the event that the match took last, in whichever stage. */
  | { readonly kind: 'latest' };

interface NodeBase {
  readonly type: ValueType;
  readonly start: number;
  readonly end: number;
}

export interface LiteralNode extends NodeBase {
  readonly kind: 'literal';
  /** int and uint: a number, or decimal text beyond ±(2^53 - 1). bytes: base64. timestamp, duration: milliseconds. */
  readonly value: string | number | boolean | null;
}
/** A field of an event by its path, e.g. `properties.mag`; an empty path is the whole record. */
export interface FieldNode extends NodeBase {
  readonly kind: 'field';
  readonly of: EventReference;
  readonly path: readonly string[];
}
/** All events of a stage, in the order in which they were taken, as a list of their records. */
export interface StageNode extends NodeBase {
  readonly kind: 'stage';
  readonly stage: string;
}
export interface MetadataNode extends NodeBase {
  readonly kind: 'metadata';
  /** `alertRule` and `alertSeverity`: of an input that is another rule's alerts. */
  readonly name: 'key' | 'source' | 'eventTime' | 'header' | 'alertRule' | 'alertSeverity';
  readonly of: EventReference;
  readonly header?: TypedNode;
}
/** `tables.NAME[key]`: the row, absent without one. */
export interface LookupNode extends NodeBase {
  readonly kind: 'lookup';
  readonly table: string;
  readonly key: TypedNode;
}
export interface VariableNode extends NodeBase {
  readonly kind: 'variable';
  readonly variable: number;
}
export interface SelectNode extends NodeBase {
  readonly kind: 'select';
  readonly operand: TypedNode;
  readonly field: string;
}
export interface IndexNode extends NodeBase {
  readonly kind: 'index';
  readonly operand: TypedNode;
  readonly index: TypedNode;
}
/** `has(x)`: whether x is present; null is. */
export interface HasNode extends NodeBase {
  readonly kind: 'has';
  readonly operand: TypedNode;
}
export interface CoalesceNode extends NodeBase {
  readonly kind: 'coalesce';
  readonly operands: readonly TypedNode[];
}
export interface UnaryNode extends NodeBase {
  readonly kind: 'unary';
  readonly operator: '!' | '-';
  readonly operand: TypedNode;
}
export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in';
export interface BinaryNode extends NodeBase {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: TypedNode;
  readonly right: TypedNode;
  /** `/` of integers that is to be a division of doubles (deviation `field-division`). */
  readonly real?: true;
}
export interface LogicalNode extends NodeBase {
  readonly kind: 'logical';
  readonly operator: '&&' | '||';
  readonly operands: readonly TypedNode[];
}
export interface ConditionalNode extends NodeBase {
  readonly kind: 'conditional';
  readonly condition: TypedNode;
  readonly then: TypedNode;
  readonly otherwise: TypedNode;
}
export interface ListNode extends NodeBase {
  readonly kind: 'list';
  readonly elements: readonly TypedNode[];
}
export interface MapNode extends NodeBase {
  readonly kind: 'map';
  readonly entries: readonly (readonly [key: TypedNode, value: TypedNode])[];
}
export interface CallNode extends NodeBase {
  readonly kind: 'call';
  /** A function of the catalogue. */
  readonly function: string;
  /** Its signature in the catalogue, when the types of the arguments decide it; else it is chosen by the values. */
  readonly overload?: string;
  /** A member function's target comes first. */
  readonly arguments: readonly TypedNode[];
}
export type ComprehensionMacro =
  'all' | 'exists' | 'existsOne' | 'filter' | 'map' | 'transformMap' | 'transformMapEntry';
/** One variable: the element (a map's key). Two: index and element (a map's key and value). */
export interface ComprehensionNode extends NodeBase {
  readonly kind: 'comprehension';
  readonly macro: ComprehensionMacro;
  readonly variables: readonly number[];
  readonly source: TypedNode;
  /** The filter of `map(x, filter, transform)` and of the transforms. */
  readonly filter?: TypedNode;
  readonly body: TypedNode;
}
/** `cel.bind(x, value, body)` */
export interface BindNode extends NodeBase {
  readonly kind: 'bind';
  readonly variable: number;
  readonly value: TypedNode;
  readonly body: TypedNode;
}
/** `sum(stage, expression)`: the body is evaluated with each event of the stage as the current one. */
export interface AggregateNode extends NodeBase {
  readonly kind: 'aggregate';
  readonly function: 'sum' | 'avg' | 'min' | 'max';
  readonly stage: string;
  readonly body: TypedNode;
}

export type TypedNode =
  | LiteralNode
  | FieldNode
  | StageNode
  | MetadataNode
  | LookupNode
  | VariableNode
  | SelectNode
  | IndexNode
  | HasNode
  | CoalesceNode
  | UnaryNode
  | BinaryNode
  | LogicalNode
  | ConditionalNode
  | ListNode
  | MapNode
  | CallNode
  | ComprehensionNode
  | BindNode
  | AggregateNode;

/** The parts of a node that are expressions themselves, in the order of the text. */
export function childNodes(node: TypedNode): readonly TypedNode[] {
  switch (node.kind) {
    case 'literal':
    case 'stage':
    case 'variable':
      return [];
    case 'field':
      return node.of.kind === 'nth' ? [node.of.index] : [];
    case 'metadata':
      return [...(node.of.kind === 'nth' ? [node.of.index] : []), ...(node.header === undefined ? [] : [node.header])];
    case 'lookup':
      return [node.key];
    case 'select':
    case 'has':
    case 'unary':
      return [node.operand];
    case 'index':
      return [node.operand, node.index];
    case 'coalesce':
    case 'logical':
      return node.operands;
    case 'binary':
      return [node.left, node.right];
    case 'conditional':
      return [node.condition, node.then, node.otherwise];
    case 'list':
      return node.elements;
    case 'map':
      return node.entries.flat();
    case 'call':
      return node.arguments;
    case 'comprehension':
      return [node.source, ...(node.filter === undefined ? [] : [node.filter]), node.body];
    case 'bind':
      return [node.value, node.body];
    case 'aggregate':
      return [node.body];
  }
}
