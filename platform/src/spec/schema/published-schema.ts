/**
 * The JSON Schema of the whole application file (draft-07), for editors: completion, hover texts and validation.
 *
 * Invariants
 * - It accepts what the reader accepts, but for what only the source text shows (`3.` for `3..`), and references.
 * - Every typed slot also takes a placeholder such as `${PORT}`.
 */
import type { Declaration, Fields, ListDeclaration, MapDeclaration, ObjectDeclaration } from '@tidegate/connectors/api';
import { applicationDeclaration, NEEDED_WITHOUT_REQUESTS } from '../declaration/application.js';
import { pattern, step } from '../declaration/pattern.js';
import { rule } from '../declaration/rule.js';
import { testCase } from '../declaration/test-case.js';
import { defaultOf } from '../read/defaults.js';
import { TYPE_WORDS } from '../read/type-text.js';
import type { Registry } from '../registry.js';
import { scalarSchema, type JsonSchema } from './scalar-schema.js';
import { mayBeEmpty } from './shape.js';

/** Declarations that stand under `definitions`: those that are long or refer to themselves. */
const DEFINED: readonly (readonly [string, ObjectDeclaration])[] = [
  ['rule', rule],
  ['pattern', pattern],
  ['step', step],
  ['test', testCase],
];

export function publishedSchema(registry: Registry): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Tidegate application',
    ...objectSchema(applicationDeclaration(registry), false),
    anyOf: [{ required: ['requests'] }, { required: NEEDED_WITHOUT_REQUESTS }],
    definitions: {
      placeholder: {
        type: 'string',
        pattern: '\\$\\{',
        description: 'A placeholder: ${NAME}, ${NAME:default} or ${secret:/path}.',
      },
      ...RECORD_TYPES,
      ...Object.fromEntries(
        DEFINED.map(([name, declaration]) => [name, objectSchema(declaration, mayBeEmpty(declaration))]),
      ),
    },
  };
}

const PLACEHOLDER = { $ref: '#/definitions/placeholder' };

const RECORD_TYPES: Readonly<Record<string, JsonSchema>> = {
  recordType: {
    type: 'object',
    description: 'Fields and their types, or { jsonSchema: FILE }.',
    additionalProperties: { $ref: '#/definitions/fieldType' },
  },
  fieldType: {
    description: `A type: ${TYPE_WORDS.join(', ')}, list<T>, map<T>, with "?" for what may be absent; a map of fields; or { $type, pii, optional }.`,
    anyOf: [
      { enum: TYPE_WORDS.flatMap((word) => [word, `${word}?`]) },
      { type: 'string' },
      {
        type: 'object',
        required: ['$type'],
        properties: {
          $type: { $ref: '#/definitions/fieldType' },
          pii: { type: 'boolean', description: 'Masked in logs, taps and messages.' },
          optional: { type: 'boolean', description: 'May be absent.' },
        },
        additionalProperties: false,
      },
      { allOf: [{ not: { required: ['$type'] } }, { $ref: '#/definitions/recordType' }] },
    ],
  },
};

/** `nullable`: whether the place takes a key without a value (`stdin:`). */
function schemaOf(declaration: Declaration, nullable = mayBeEmpty(declaration)): JsonSchema {
  return { ...bare(declaration, nullable), ...annotations(declaration) };
}

function annotations(declaration: Declaration): JsonSchema {
  const { description, example } = declaration;
  const byDefault = 'default' in declaration ? declaration.default : undefined;
  return {
    description,
    ...(byDefault === undefined ? {} : { default: byDefault }),
    ...(example === undefined ? {} : { examples: [example] }),
  };
}

function bare(declaration: Declaration, nullable: boolean): JsonSchema {
  const defined = DEFINED.find(([, one]) => one === declaration);
  // Siblings of $ref are ignored in draft-07, so that a description of the place needs allOf.
  if (defined !== undefined) return { allOf: [{ $ref: `#/definitions/${defined[0]}` }] };
  switch (declaration.type) {
    case 'object':
      return withShorthand(declaration, nullable);
    case 'map':
      return mapSchema(declaration, nullable);
    case 'list':
      return listSchema(declaration);
    case 'choice': {
      const parts = [declaration.scalar, declaration.list, declaration.map];
      return { anyOf: parts.flatMap((part) => (part === undefined ? [] : [schemaOf(part, nullable)])) };
    }
    case 'record':
      return { type: 'object' };
    case 'schema':
      return { allOf: [{ $ref: '#/definitions/recordType' }] };
    case 'any':
      return {};
    default:
      return withPlaceholder(declaration);
  }
}

function withPlaceholder(declaration: Declaration): JsonSchema {
  const schema = scalarSchema(declaration) ?? {};
  const takesAnyText = Object.keys(schema).length === 1 && schema['type'] === 'string';
  if (takesAnyText || declaration.type === 'expression' || declaration.type === 'range') return schema;
  return { anyOf: [schema, PLACEHOLDER] };
}

function listSchema(declaration: ListDeclaration): JsonSchema {
  const list = { type: 'array', items: schemaOf(declaration.of) };
  return declaration.oneOrMany === true ? { anyOf: [schemaOf(declaration.of), list] } : list;
}

function mapSchema(declaration: MapDeclaration, nullable: boolean): JsonSchema {
  return {
    type: nullable ? ['object', 'null'] : 'object',
    additionalProperties: schemaOf(declaration.of),
    ...(declaration.keyPattern === undefined ? {} : { propertyNames: { pattern: declaration.keyPattern } }),
  };
}

function withShorthand(declaration: ObjectDeclaration, nullable: boolean): JsonSchema {
  const short = declaration.shorthand === undefined ? undefined : declaration.fields[declaration.shorthand];
  if (short === undefined) return objectSchema(declaration, nullable);
  return { anyOf: [schemaOf(short), objectSchema(declaration, nullable)] };
}

function objectSchema(declaration: ObjectDeclaration, nullable: boolean): JsonSchema {
  const { fields, variants = {}, others } = declaration;
  const required = Object.keys(fields).filter((name) => fields[name]?.required === true);
  const properties = [...Object.entries(variants), ...Object.entries(fields)].map(([name, child]) => [
    name,
    schemaOf(child),
  ]);
  return {
    type: nullable ? ['object', 'null'] : 'object',
    description: declaration.description,
    properties: Object.fromEntries(properties),
    additionalProperties: others === undefined ? false : schemaOf(others.of),
    ...(required.length === 0 ? {} : { required }),
    ...(declaration.variants === undefined
      ? {}
      : { oneOf: Object.keys(variants).map((name) => ({ required: [name] })) }),
    ...conditionsOf(fields),
  };
}

/** That a field is written only beside the values that it needs; a sibling that is not written has its default. */
function conditionsOf(fields: Fields): JsonSchema {
  const conditions = Object.entries(fields).flatMap(([name, { when = {} }]) =>
    Object.entries(when).map(([sibling, values]) => {
      const declared = fields[sibling];
      const isDefault = values.some((value) => declared !== undefined && value === defaultOf(declared));
      return {
        if: { required: [name] },
        then: {
          properties: { [sibling]: { anyOf: [{ enum: values }, PLACEHOLDER] } },
          ...(isDefault ? {} : { required: [sibling] }),
        },
      };
    }),
  );
  return conditions.length === 0 ? {} : { allOf: conditions };
}
