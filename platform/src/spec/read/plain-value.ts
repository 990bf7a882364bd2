/** A node as plain data, for slots that take any value: events of tests, rows of tables. */
import { setOwn } from '../../common/own-property.js';
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
        setOwn(object, key, plainValue(value, scalar));
      }
      return object;
    }
  }
}
