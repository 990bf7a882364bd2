/** What a JobMaster must know of its job, and where the settings of the graph become options of its machines. */
import type { CheckpointOptions } from '../checkpoint/checkpoint-coordinator.js';
import type { Clock } from '../common/clock.js';
import type { Random } from '../common/random.js';
import type { TransitionObserver } from '../common/transition-table.js';
import type { Alignment } from '../job/checkpoint-barrier.js';
import type { CheckpointSettings, GraphSettings } from '../job/graph-settings.js';
import type { JobGraph } from '../job/job-graph.js';
import type { RestorePlan } from '../plan/compatibility/index.js';

/** Where a job starts that has run before, or has not. */
export type JobStart =
  /** At its latest checkpoint; at the beginning if it has never run, or has finished. */
  | { readonly from: 'latest' }
  /** The same, or an older checkpoint when the latest is damaged; it is said then. */
  | { readonly from: 'latest-whole' }
  | { readonly from: 'beginning' }
  /** @param folder of a savepoint, with a slash at its end, as the job's storage names it */
  | { readonly from: 'savepoint'; readonly folder: string };

export interface JobOptions {
  readonly name: string;
  readonly graph: JobGraph;
  readonly settings: Pick<GraphSettings, 'maxParallelism' | 'checkpoint' | 'restart'>;
  /** This leader's name, unique over all processes and time. */
  readonly leader: string;
  readonly start: JobStart;
  /** The job is known to have run: its checkpoint log must be there. */
  readonly mustExist: boolean;
  readonly allowNonRestoredState: boolean;
  /** The plan, for those who find the job's checkpoints. Absent: nobody will. */
  readonly plan?: Uint8Array;
  /** What is kept of state that was saved under other plans, by the plan's name in the storage. */
  readonly edits?: ReadonlyMap<string, RestorePlan>;
  /** Without a word from a task manager for so long, ms, it is lost; undefined: they share this process. */
  readonly heartbeatTimeout: number | undefined;
}

export interface JobPorts {
  readonly time: Pick<Clock, 'now' | 'monotonic'>;
  readonly random: Random;
  readonly observer?: TransitionObserver;
}

/** Of checkpoints on demand, where the job takes none by itself; `timeout` is Apache Flink's default, ms. */
const ON_DEMAND = { interval: undefined, timeout: 600_000, minPause: 0, tolerableFailures: 0 } as const;

export function checkpointOptions({ name, graph, settings }: JobOptions): CheckpointOptions {
  const { checkpoint, maxParallelism } = settings;
  const own = checkpoint !== undefined && takesCheckpoints(graph, checkpoint) ? checkpoint : undefined;
  const { interval, timeout, minPause, tolerableFailures } = own ?? ON_DEMAND;
  const alignment: Alignment = own === undefined ? { mode: 'aligned' } : alignmentOf(own);
  return { job: name, maxParallelism, interval, timeout, minPause, tolerableFailures, alignment, maxConcurrent: 1 };
}

/**
 * Not with blocking exchanges: where only a part of the tasks runs, there is no checkpoint of all. With loops always: that
 * nothing goes round any more, a checkpoint says.
 */
export function takesCheckpoints({ edges }: JobGraph, settings: CheckpointSettings | undefined): boolean {
  const isWanted = settings !== undefined || edges.some(({ feedback }) => feedback);
  return isWanted && edges.every(({ exchange }) => exchange !== 'blocking');
}

function alignmentOf({ mode, alignedTimeout }: CheckpointSettings): Alignment {
  if (mode === 'at-least-once') return { mode: 'none' };
  if (alignedTimeout === undefined) return { mode: 'aligned' };
  return alignedTimeout === 0 ? { mode: 'unaligned' } : { mode: 'aligned', timeoutMs: alignedTimeout };
}
