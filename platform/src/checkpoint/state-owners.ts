/** Who takes which state of a checkpoint: state is addressed by names from the application file. */
import { rulesOf } from '../job/graph-index.js';
import type { JobVertex } from '../job/job-graph.js';

/** All names under which a vertex has or had state: its own, its rules', and those that they were renamed from. */
export function ownersOf({ id, operator }: JobVertex): readonly string[] {
  switch (operator.kind) {
    case 'source':
    case 'sink':
      return namesOf(id, operator.node);
    case 'suppress':
      return namesOf(id, operator.rule);
    case 'rules': {
      const { node } = operator;
      const formerId = node.kind === 'pattern' && node.renamedFrom !== undefined ? [node.renamedFrom] : [];
      return [...new Set([id, ...formerId, ...rulesOf(node).flatMap((rule) => namesOf(`rules.${rule.name}`, rule))])];
    }
  }
}

/** An id with the name in it, and the same with the name before: `rules.new/suppress` was `rules.old/suppress`. */
function namesOf(
  id: string,
  { name, renamedFrom }: { readonly name: string; readonly renamedFrom?: string },
): string[] {
  if (renamedFrom === undefined) return [id];
  const start = id.indexOf('.') + 1;
  return [id, id.slice(0, start) + renamedFrom + id.slice(start + name.length)];
}
