/** The jobs and workers of a cluster as lines: `tidegate list jobs`, `tidegate list workers`. */
import type { WorkerView } from '../../rest/cluster-service.js';
import type { Io } from '../io.js';
import type { ApiClient } from './api-client.js';
import { stateText } from './job-command.js';

export const CLUSTER_KINDS = ['jobs', 'workers'] as const;
export type ClusterKind = (typeof CLUSTER_KINDS)[number];

export async function listCluster(
  kind: ClusterKind,
  client: ApiClient,
  format: 'text' | 'json',
  io: Io,
): Promise<void> {
  const items = kind === 'jobs' ? await client.jobs() : await client.workers();
  if (format === 'json') return io.out(`${JSON.stringify({ [kind]: items }, null, 2)}\n`);
  if (items.length === 0) return io.out(`no ${kind}\n`);
  io.out(items.map((item) => `${'state' in item ? stateText(item) : workerText(item)}\n`).join(''));
}

function workerText({ name, slots, free, jobs }: WorkerView): string {
  const of = (job: Pick<WorkerView['jobs'][number], 'job' | 'slots'>): string => `, ${job.slots} of ${job.job}`;
  return `${name} ${slots === 1 ? '1 slot' : `${slots} slots`}: ${free} free${jobs.map(of).join('')}`;
}
