/** Who takes which state of a checkpoint: state is addressed by names from the application file. */
import type { JobVertex } from '../job/job-graph.js';

/** All names under which a vertex has state; a name is one vertex's. Names from before an edit: see edited-state.ts. */
export function ownersOf({ id, operator }: JobVertex): readonly string[] {
  if (operator.kind === 'suppress') return [id, `rules.${operator.rule.name}`];
  // A filter keeps nothing: what lies under its rule's name is the suppression's.
  return operator.kind === 'rules' && operator.node.kind === 'filter' ? [] : [id];
}
