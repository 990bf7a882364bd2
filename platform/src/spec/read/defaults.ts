/** The value of a field that was not written. */
import type { Declaration, Fields } from '@tidegate/connectors/api';
import { parseDuration, parseSize } from './units.js';

/** Undefined when the declaration has no default. */
export function defaultOf(declaration: Declaration): unknown {
  if (!('default' in declaration) || declaration.default === undefined) return undefined;
  if (declaration.type === 'duration') return parseDuration(declaration.default);
  if (declaration.type === 'size') return parseSize(declaration.default);
  return declaration.default;
}

/** Sets every default that `target` does not hold. */
export function fillDefaults(fields: Fields, target: Record<string, unknown>): void {
  for (const [name, field] of Object.entries(fields)) {
    if (target[name] !== undefined) continue;
    const value = defaultOf(field);
    if (value !== undefined) target[name] = value;
  }
}
