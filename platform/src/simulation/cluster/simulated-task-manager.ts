/**
 * A worker of the simulated world: the production task executor over production tasks, with its connection to the leader,
 * in a process that can die, stall and come back empty.
 */
import type { TaskCommand, TaskReport } from '../../rpc/task-execution.js';
import type { LeaderAnswer } from '../../rpc/task-manager.js';
import { LeaderConnection } from '../../taskmanager/leader-connection.js';
import { TaskExecutor } from '../../taskmanager/task-executor.js';
import type { SimulatedProcess } from '../kernel/simulated-process.js';
import { simulatedEnvironment } from './simulated-environment.js';
import type { SimulatedCluster } from './simulated-cluster.js';
import { SimulatedSlot } from './simulated-slot.js';

const HEARTBEAT_MS = 40;

export class SimulatedTaskManager {
  readonly process: SimulatedProcess;
  #connection: LeaderConnection | undefined;
  /** One for each version of the job that is run here. */
  #executors = new Map<number, TaskExecutor>();

  constructor(
    private readonly cluster: SimulatedCluster,
    name: string,
  ) {
    this.process = cluster.world.process(name, () => this.#boot());
  }

  /** @param to the name that the message is for */
  receive(to: string, message: TaskCommand | LeaderAnswer): void {
    this.#connection?.receive(to, message);
  }

  #boot(): void {
    const { cluster, process } = this;
    const { options, coverage } = cluster.world;
    this.#executors = new Map();
    this.#connection = new LeaderConnection(
      { slots: options.slotsPerWorker, heartbeatMs: HEARTBEAT_MS, timeoutMs: cluster.heartbeatTimeoutMs },
      process,
      {
        newName: () => cluster.newName(this),
        send: (name, report) => {
          process.point(`the worker's ${report.kind}`);
          cluster.toLeader(process, name, report);
        },
        command: (command) => this.#executor(command).command(command),
      },
      coverage,
    );
    this.#connection.start();
  }

  #executor(command: TaskCommand): TaskExecutor {
    const { epoch } = command.kind === 'deploy' ? command.deployment.id : command.id;
    let executor = this.#executors.get(epoch);
    if (executor === undefined) this.#executors.set(epoch, (executor = this.#createExecutor(epoch)));
    return executor;
  }

  #createExecutor(epoch: number): TaskExecutor {
    const { cluster, process } = this;
    const { world, parts } = cluster;
    const connection = this.#connection!;
    const version = cluster.job.of(epoch);
    const slot = new SimulatedSlot(
      process,
      world.kernel,
      world.random.fork(`${process.name} ${epoch}`),
      world.options.stepMs,
      world.options.stepsAtOnce,
      {
        done: (task) => executor.done(task),
        failed: (task, error) => {
          world.taskFailed(task.id, error);
          executor.failed(task, error);
        },
      },
    );
    const environment = parts.environment(simulatedEnvironment(world, process));
    const factory = parts.createTaskFactory(version, environment, ({ id }, control) =>
      cluster.channels.of(version, { id, process, control }),
    );
    const executor = new TaskExecutor(version.job, factory, slot, (report: TaskReport) => connection.report(report));
    return executor;
  }
}
