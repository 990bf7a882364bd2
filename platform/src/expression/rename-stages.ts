/** A tree as it would be if the stages that it reads had other names. */
import type { TypedTree } from './tree.js';

/** A tree is plain JSON in which only references to stages have a text called `stage`. Its source text stays. */
export function renameStages(tree: TypedTree, names: ReadonlyMap<string, string>): TypedTree {
  if (names.size === 0) return tree;
  const renamed = (key: string, value: unknown): unknown =>
    key === 'stage' && typeof value === 'string' ? (names.get(value) ?? value) : value;
  return JSON.parse(JSON.stringify(tree, renamed)) as TypedTree;
}
