/**
 * A checkpoint in the names of the plan that goes on with it, without what an edited application does not keep.
 *
 * Invariants
 * - State goes to whom the comparison of the plans named, and to nobody else: what it did not name has no owner, so that
 *   nothing finds it that merely has the same name.
 * - What was in flight is never left out silently: it keeps the name of an edge that is gone, which a restore refuses.
 */
import { edgeId, type JobEdge } from '../job/job-graph.js';
import type { SubtaskSnapshot } from '../job/state-handle.js';
import type { RestorePlan } from '../plan/compatibility/index.js';
import type { EditedState } from '../rpc/task-execution.js';
import type { CheckpointMetadata } from './checkpoint-metadata.js';

/** The owner of state that is not kept. States are told apart by their place in a file, so they stay in the list. */
export const NOBODY = '';

/** @param edges of the job now */
export function underPlan(
  metadata: CheckpointMetadata,
  restore: RestorePlan,
  edges: readonly JobEdge[],
): CheckpointMetadata {
  const edgesNow = new Map(edges.map((edge) => [edgeId(formerEdge(edge, restore)), edgeId(edge)]));
  const owned = <S extends { readonly owner: string }>(state: S): S => {
    return { ...state, owner: restore.nodes.get(state.owner) ?? NOBODY };
  };
  const rename = ({ keyed, operators, channels }: SubtaskSnapshot): SubtaskSnapshot => ({
    keyed: keyed.map((handle) => ({ ...handle, states: handle.states.map(owned) })),
    operators: operators.map(owned),
    channels: channels.map((channel) => ({ ...channel, edge: edgesNow.get(channel.edge) ?? channel.edge })),
  });
  const tasks = metadata.tasks.map(({ task, subtasks }) => {
    const now = restore.nodes.get(task);
    const renamed = subtasks.map(({ snapshot, staged }) => {
      return { snapshot: rename(snapshot), staged: now === undefined ? [] : staged };
    });
    return { task: now ?? task, subtasks: renamed };
  });
  return { ...metadata, tasks };
}

/** For the tasks, as plain data. */
export function editedState({ matches, clocks }: RestorePlan): EditedState {
  return {
    matches: [...matches].map(([rule, { rule: former, stages, next }]) => {
      return { rule, former, stages: [...stages], ...(next === undefined ? {} : { next }) };
    }),
    clocks: [...clocks],
  };
}

/** As it was called when the state was saved. */
function formerEdge(edge: JobEdge, { nodes, matches }: RestorePlan): JobEdge {
  const ids = new Map([...nodes].map(([then, now]) => [now, then]));
  const ruleOf = (rule: string): string =>
    matches.get(rule)?.rule ?? ids.get(`rules.${rule}`)?.slice('rules.'.length) ?? rule;
  const idOf = (id: string): string => {
    const [, rule, rest = ''] = /^rules\.([^/]+)(.*)$/.exec(id) ?? [];
    return rule === undefined ? (ids.get(id) ?? id) : `rules.${ruleOf(rule)}${rest}`;
  };
  const rule = edge.rule === undefined ? {} : { rule: ruleOf(edge.rule) };
  return { ...edge, from: idOf(edge.from), to: idOf(edge.to), ...rule };
}
