/**
 * Aligns the watermarks of a job's sources, group by group: asks all subtasks of a group how far they are, again and again, and
 * tells them how far they may go (Apache Flink's SourceCoordinator, FLIP-182).
 *
 * Invariants
 * - No limit is told before all subtasks of a group have said how far they are; what an earlier attempt of one said does not count.
 * - The limit of a source is the lowest watermark of its group, with the drift that the source allows.
 * - Messages may be lost: the question is asked again after the interval, and goes with the limit that holds then.
 */
import type { Clock } from '../common/clock.js';
import type { JobGraph } from '../job/job-graph.js';
import type { WatermarkAlignment } from '../job/stream-graph.js';
import { attemptName, type AttemptId, type TaskCommand, type TaskReport } from '../rpc/task-execution.js';
import type { Execution } from '../scheduling/execution.js';

interface Group {
  /** By the task of the source. */
  readonly drifts: Map<string, number>;
  interval: number;
  /** By attempt. */
  readonly reached: Map<string, number>;
  /** The lowest watermark, as the subtasks were told; undefined before all have said how far they are. */
  told: number | undefined;
  cancel: (() => void) | undefined;
}

/** A change of the lowest watermark by this part of the drift is told at once. */
const TOLD_PART = 1 / 8;
/** Also what subtasks say that hold nobody back: the last watermark of all. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

export class WatermarkAlignments {
  readonly #groups: readonly Group[];

  constructor(
    job: Pick<JobGraph, 'vertices'>,
    private readonly graph: { executions(tasks: ReadonlySet<string>): readonly Pick<Execution, 'id' | 'isTerminal'>[] },
    private readonly clock: Pick<Clock, 'schedule'>,
    private readonly send: (id: AttemptId, command: TaskCommand) => void,
  ) {
    const groups = new Map<string, Group>();
    for (const { id, operator } of job.vertices) {
      const alignment = operator.kind === 'source' ? operator.node.time.watermarkAlignment : undefined;
      if (alignment !== undefined) join(groups, id, alignment);
    }
    this.#groups = [...groups.values()];
  }

  /** All tasks run. */
  start(): void {
    for (const group of this.#groups) if (group.cancel === undefined) this.#ask(group);
  }

  stop(): void {
    for (const group of this.#groups) {
      group.cancel?.();
      group.cancel = group.told = undefined;
      group.reached.clear();
    }
  }

  hear({ id, watermark }: Extract<TaskReport, { readonly kind: 'watermark' }>): void {
    const group = this.#groups.find(({ drifts }) => drifts.has(id.task));
    if (group?.cancel === undefined) return;
    group.reached.set(attemptName(id), watermark);
    const lowest = this.#lowest(group);
    if (lowest === undefined || !this.#isNews(group, lowest)) return;
    group.told = lowest;
    this.#tell(group);
  }

  #ask(group: Group): void {
    group.cancel = this.clock.schedule(group.interval, () => this.#ask(group));
    group.told = this.#lowest(group) ?? group.told;
    this.#tell(group);
  }

  #tell({ drifts, told }: Group): void {
    for (const id of this.#members(drifts)) {
      const limit = told === undefined ? {} : { limit: Math.min(told + drifts.get(id.task)!, NO_LIMIT) };
      this.send(id, { kind: 'align-watermarks', id, ...limit });
    }
  }

  #isNews({ told, drifts }: Group, lowest: number): boolean {
    return told === undefined || Math.abs(lowest - told) >= TOLD_PART * Math.min(...drifts.values());
  }

  #lowest({ drifts, reached }: Group): number | undefined {
    const watermarks = this.#members(drifts).map((id) => reached.get(attemptName(id)));
    return watermarks.reduce<number | undefined>(
      (lowest, watermark) =>
        lowest === undefined || watermark === undefined ? undefined : Math.min(lowest, watermark),
      NO_LIMIT,
    );
  }

  #members(drifts: ReadonlyMap<string, number>): AttemptId[] {
    return this.graph
      .executions(new Set(drifts.keys()))
      .filter(({ isTerminal }) => !isTerminal)
      .map(({ id }) => id);
  }
}

function join(
  groups: Map<string, Group>,
  task: string,
  { group: name, maxDrift, updateInterval }: WatermarkAlignment,
): void {
  const group = groups.get(name);
  if (group === undefined) {
    const drifts = new Map([[task, maxDrift]]);
    groups.set(name, { drifts, interval: updateInterval, reached: new Map(), told: undefined, cancel: undefined });
  } else {
    group.drifts.set(task, maxDrift);
    group.interval = Math.min(group.interval, updateInterval);
  }
}
