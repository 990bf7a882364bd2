/** Who takes which state of a checkpoint: state is addressed by names from the application file. */
import type { JobVertex } from '../job/job-graph.js';

/** All names under which a vertex has state. Names from before an edit: see edited-state.ts. */
export function ownersOf({ id, operator }: JobVertex): readonly string[] {
  return operator.kind === 'suppress' ? [id, `rules.${operator.rule.name}`] : [id];
}
