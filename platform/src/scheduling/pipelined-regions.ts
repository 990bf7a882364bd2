/**
 * Pipelined regions: tasks that are joined by pipelined exchanges run at the same time and fail together. A blocking
 * exchange cuts: what lies behind it begins when its producers have finished.
 */
import type { JobTask } from './job-task.js';

export interface PipelinedRegion {
  /** Ids of tasks, in the order of the graph. */
  readonly tasks: ReadonlySet<string>;
  /** Tasks of other regions whose results it reads. */
  readonly blockingInputs: ReadonlySet<string>;
}

/** A partition of the tasks, in the order of each region's first task. */
export function pipelinedRegions(tasks: readonly JobTask[]): readonly PipelinedRegion[] {
  const regionOf = new Map(tasks.map(({ id }) => [id, new Set([id])]));
  for (const { id, inputs } of tasks) {
    for (const { from, exchange } of inputs) {
      if (exchange === 'pipelined') join(regionOf, from, id);
    }
  }
  return [...new Set(regionOf.values())].map((members) => {
    const own = tasks.filter(({ id }) => members.has(id));
    const blocking = own.flatMap(({ inputs }) => inputs.filter(({ exchange }) => exchange === 'blocking'));
    return { tasks: new Set(own.map(({ id }) => id)), blockingInputs: new Set(blocking.map(({ from }) => from)) };
  });
}

function join(regionOf: Map<string, Set<string>>, left: string, right: string): void {
  const into = regionOf.get(left)!;
  for (const task of regionOf.get(right)!) {
    into.add(task);
    regionOf.set(task, into);
  }
}
