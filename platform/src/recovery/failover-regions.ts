/**
 * Which tasks are restarted with one that failed: its pipelined region, and the regions that read its results, as Apache
 * Flink's RestartPipelinedRegionFailoverStrategy has it.
 */
import type { PipelinedRegion } from '../scheduling/pipelined-regions.js';

export function tasksToRestart(failed: string, regions: readonly PipelinedRegion[]): ReadonlySet<string> {
  const restarted = new Set<string>();
  const restart = (region: PipelinedRegion): void => {
    if ([...region.tasks].every((task) => restarted.has(task))) return;
    for (const task of region.tasks) restarted.add(task);
    for (const reader of regions) {
      if ([...reader.blockingInputs].some((task) => region.tasks.has(task))) restart(reader);
    }
  };
  for (const region of regions) if (region.tasks.has(failed)) restart(region);
  return restarted;
}
