/** Options as a connector receives them: defaults filled in, durations in milliseconds, sizes in bytes. */
import type { Field, Fields } from '../../src/api/index.js';

const MILLISECONDS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const BYTES = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

export function configured<T>(fields: Fields, given: Readonly<Record<string, unknown>> = {}): T {
  const filled: Record<string, unknown> = { ...given };
  for (const [name, field] of Object.entries(fields)) {
    if (filled[name] === undefined && 'default' in field && field.default !== undefined) filled[name] = parsed(field);
  }
  return filled as T;
}

function parsed(field: Field): unknown {
  if (!('default' in field) || typeof field.default !== 'string') return 'default' in field ? field.default : undefined;
  const [, digits = '', unit = ''] = /^(\d+)(\w+)$/.exec(field.default) ?? [];
  if (field.type === 'duration') return Number(digits) * MILLISECONDS[unit as keyof typeof MILLISECONDS];
  if (field.type === 'size') return Number(digits) * BYTES[unit as keyof typeof BYTES];
  return field.default;
}
