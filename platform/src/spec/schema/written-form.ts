/** Parsed options in the form in which a user writes them: durations and sizes as text again. */
import type { Fields } from '@tidegate/connectors/api';
import { renderDuration } from '../../common/duration-text.js';
import { alternativeFor } from './shape.js';

const SIZE_UNITS: readonly (readonly [string, number])[] = [
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
  ['B', 1],
];

/** The largest unit that divides it. */
export function sizeText(bytes: number): string {
  const [unit, size] = SIZE_UNITS.find(([, one]) => bytes % one === 0 && bytes >= one) ?? ['B', 1];
  return `${bytes / size}${unit}`;
}

export function writtenForm(fields: Fields, options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => {
      const field = fields[name];
      const inner = field === undefined ? undefined : alternativeFor(field, 'map');
      if (inner?.type === 'object' && typeof value === 'object' && value !== null)
        return [name, writtenForm(inner.fields, { ...value })];
      if (typeof value !== 'number') return [name, value];
      const type = field?.type;
      return [name, type === 'duration' ? renderDuration(value) : type === 'size' ? sizeText(value) : value];
    }),
  );
}
