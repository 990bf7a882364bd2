/**
 * JSON Schema of one level: a container with what may stand directly in it, where deeper containers are only of the
 * right kind. The reader validates level by level, having chosen each branch by its key or shape, so that one mistake
 * gives one message.
 */
import type { Declaration, ListDeclaration, MapDeclaration, ObjectDeclaration } from '@tidegate/connectors/api';
import { scalarSchema, type JsonSchema } from './scalar-schema.js';
import { alternativeFor, mayBeEmpty } from './shape.js';

export type Container = ObjectDeclaration | MapDeclaration | ListDeclaration;

export function levelSchema(container: Container): JsonSchema {
  switch (container.type) {
    case 'list':
      return { type: 'array', items: childSchema(container.of) };
    case 'map':
      return {
        type: 'object',
        additionalProperties: childSchema(container.of),
        ...(container.keyPattern === undefined ? {} : { propertyNames: { pattern: container.keyPattern } }),
      };
    case 'object':
      return objectLevel(container);
  }
}

function objectLevel(declaration: ObjectDeclaration): JsonSchema {
  const { fields, variants = {}, others } = declaration;
  const required = Object.keys(fields).filter((name) => fields[name]?.required === true);
  const properties: Record<string, JsonSchema> = {};
  for (const [name, child] of [...Object.entries(fields), ...Object.entries(variants)])
    properties[name] = childSchema(child);
  return {
    type: 'object',
    properties,
    additionalProperties: others === undefined ? false : childSchema(others.of),
    ...(required.length === 0 ? {} : { required }),
    ...(declaration.variants === undefined
      ? {}
      : { oneOf: Object.keys(variants).map((name) => ({ required: [name] })) }),
  };
}

/** A child as its parent's level sees it. */
function childSchema(declaration: Declaration): JsonSchema {
  const alternatives: JsonSchema[] = [];
  const scalar = alternativeFor(declaration, 'scalar');
  const asScalar = scalar === undefined ? undefined : scalarSchema(scalar);
  if (scalar?.type === 'any') return {};
  if (asScalar !== undefined) alternatives.push(asScalar);
  if (alternativeFor(declaration, 'list') !== undefined) alternatives.push({ type: 'array' });
  if (alternativeFor(declaration, 'map') !== undefined) alternatives.push({ type: 'object' });
  if (mayBeEmpty(declaration)) alternatives.push({ type: 'null' });
  const [only] = alternatives;
  return alternatives.length === 1 && only !== undefined ? only : { anyOf: alternatives };
}
