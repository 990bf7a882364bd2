/**
 * The production machines that a simulated cluster is put together from. A mutant replaces one of them by a broken one;
 * everything else of the world stays as it is.
 */
import { JobMaster } from '../../coordinator/job-master.js';
import type { JobOptions, JobPorts } from '../../coordinator/job-options.js';
import type { JobEnvironment } from '../../taskmanager/environment.js';
import type { JobVersion } from './simulated-job.js';
import { MetricRegistry } from '../../metrics/registry.js';
import { ProbeTaskFactory, type ChannelsOf } from './probe-task-factory.js';

export interface ProductionParts {
  createJobMaster(options: JobOptions, ports: JobPorts): JobMaster;
  createTaskFactory(version: JobVersion, environment: JobEnvironment, channelsOf: ChannelsOf): ProbeTaskFactory;
  /** Ports of a worker, as a mutant would have them. */
  environment(environment: JobEnvironment): JobEnvironment;
}

export const PRODUCTION_PARTS: ProductionParts = {
  createJobMaster: (options, ports) => new JobMaster(options, ports),
  createTaskFactory: (version, environment, channelsOf) =>
    new ProbeTaskFactory(version, environment, new MetricRegistry(), channelsOf),
  environment: (environment) => environment,
};
