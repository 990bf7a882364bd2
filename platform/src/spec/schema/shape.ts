/** Which shapes of YAML a declaration takes, and which part of it holds for a shape: what discriminates before validation. */
import type { Declaration, ObjectDeclaration } from '@tidegate/connectors/api';
import type { Node } from '../text/node.js';

export type Shape = Node['kind'];

/** The declaration that holds for a value of this shape; undefined when no value of this shape is taken. */
export function alternativeFor(declaration: Declaration, shape: Shape): Declaration | undefined {
  switch (declaration.type) {
    case 'choice': {
      const chosen = declaration[shape];
      return chosen === undefined ? undefined : alternativeFor(chosen, shape);
    }
    case 'list':
      if (shape === 'list') return declaration;
      return declaration.oneOrMany === true ? alternativeFor(declaration.of, shape) : undefined;
    case 'object':
      if (shape === 'map') return declaration;
      return declaration.shorthand === undefined ? undefined : alternativeFor(shorthandField(declaration), shape);
    case 'map':
    case 'record':
    case 'schema':
      return shape === 'map' ? declaration : undefined;
    case 'any':
      return declaration;
    default:
      return shape === 'scalar' ? declaration : undefined;
  }
}

export function shorthandField(declaration: ObjectDeclaration): Declaration {
  const field = declaration.fields[declaration.shorthand ?? ''];
  if (field === undefined) throw new Error(`the shorthand "${declaration.shorthand}" is not among the fields`);
  return field;
}

/** Whether the value may be left out after the key: `stdin:`, or a section whose content is commented out. */
export function mayBeEmpty(declaration: Declaration): boolean {
  if (declaration.type === 'map') return true;
  if (declaration.type === 'choice')
    return declaration.map !== undefined && declaration.scalar === undefined && mayBeEmpty(declaration.map);
  if (declaration.type !== 'object' || declaration.variants !== undefined) return false;
  return Object.values(declaration.fields).every((field) => field.required !== true);
}
