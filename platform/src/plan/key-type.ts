/** Which values can be keys, and whether the keys of several inputs name the same thing. */
import type { ValueType } from '../expression/type.js';
import type { ExpressionText, RuleInput } from '../spec/application.js';
import type { Findings } from './findings.js';

const NUMBERS = new Set(['int', 'uint', 'double']);
const NOT_A_KEY = new Set(['null', 'bytes', 'map', 'record', 'type']);

export interface InputKey {
  readonly input: RuleInput;
  readonly types: readonly ValueType[];
}

/** The type of `key()`: the part's own, or a list when the key has several parts; undefined without a key. */
export function agreeKeys(keys: readonly InputKey[], findings: Findings): ValueType | undefined {
  const [first, ...others] = keys;
  if (first === undefined) return undefined;
  let parts: readonly ValueType[] = first.types;
  for (const other of others) {
    if (other.types.length !== parts.length) {
      findings.error('TG301', differentCounts(first, other), other.input.path, {
        help: 'the events of all sources meet under one key: give each source as many parts, in the same order',
      });
      return { kind: 'dyn' };
    }
    parts = parts.map((part, index) => {
      const type = other.types[index] as ValueType;
      const common = commonType(part, type);
      if (common !== undefined) return common;
      findings.error(
        'TG301',
        differentTypes(first, part, other, type),
        other.input.key[index]?.path ?? other.input.path,
        {
          help: 'keys of different types are never equal, so these sources would never meet; convert one, e.g. string(x)',
        },
      );
      return { kind: 'dyn' };
    });
  }
  if (parts.length <= 1) return parts[0];
  const element = parts.reduce((all, part) => commonType(all, part) ?? { kind: 'dyn' });
  return { kind: 'list', element };
}

export function refuseUnusableKey(type: ValueType, expression: ExpressionText, findings: Findings): void {
  if (!NOT_A_KEY.has(type.kind)) return;
  findings.error('TG302', `a ${type.kind} cannot be a key`, expression.path, {
    help: 'a key is text, a number, a bool, a time, or a list of these',
  });
}

/** Keys are equal by value, and an integral double equals an int, so numbers agree. */
function commonType(a: ValueType, b: ValueType): ValueType | undefined {
  if (a.kind === 'dyn' || b.kind === 'dyn') return { kind: 'dyn' };
  if (JSON.stringify(a) === JSON.stringify(b)) return a;
  return NUMBERS.has(a.kind) && NUMBERS.has(b.kind) ? { kind: 'double' } : undefined;
}

function differentCounts(first: InputKey, other: InputKey): string {
  return `the key of "${other.input.name}" has ${count(other)}, that of "${first.input.name}" has ${count(first)}`;
}

function differentTypes(first: InputKey, a: ValueType, other: InputKey, b: ValueType): string {
  return `the key of "${other.input.name}" is a ${b.kind}, that of "${first.input.name}" a ${a.kind}`;
}

function count({ types }: InputKey): string {
  return types.length === 0 ? 'no part' : types.length === 1 ? 'one part' : `${types.length} parts`;
}
