/** Who takes which state of a checkpoint: state is addressed by names from the application file. */
import { rulesOf } from '../job/graph-index.js';
import type { JobVertex } from '../job/job-graph.js';

/** All names under which a vertex has state: its own and its rules'. Names from before an edit: see edited-state.ts. */
export function ownersOf({ id, operator }: JobVertex): readonly string[] {
  switch (operator.kind) {
    case 'source':
    case 'sink':
      return [id];
    case 'suppress':
      return [id, `rules.${operator.rule.name}`];
    case 'rules':
      return [...new Set([id, ...rulesOf(operator.node).map(({ name }) => `rules.${name}`)])];
  }
}
