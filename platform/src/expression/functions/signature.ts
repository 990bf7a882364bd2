/**
 * Signatures of functions as one line of text, which is also what the reference shows: `string.startsWith(string) -> bool`.
 * A type before the name makes a member function; a single capital is a type variable (N for numbers alone); `T...` takes
 * one or more.
 */
import { DYN, commonType, fits, isNumeric } from '../type-relation.js';
import type { ValueType } from '../type.js';

/** A type, or a variable that stands for one. */
export type ParameterType =
  ValueType | { readonly kind: 'variable'; readonly name: string } | ParameterList | ParameterMap;
interface ParameterList {
  readonly kind: 'list';
  readonly element: ParameterType;
}
interface ParameterMap {
  readonly kind: 'map';
  readonly key: ParameterType;
  readonly value: ParameterType;
}

export interface Signature {
  readonly text: string;
  readonly name: string;
  /** Whether the first parameter is the target: `target.name(...)`. */
  readonly member: boolean;
  readonly parameters: readonly ParameterType[];
  readonly variadic: boolean;
  readonly result: ParameterType;
}

/** The type variable that stands for numbers alone. */
const NUMERIC = 'N';

const SIGNATURE = /^(?:(.+?)\.)??([a-zA-Z][\w.]*)\((.*)\) -> (.+)$/;

export function parseSignature(text: string): Signature {
  const found = SIGNATURE.exec(text);
  const [, target, name, inner, result] = found ?? [];
  if (name === undefined || inner === undefined || result === undefined) throw new Error(`not a signature: ${text}`);
  // `math.abs` is a name with a namespace, `string.size` a member of a type.
  const [head = '', ...rest] = name.split('.');
  const member = target !== undefined || (rest.length > 0 && isTypeName(head));
  const targets = target !== undefined ? [target] : member ? [head] : [];
  const parameters = [...targets, ...splitArguments(inner)];
  const variadic = parameters.at(-1)?.endsWith('...') ?? false;
  return {
    text,
    name: member && target === undefined ? rest.join('.') : name,
    member,
    parameters: parameters.map((parameter) => parseType(parameter.replace('...', ''))),
    variadic,
    result: parseType(result),
  };
}

const SCALARS = 'dyn null bool int uint double string bytes timestamp duration type'.split(' ');

function isTypeName(text: string): boolean {
  return SCALARS.includes(text) || /^[A-Z]$/.test(text);
}

function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    if (text[at] === '<') depth++;
    if (text[at] === '>') depth--;
    if (at === text.length || (text[at] === ',' && depth === 0)) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return parts.filter((part) => part !== '');
}

function parseType(text: string): ParameterType {
  if (/^[A-Z]$/.test(text)) return { kind: 'variable', name: text };
  const generic = /^(list|map)<(.*)>$/.exec(text);
  const [first, second] = generic === null ? [] : splitArguments(generic[2] ?? '').map(parseType);
  if (generic?.[1] === 'list' && first !== undefined) return { kind: 'list', element: first };
  if (generic?.[1] === 'map' && first !== undefined && second !== undefined)
    return { kind: 'map', key: first, value: second };
  if (!SCALARS.includes(text)) throw new Error(`not a type: ${text}`);
  return { kind: text } as ValueType;
}

export function parameterAt(signature: Signature, index: number): ParameterType | undefined {
  return signature.parameters[index] ?? (signature.variadic ? signature.parameters.at(-1) : undefined);
}

export function takesCount(signature: Signature, count: number): boolean {
  return signature.variadic ? count >= signature.parameters.length : count === signature.parameters.length;
}

/**
 * How arguments of these types fit: `exact`; `promoted` when an int stands where a double is needed; `maybe` when a
 * `dyn` argument leaves it to the value; undefined when they cannot. With the type of the result.
 */
export function match(
  signature: Signature,
  types: readonly ValueType[],
  mixNumbers: boolean,
): { readonly fit: 'exact' | 'promoted' | 'maybe'; readonly result: ValueType } | undefined {
  if (!takesCount(signature, types.length)) return undefined;
  const bindings = new Map<string, ValueType>();
  let fit: 'exact' | 'promoted' | 'maybe' = 'exact';
  for (const [index, type] of types.entries()) {
    const parameter = parameterAt(signature, index);
    const one = parameter === undefined ? undefined : matchOne(parameter, type, bindings, mixNumbers);
    if (one === undefined) return undefined;
    if (one === 'maybe' || (one === 'promoted' && fit === 'exact')) fit = one;
  }
  return { fit, result: substitute(signature.result, bindings) };
}

function matchOne(
  parameter: ParameterType,
  type: ValueType,
  bindings: Map<string, ValueType>,
  mixNumbers: boolean,
): 'exact' | 'promoted' | 'maybe' | undefined {
  if (parameter.kind === 'variable') {
    const bound = bindings.get(parameter.name);
    if (parameter.name === NUMERIC && !isNumeric(type) && type.kind !== 'dyn') return undefined;
    if (bound !== undefined && !fits(bound, type, true)) return undefined;
    bindings.set(parameter.name, bound === undefined ? type : commonType(bound, type, mixNumbers));
    return 'exact';
  }
  if (parameter.kind === 'dyn') return 'exact';
  if (type.kind === 'dyn') return 'maybe';
  if (parameter.kind === 'list' && type.kind === 'list')
    return matchOne(parameter.element, type.element, bindings, mixNumbers);
  if (parameter.kind === 'map' && type.kind === 'record') return 'exact';
  if (parameter.kind === 'map' && type.kind === 'map') {
    const key = matchOne(parameter.key, type.key, bindings, mixNumbers);
    return key === undefined ? undefined : matchOne(parameter.value, type.value, bindings, mixNumbers);
  }
  if (parameter.kind === type.kind) return 'exact';
  return mixNumbers && parameter.kind === 'double' && isNumeric(type as ValueType) ? 'promoted' : undefined;
}

function substitute(type: ParameterType, bindings: ReadonlyMap<string, ValueType>): ValueType {
  if (type.kind === 'variable') return bindings.get(type.name) ?? DYN;
  if (type.kind === 'list') return { kind: 'list', element: substitute(type.element, bindings) };
  if (type.kind === 'map')
    return { kind: 'map', key: substitute(type.key, bindings), value: substitute(type.value, bindings) };
  return type;
}
