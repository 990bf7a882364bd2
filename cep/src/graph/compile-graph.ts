/** Pattern to graph, with the checks that need the whole pattern. Throws a PatternError. */
import { PatternError } from '../pattern/pattern-error.js';
import type { Pattern } from '../pattern/pattern.js';
import { GraphCompiler } from './graph-compiler.js';
import type { Graph, State } from './state.js';
import { checkNames } from './state-registry.js';

export function compileGraph<E>(last: Pattern<E>): Graph<E> {
  checkNames(last);
  checkSkipStage(last);
  const graph = new GraphCompiler<E>().compile(last);
  checkWindows(last, graph);
  checkEndless(graph);
  return graph;
}

/** The stage that a skip strategy names must be one of the outermost stages. */
function checkSkipStage<E>(last: Pattern<E>): void {
  if (last.skip.kind !== 'skipToFirst' && last.skip.kind !== 'skipToLast') return;
  for (let stage: Pattern<E> | undefined = last; stage !== undefined; stage = stage.previous) {
    if (stage.name === last.skip.stage) return;
  }
  throw new PatternError(
    'unknown-skip-stage',
    `the skip strategy names "${last.skip.stage}", which is not a stage of the pattern (stages inside groups do not count)`,
  );
}

function checkWindows<E>(last: Pattern<E>, graph: Graph<E>): void {
  for (const { gapWindow, stage } of graph.states) {
    if (graph.window !== undefined && gapWindow !== undefined && gapWindow > graph.window) {
      throw new PatternError(
        'gap-longer-than-window',
        `the window of ${gapWindow} ms before stage "${stage}" is longer than the ${graph.window} ms for the whole match`,
      );
    }
  }
  if (last.quantifier.contiguity !== 'not-follow' || (graph.window ?? 0) !== 0) return;
  const pending = graph.states.find((state) => state.name === last.name);
  if ((pending?.gapWindow ?? 0) > 0) return;
  throw new PatternError(
    'not-followed-by-without-window',
    `notFollowedBy("${last.name}") ends the pattern, so it needs within() to say how long it waits`,
  );
}

/** Refuses a cycle of PROCEED edges: a loop over a group that can be skipped as a whole would never finish its first event. */
function checkEndless<E>(graph: Graph<E>): void {
  const open = new Set<State<E>>();
  const done = new Set<State<E>>();
  const visit = (state: State<E>): void => {
    if (done.has(state)) return;
    if (open.has(state)) {
      throw new PatternError(
        'endless-group-loop',
        'a loop over a group needs a stage in the group that cannot be skipped',
      );
    }
    open.add(state);
    for (const edge of state.edges) if (edge.action === 'proceed') visit(edge.target);
    open.delete(state);
    done.add(state);
  };
  for (const state of graph.states) visit(state);
}
