/**
 * Runs a whole job in this thread: `tidegate run` and `tidegate test`.
 *
 * Invariants
 * - Tasks are stepped round and round, consumers before producers, and the event loop gets its turn at least every
 *   10 ms and whenever nothing can be done.
 * - The first failure ends the job; whatever happens, every task is closed, once.
 */
import type { Clock } from '../common/clock.js';
import { TidegateError } from '../common/errors.js';
import { buildJobGraph } from '../job/job-graph.js';
import type { StreamGraph } from '../job/stream-graph.js';
import { MetricRegistry } from '../metrics/registry.js';
import type { Task } from '../task/task.js';
import { Deployer, type DeployedSource } from './deployment.js';
import type { JobEnvironment } from './environment.js';

export type JobOutcome =
  /** Every bounded ingress was read to its end and everything was written. */
  { readonly state: 'finished' } | { readonly state: 'stopped' } | { readonly state: 'failed'; readonly cause: Error };

const TURN_MS = 10;
const IDLE_CHECK_MS = 100;

export class EmbeddedJob {
  readonly metrics = new MetricRegistry();
  readonly #clock: Clock;
  #failure: Error | undefined;
  #stopped = false;
  #wakeUp: (() => void) | undefined;
  #awake = false;
  #sources: readonly DeployedSource[] = [];

  constructor(
    private readonly graph: StreamGraph,
    private readonly environment: JobEnvironment,
  ) {
    this.#clock = environment.clock;
  }

  /** Ends all sources where they are; what they have read is still processed and written. */
  stop(): void {
    this.#stopped = true;
    for (const source of this.#sources) for (const task of source.tasks) task.stop();
    this.wake();
  }

  /** The deployed sources, for a host that drives event time itself. Empty before `run`. */
  get sources(): readonly DeployedSource[] {
    return this.#sources;
  }

  /** Something may have changed: look again. */
  wake(): void {
    this.#awake = true;
    this.#wakeUp?.();
  }

  fail(error: Error): void {
    this.#failure ??= error;
    this.wake();
  }

  async run(): Promise<JobOutcome> {
    let deployer: Deployer | undefined;
    try {
      deployer = new Deployer(this.graph, buildJobGraph(this.graph), this.environment, this.metrics, {
        wake: () => this.wake(),
        fail: (error) => this.fail(error),
      });
      const { tasks, sources } = deployer.deploy();
      this.#sources = sources;
      await this.#assignSplits(sources);
      if (this.#stopped) this.stop();
      await this.#loop([...tasks]);
      return this.#stopped ? { state: 'stopped' } : { state: 'finished' };
    } catch (error) {
      return { state: 'failed', cause: error instanceof Error ? error : new TidegateError('TG400', String(error)) };
    } finally {
      await deployer?.close();
    }
  }

  async #assignSplits(sources: readonly DeployedSource[]): Promise<void> {
    for (const source of sources) {
      source.assign(await source.discover());
      source.noMoreSplits();
    }
  }

  async #loop(running: Task[]): Promise<void> {
    let turnEnd = this.#clock.monotonic() + TURN_MS;
    while (running.length > 0) {
      let progressed = false;
      this.#awake = false;
      for (let i = 0; i < running.length; i++) {
        if (this.#failure !== undefined) throw this.#failure;
        const result = running[i]!.step();
        if (result === 'waiting') continue;
        progressed = true;
        if (result === 'done') running.splice(i--, 1);
        if (this.#clock.monotonic() >= turnEnd) {
          await this.environment.yieldToEventLoop();
          turnEnd = this.#clock.monotonic() + TURN_MS;
        }
      }
      if (!progressed && running.length > 0) {
        await this.#sleep();
        turnEnd = this.#clock.monotonic() + TURN_MS;
      }
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Until somebody wakes the job; now and then also without, as idleness is noticed by nobody else. */
  async #sleep(): Promise<void> {
    if (this.environment.whenQuiet?.() === true) return;
    if (this.#awake || this.#failure !== undefined) return this.environment.yieldToEventLoop();
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.schedule(IDLE_CHECK_MS, resolve);
      this.#wakeUp = () => {
        cancel();
        resolve();
      };
    });
    this.#wakeUp = undefined;
  }
}
