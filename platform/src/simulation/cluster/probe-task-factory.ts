/**
 * The production factory of tasks, with the probes as the operators of its vertices and with channels that reach other
 * workers.
 */
import type { CheckpointSettings } from '../../job/graph-settings.js';
import { recordTypes } from '../../job/graph-index.js';
import type { JobVertex } from '../../job/job-graph.js';
import { FUNCTIONS } from '../../job/function-node.js';
import type { StreamGraph } from '../../job/stream-graph.js';
import type { MetricRegistry } from '../../metrics/registry.js';
import { ChannelStateCodec } from '../../network/channel-state.js';
import type { Operator } from '../../operators/operator.js';
import type { TaskDeployment } from '../../rpc/task-execution.js';
import type { Task } from '../../task/task.js';
import type { ChainBuilder } from '../../taskmanager/chain-builder.js';
import type { ChannelTable } from '../../taskmanager/channel-table.js';
import type { JobEnvironment } from '../../taskmanager/environment.js';
import { RuleOperators, type OperatorFactory, type OperatorState } from '../../taskmanager/rule-operators.js';
import { TaskFactory } from '../../taskmanager/task-factory.js';
import type { TaskControl } from '../../taskmanager/task-launcher.js';
import { LedgerOperator } from '../workload/ledger-operator.js';
import { AGAIN, LEDGER, RULES, TOTALS } from '../workload/probe-graph.js';
import { TotalsOperator } from '../workload/totals-operator.js';
import type { JobVersion } from './simulated-job.js';

/** The channels of a task. */
export type ChannelsOf = (deployment: TaskDeployment, control: TaskControl) => ChannelTable;

export class ProbeTaskFactory extends TaskFactory {
  constructor(
    { graph, job }: JobVersion,
    environment: JobEnvironment,
    metrics: MetricRegistry,
    private readonly channelsOf: ChannelsOf,
  ) {
    super(graph, job, { operators: operatorsOf(graph, environment, metrics), ...environment }, metrics);
  }

  override launch(
    deployment: TaskDeployment,
    _local: ChannelTable,
    control: TaskControl,
    launched: (outcome: Task | Error) => void,
  ): void {
    super.launch(deployment, this.channelsOf(deployment, control), control, launched);
  }
}

function operatorsOf(graph: StreamGraph, { tables }: JobEnvironment, metrics: MetricRegistry): OperatorFactory {
  const { maxParallelism, checkpoint } = graph.settings;
  const probes = probesOf(checkpoint!.mode);
  if (!graph.operators.some(({ id }) => id === RULES)) return probes;
  const sources = Object.fromEntries(recordTypes(graph));
  const channelStates = new ChannelStateCodec(sources);
  const rules = new RuleOperators({ layout: { tables }, metrics, channelStates, sources, maxParallelism });
  const factoryOf = ({ id }: JobVertex): OperatorFactory => (id === RULES ? rules : probes);
  return {
    keepsKeyedState: (vertex) => factoryOf(vertex).keepsKeyedState(vertex),
    create: (vertex, build, state) => factoryOf(vertex).create(vertex, build, state),
  };
}

const probesOf = (mode: CheckpointSettings['mode']): OperatorFactory => ({
  keepsKeyedState: ({ id }) => id === LEDGER || id === TOTALS || id === FUNCTIONS,
  create(vertex: JobVertex, build: ChainBuilder, { keyed: store }: OperatorState): Operator {
    if (store === undefined) throw new Error(`${vertex.id} keeps state, and its task has no store`);
    const again = build.output(vertex, 'main', AGAIN);
    return vertex.id === LEDGER
      ? new LedgerOperator(build.output(vertex, 'main', 'ledger'), again, store, mode)
      : new TotalsOperator(build.output(vertex, 'main', 'totals'), again, store, mode);
  },
});
