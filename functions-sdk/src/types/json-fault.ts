/**
 * What `JSON.stringify` would write as something else, or leave out, without a word: a Map as `{}`, NaN as `null`, a Date as a text.
 * A member that is undefined is left out, as everybody expects of JSON, and -0 becomes 0.
 */
import { shown } from './value-type.js';

const PLAIN = Object.prototype;

/**
 * Such as `items[3].price is NaN, which JSON does not have`; undefined: all of it is JSON. Throws a RangeError for a circle.
 * @param isReadBack whether what says itself what it is in JSON, such as a Date, is made of that again
 */
export function jsonFault(value: unknown, isReadBack: boolean): string | undefined {
  return isJson(value, isReadBack) ? undefined : faultOf(value, '', isReadBack);
}

/**
 * Looks at every value of every message, so it allocates nothing, asks of what is usual first, and is one function: apart, those for
 * arrays and objects take twice as long.
 */
function isJson(value: unknown, isReadBack: boolean): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  // Of NaN and of what is infinite the difference is NaN.
  if (typeof value === 'number') return value - value === 0;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const element: unknown = value[i];
      if (typeof element !== 'string' && !isJson(element, isReadBack)) return false;
    }
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== PLAIN && prototype !== null) {
    if (hasOwnForm(value)) return isReadBack;
    if (!isRecordOfClass(value)) return false;
  }
  for (const key in value) {
    const member = (value as Record<string, unknown>)[key];
    if (typeof member !== 'string' && member !== undefined && !isJson(member, isReadBack) && Object.hasOwn(value, key))
      return false;
  }
  return true;
}

/** Not of one of the language's, of which no member would be written. */
function isRecordOfClass(object: object): boolean {
  return PLAIN.toString.call(object) === '[object Object]';
}

function hasOwnForm(object: object): boolean {
  return typeof (object as { readonly toJSON?: unknown }).toJSON === 'function';
}

/** Of a value that is no JSON: the first part of it that is none. */
function faultOf(value: unknown, path: string, isReadBack: boolean): string {
  if (Array.isArray(value)) {
    const index = value.findIndex((element) => !isJson(element, isReadBack));
    if (index >= 0) return faultOf(value[index], `${path}[${index}]`, isReadBack);
  } else if (typeof value === 'object' && value !== null) {
    const found = Object.entries(value).find(([, member]) => member !== undefined && !isJson(member, isReadBack));
    if (found !== undefined && !hasOwnForm(value)) return faultOf(found[1], pathTo(path, found[0]), isReadBack);
  }
  return `${path === '' ? 'the value' : path} is ${shown(value)}, which JSON does not have`;
}

function pathTo(path: string, key: string): string {
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}
