/** Who takes which state of a checkpoint: state is addressed by names from the application file. */
import type { JobVertex } from '../job/job-graph.js';

/** All names under which a vertex has state; a name is one vertex's. Names from before an edit: see edited-state.ts. */
export function ownersOf({ id, operator }: JobVertex): readonly string[] {
  if (operator.kind === 'functions') return [id, ...operator.node.types.map(({ type }) => `${id}.${type}`)];
  if (operator.kind === 'suppress') return [id, `rules.${operator.rule.name}`];
  // What lies under the name of a rule that suppresses is the suppression's; a filter, which has the same name, keeps nothing.
  const yields =
    operator.kind === 'rules' && operator.node.kind === 'filter' && operator.node.rule.suppress !== undefined;
  return yields ? [] : [id];
}
