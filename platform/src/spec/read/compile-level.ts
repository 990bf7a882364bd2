/**
 * A level's JSON Schema to a function: from what was compiled when the build was made, so that starting up costs no
 * compiler; by ajv itself for what was not, such as declarations that only a test knows.
 */
import type { ValidateFunction } from 'ajv';
import { createRequire } from 'node:module';
import { murmur3 } from '../../common/murmur3.js';
import { levelValidators } from '../generated/level-validators.js';
import type { JsonSchema } from '../schema/scalar-schema.js';

type AjvModule = typeof import('ajv');
type Ajv = InstanceType<AjvModule['Ajv']>;

export const AJV_OPTIONS = {
  allErrors: true,
  strict: false,
  validateSchema: false,
  meta: false,
  messages: false,
} as const;

const require = createRequire(import.meta.url);
const compiledNow = new Map<string, ValidateFunction>();
let ajv: Ajv | undefined;

export function compileLevel(schema: JsonSchema): ValidateFunction {
  const key = levelKey(schema);
  const known = Object.hasOwn(levelValidators, key) ? levelValidators[key] : compiledNow.get(key);
  if (known !== undefined) return known;
  const validate = compileNow(schema);
  compiledNow.set(key, validate);
  return validate;
}

/** Names a schema by its content. */
export function levelKey(schema: JsonSchema): string {
  const text = JSON.stringify(schema);
  return `v${text.length}_${murmur3(new TextEncoder().encode(text)).toString(16)}`;
}

function compileNow(schema: JsonSchema): ValidateFunction {
  const { Ajv: Constructor } = require('ajv') as AjvModule;
  ajv ??= new Constructor(AJV_OPTIONS);
  return ajv.compile(schema);
}
