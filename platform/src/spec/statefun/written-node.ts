/** Nodes that nobody has written: a part of the application's tree that stands for something in a module, and shows where that is. */
import type { Entry, ListNode, MapNode, Node, ScalarNode } from '../text/node.js';

/** Where it comes from. */
type Origin = Pick<Node, 'source' | 'start' | 'end'>;

export function textNode({ source, start, end }: Origin, value: string | number | boolean): ScalarNode {
  const text = String(value);
  return { kind: 'scalar', value, text, style: 'plain', source, start, end, written: text };
}

export function listNode({ source, start, end }: Origin, items: readonly Node[]): ListNode {
  return { kind: 'list', items, flow: false, source, start, end };
}

/** Entries without a value are left out. */
export function mapNode(origin: Origin, values: Readonly<Record<string, Node | undefined>>): MapNode {
  const entries = Object.entries(values).flatMap(([key, value]): readonly Entry[] =>
    value === undefined ? [] : [entryNode(key, value)],
  );
  return { kind: 'map', entries, flow: false, source: origin.source, start: origin.start, end: origin.end };
}

function entryNode(key: string, value: Node): Entry {
  return { key, keyNode: textNode(value, key), value, bare: false };
}
