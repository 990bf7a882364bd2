/** What a worker process and whoever runs a job over several of them say to each other, over Node's channel between processes. */
import type { StreamGraph } from '../../src/job/stream-graph.js';
import type { TaskCommand, TaskReport } from '../../src/rpc/task-execution.js';
import type { LeaderAnswer, TaskManagerReport } from '../../src/rpc/task-manager.js';
import type { SocketTransportOptions } from '../../src/cli/transport/socket-transport.js';

export interface WorkerStart<Job> {
  readonly kind: 'start';
  readonly name: string;
  readonly slots: number;
  readonly graph: StreamGraph;
  readonly transport: SocketTransportOptions;
  /** What only the worker's own code reads. */
  readonly job: Job;
}

export type ToWorker<Job> =
  | WorkerStart<Job>
  | { readonly kind: 'message'; readonly to: string; readonly message: TaskCommand | LeaderAnswer }
  | { readonly kind: 'close' };

export type FromWorker<News = never> =
  | { readonly kind: 'report'; readonly name: string; readonly report: TaskManagerReport | TaskReport }
  | { readonly kind: 'news'; readonly news: News };
