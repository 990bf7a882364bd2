/** The processes of a simulated world, and how their messages find each other. */
import type { JobEvent } from '../../coordinator/job-events.js';
import { attemptName, type TaskCommand, type TaskDeployment, type TaskReport } from '../../rpc/task-execution.js';
import type { LeaderAnswer, TaskManagerReport } from '../../rpc/task-manager.js';
import { DeploymentCheck } from '../check/deployment-check.js';
import type { SimulatedProcess } from '../kernel/simulated-process.js';
import type { ProductionParts } from './production-parts.js';
import { SimulatedChannels } from './simulated-channels.js';
import { SimulatedElection } from './simulated-election.js';
import { SimulatedJob } from './simulated-job.js';
import { SimulatedJobManager, type Watch } from './simulated-job-manager.js';
import { SimulatedTaskManager } from './simulated-task-manager.js';
import type { SimulatedWorld } from './simulated-world.js';

export class SimulatedCluster {
  readonly heartbeatTimeoutMs = 150;
  readonly election: SimulatedElection;
  readonly job: SimulatedJob;
  readonly channels: SimulatedChannels;
  readonly jobManagers: readonly SimulatedJobManager[];
  readonly taskManagers: readonly SimulatedTaskManager[];
  /** By the name under which it is registered. */
  readonly #byName = new Map<string, SimulatedTaskManager>();
  /** Where each attempt is deployed to. */
  readonly #places = new Map<string, SimulatedProcess>();
  #names = 0;
  readonly #deployments: DeploymentCheck;

  constructor(
    readonly world: SimulatedWorld,
    readonly parts: ProductionParts,
    watch: Watch,
  ) {
    const { coordinators, workers } = world.options;
    this.channels = new SimulatedChannels(world, (attempt) => this.#places.get(attempt));
    this.#deployments = new DeploymentCheck((property, message) => world.violate(property, message));
    this.election = new SimulatedElection(world.kernel, world.random.fork('election'));
    this.job = new SimulatedJob(world.options);
    this.jobManagers = Array.from({ length: coordinators }, (_, i) => new SimulatedJobManager(this, `jm-${i}`, watch));
    this.taskManagers = Array.from({ length: workers }, (_, i) => new SimulatedTaskManager(this, `tm-${i}`));
  }

  start(): void {
    for (const { process } of [...this.jobManagers, ...this.taskManagers]) process.start();
  }

  /** A name that no task manager ever had. */
  newName(taskManager: SimulatedTaskManager): string {
    const name = `${taskManager.process.name}#${++this.#names}`;
    this.#byName.set(name, taskManager);
    return name;
  }

  /** Somebody asks something of whoever leads. */
  commandLeader(event: JobEvent): void {
    this.jobManagers.find(({ process }) => process === this.election.leader)?.command(event);
  }

  toTaskManager(from: SimulatedProcess, name: string, message: TaskCommand | LeaderAnswer): void {
    const taskManager = this.#byName.get(name)!;
    if (message.kind === 'deploy') {
      this.#places.set(attemptName(message.deployment.id), taskManager.process);
      this.#checkDeployment(message.deployment, name);
    }
    this.world.network.send(from, taskManager.process, message.kind, () => taskManager.receive(name, message));
  }

  #checkDeployment(deployment: TaskDeployment, to: string): void {
    const { graph, job } = this.job.of(deployment.id.epoch);
    const { parallelism } = job.vertices.find(({ id }) => id === deployment.id.task)!;
    this.#deployments.deployed(deployment, parallelism, graph.settings.maxParallelism, to);
  }

  /** To whoever leads. */
  toLeader(from: SimulatedProcess, name: string, report: TaskManagerReport | TaskReport): void {
    const leader = this.jobManagers.find(({ process }) => process === this.election.leader);
    if (leader === undefined) return;
    this.world.network.send(from, leader.process, report.kind, () => leader.receive(name, report));
  }
}
