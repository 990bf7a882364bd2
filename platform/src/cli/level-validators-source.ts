/** The source of `platform/src/spec/generated/level-validators.ts`: every level of the language, compiled by ajv. */
import { Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { applicationDeclaration } from '../spec/declaration/application.js';
import { AJV_OPTIONS, levelKey } from '../spec/read/compile-level.js';
import type { Registry } from '../spec/registry.js';
import { containersOf } from '../spec/schema/containers.js';
import { levelSchema } from '../spec/schema/level-schema.js';

const HEADER = `// @ts-nocheck
/**
 * Validators of the levels of the application file, compiled by ajv from the declarations with \`npm run schema\`.
 * Generated: do not edit. What is not here is compiled when it is needed (../read/compile-level.ts).
 */
import type { ValidateFunction } from 'ajv';
`;

export function levelValidatorsSource(registry: Registry): string {
  const ajv = new Ajv({ ...AJV_OPTIONS, code: { source: true, esm: true } });
  const keys = new Set<string>();
  for (const container of containersOf(applicationDeclaration(registry))) {
    const schema = levelSchema(container);
    const key = levelKey(schema);
    if (!keys.has(key)) ajv.addSchema(schema, key);
    keys.add(key);
  }
  const names = [...keys];
  const code = standaloneCode
    .default(ajv, Object.fromEntries(names.map((key) => [key, key])))
    .replace(/^"use strict";/, '')
    .replaceAll(/^export const /gm, 'const ')
    .replaceAll(/;(?=(?:const|function|export) )/g, ';\n')
    .replaceAll(/\}(?=(?:const|function|export) )/g, '}\n')
    .replaceAll(/^export const /gm, 'const ');
  return `${HEADER}\n${code}\n\nexport const levelValidators: Readonly<Record<string, ValidateFunction>> = {\n${names.map((key) => `  ${key},`).join('\n')}\n};\n`;
}
