/** The value of a field that was not written. */
import type { Declaration, Field, Fields } from '@tidegate/connectors/api';
import { parseDuration, parseSize } from './units.js';

/** Undefined when the declaration has no default. */
export function defaultOf(declaration: Declaration): unknown {
  if (!('default' in declaration) || declaration.default === undefined) return undefined;
  if (declaration.type === 'duration') return parseDuration(declaration.default);
  if (declaration.type === 'size') return parseSize(declaration.default);
  return declaration.default;
}

/** Whether the siblings' values are those that the field needs. */
export function applies({ when = {} }: Field, siblings: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(when).every(([name, values]) => values.some((value) => value === siblings[name]));
}

/** Sets every default that `target` does not hold, of the fields that apply. */
export function fillDefaults(fields: Fields, target: Record<string, unknown>): void {
  for (const [name, field] of Object.entries(fields)) {
    if (target[name] !== undefined || !applies(field, target)) continue;
    const value = defaultOf(field);
    if (value !== undefined) target[name] = value;
  }
}
