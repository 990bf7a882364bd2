/** The one place that knows which operands each kind of typed node has; walks and rewrites are built on it. */
import type { EventReference, TypedNode } from './tree.js';

/** The node with each of its operands replaced. */
export function mapChildren(node: TypedNode, map: (child: TypedNode) => TypedNode): TypedNode {
  switch (node.kind) {
    case 'literal':
    case 'stage':
    case 'variable':
      return node;
    case 'field':
      return { ...node, of: mapReference(node.of, map) };
    case 'metadata':
      return {
        ...node,
        of: mapReference(node.of, map),
        ...(node.header === undefined ? {} : { header: map(node.header) }),
      };
    case 'lookup':
      return { ...node, key: map(node.key) };
    case 'select':
    case 'has':
    case 'unary':
      return { ...node, operand: map(node.operand) };
    case 'index':
      return { ...node, operand: map(node.operand), index: map(node.index) };
    case 'coalesce':
    case 'logical':
      return { ...node, operands: node.operands.map(map) };
    case 'binary':
      return { ...node, left: map(node.left), right: map(node.right) };
    case 'conditional':
      return { ...node, condition: map(node.condition), then: map(node.then), otherwise: map(node.otherwise) };
    case 'list':
      return { ...node, elements: node.elements.map(map) };
    case 'map':
      return { ...node, entries: node.entries.map(([key, value]) => [map(key), map(value)] as const) };
    case 'call':
      return { ...node, arguments: node.arguments.map(map) };
    case 'comprehension':
      return {
        ...node,
        source: map(node.source),
        ...(node.filter === undefined ? {} : { filter: map(node.filter) }),
        body: map(node.body),
      };
    case 'bind':
      return { ...node, value: map(node.value), body: map(node.body) };
    case 'aggregate':
      return { ...node, body: map(node.body) };
  }
}

function mapReference(reference: EventReference, map: (child: TypedNode) => TypedNode): EventReference {
  return reference.kind === 'nth' ? { ...reference, index: map(reference.index) } : reference;
}
