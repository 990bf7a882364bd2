/** Values that do not fit where a schema wants them, and how that is said: where they stand, what they are, what is wanted. */
import { UnwritableRecordError } from '../api/index.js';

/** For keys of maps, which are content. */
export const ANY_KEY = '*';

class Unfit extends Error {
  /** Names of fields and places in lists, outermost first. */
  readonly path: (string | number)[] = [];
}

/** @param wanted with its article: `a long` */
export function unfit(value: unknown, wanted: string): never {
  throw new Unfit(`is ${kindOf(value)}, and the schema wants ${wanted}`);
}

/** Does the work with what stands at a step of the record. */
export function within(step: string | number, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (error instanceof Unfit) error.path.unshift(step);
    throw error;
  }
}

/** Of a whole record. @throws UnwritableRecordError */
export function written<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    const where = error.path.length === 0 ? 'the record' : error.path.join('.');
    throw new UnwritableRecordError(`${where} ${error.message}`);
  }
}

/** Nothing of its content. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'absent';
  if (value === null) return 'null';
  if (value instanceof Uint8Array) return 'bytes';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return 'a text';
    case 'boolean':
      return 'a boolean';
    case 'object':
      return 'a map';
    default:
      return typeof value === 'bigint' || Number.isInteger(value) ? 'a whole number' : 'a fraction';
  }
}
