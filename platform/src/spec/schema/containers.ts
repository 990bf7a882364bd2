/** Every container within a declaration, each once: what has a level of its own. */
import type { Declaration } from '@tidegate/connectors/api';
import type { Container } from './level-schema.js';

export function containersOf(root: Declaration): ReadonlySet<Container> {
  const found = new Set<Container>();
  const visit = (declaration: Declaration | undefined): void => {
    if (declaration === undefined || found.has(declaration as Container)) return;
    switch (declaration.type) {
      case 'object': {
        found.add(declaration);
        const { fields, variants = {}, others } = declaration;
        for (const child of [...Object.values(fields), ...Object.values(variants), others?.of]) visit(child);
        return;
      }
      case 'map':
      case 'list':
        found.add(declaration);
        return visit(declaration.of);
      case 'choice':
        for (const part of [declaration.scalar, declaration.list, declaration.map]) visit(part);
        return;
      default:
        return;
    }
  };
  visit(root);
  return found;
}
