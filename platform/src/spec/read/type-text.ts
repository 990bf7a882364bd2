/** The types of a schema as text: `string`, `list<T>`, `map<T>`, each with `?` for what may be absent. */
import type { FieldType, ValueType } from '../../expression/type.js';

export const TYPE_WORDS = ['string', 'int', 'double', 'bool', 'timestamp', 'duration', 'bytes'] as const;

const SIMPLE: ReadonlyMap<string, ValueType> = new Map(TYPE_WORDS.map((kind) => [kind, { kind }]));
const MAX_NESTING = 16;

/** Undefined when the text is no type; `unknown` is then the word that was not understood. */
export function parseTypeText(text: string): { readonly field: FieldType } | { readonly unknown: string } {
  const trimmed = text.trim();
  const optional = trimmed.endsWith('?');
  const type = parse(optional ? trimmed.slice(0, -1).trimEnd() : trimmed, 0);
  if ('unknown' in type) return type;
  return { field: optional ? { type: type.type, optional } : { type: type.type } };
}

function parse(text: string, depth: number): { readonly type: ValueType } | { readonly unknown: string } {
  const simple = SIMPLE.get(text);
  if (simple !== undefined) return { type: simple };
  const generic = /^(list|map)\s*<(.*)>$/s.exec(text);
  if (generic === null || depth === MAX_NESTING) return { unknown: text };
  const inner = parse((generic[2] ?? '').trim(), depth + 1);
  if ('unknown' in inner) return inner;
  if (generic[1] === 'list') return { type: { kind: 'list', element: inner.type } };
  return { type: { kind: 'map', key: { kind: 'string' }, value: inner.type } };
}
