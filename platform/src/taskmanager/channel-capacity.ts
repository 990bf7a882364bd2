/**
 * How much each channel between two slots may hold: all of an attempt of the job together take no more than the budget,
 * whether they are rings inside a process or go over a network.
 */
import { TidegateError } from '../common/errors.js';
import type { JobGraph } from '../job/job-graph.js';
import { ChannelTable } from './channel-table.js';

/** More is not used: it is what hides the time to wake the other side. */
const CAPACITY_MAX = 512 * 1024;
/** Less makes the slots wait for each other at every record. */
const CAPACITY_MIN = 4 * 1024;

/**
 * @returns bytes, a power of two
 * @throws TidegateError TG408 when the budget is too small for the job's channels
 */
export function channelCapacity(job: JobGraph, networkBytes: number): number {
  const channels = countChannels(job);
  let capacity = CAPACITY_MAX;
  while (capacity * channels > networkBytes) capacity /= 2;
  if (capacity >= CAPACITY_MIN) return capacity;
  throw new TidegateError(
    'TG408',
    `settings.memory.network is ${Math.floor(networkBytes / 1024)} KiB, and the job has ${channels} channels between its slots, ` +
      `which need ${(channels * CAPACITY_MIN) / 1024} KiB. Raise it, or lower the parallelism.`,
  );
}

/** Those that leave their slot: their ends are of different subtasks. */
function countChannels(job: JobGraph): number {
  const table = new ChannelTable(job);
  let count = 0;
  for (const edge of job.edges.filter(({ chained }) => !chained)) {
    const { parallelism } = job.vertices.find(({ id }) => id === edge.from)!;
    for (let producer = 0; producer < parallelism; producer++)
      count += table.consumers(edge, producer).filter((consumer) => consumer !== producer).length;
  }
  return count;
}
