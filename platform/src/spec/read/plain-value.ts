/** A node as plain data, for slots that take any value: events of tests, rows of tables. */
import type { Node, ScalarNode } from '../text/node.js';

/**
 * Maps become plain objects whose keys are own properties, `__proto__` included, as JSON.parse makes them. `scalar`
 * gives a scalar's value, and reports what is wrong with it.
 */
export function plainValue(node: Node, scalar: (node: ScalarNode) => unknown): unknown {
  switch (node.kind) {
    case 'scalar':
      return scalar(node);
    case 'list':
      return node.items.map((item) => plainValue(item, scalar));
    case 'map': {
      const object: Record<string, unknown> = {};
      for (const { key, value } of node.entries) {
        Object.defineProperty(object, key, {
          value: plainValue(value, scalar),
          enumerable: true,
          configurable: true,
          writable: true,
        });
      }
      return object;
    }
  }
}
