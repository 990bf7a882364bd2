/** JSON Schema of the declarations whose values are single scalars. */
import type { Declaration } from '@tidegate/connectors/api';
import { DURATION, SIZE } from '../read/units.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A count: an integer, `n..m` or `n..`. */
export const RANGE = '^\\d+(\\.\\.(\\d+)?)?$';

/** Undefined for declarations that are no scalars. */
export function scalarSchema(declaration: Declaration): JsonSchema | undefined {
  switch (declaration.type) {
    case 'string':
      return {
        type: 'string',
        ...(declaration.enum === undefined ? {} : { enum: declaration.enum }),
        ...(declaration.pattern === undefined ? {} : { pattern: wholeText(declaration.pattern) }),
      };
    case 'integer':
    case 'number':
      return {
        type: declaration.type,
        ...(declaration.minimum === undefined ? {} : { minimum: declaration.minimum }),
        ...(declaration.maximum === undefined ? {} : { maximum: declaration.maximum }),
      };
    case 'boolean':
      return { type: 'boolean' };
    case 'duration':
      return { type: 'string', pattern: DURATION };
    case 'size':
      return { type: 'string', pattern: SIZE };
    case 'expression':
      return { type: ['string', 'boolean', 'number'] };
    case 'template':
    case 'reference':
      return { type: 'string' };
    case 'range':
      return {
        anyOf: [
          { type: 'integer', minimum: 0 },
          { type: 'string', pattern: RANGE },
        ],
      };
    default:
      return undefined;
  }
}

function wholeText(pattern: string): string {
  return pattern.startsWith('^') && pattern.endsWith('$') ? pattern : `^(?:${pattern})$`;
}
