/** Watches what is deployed: the key groups of a task's subtasks are a partition, and an attempt goes to one place. */
import type { KeyGroupRange } from '../../job/state-handle.js';
import { attemptName, type TaskDeployment } from '../../rpc/task-execution.js';
import type { Property } from './violation.js';

export class DeploymentCheck {
  readonly #places = new Map<string, string>();
  readonly #ranges = new Map<string, Map<number, KeyGroupRange>>();

  constructor(private readonly violate: (property: Property, message: string) => void) {}

  /** @param parallelism of the task; @param to the name of the task manager */
  deployed({ id, keyGroups }: TaskDeployment, parallelism: number, maxParallelism: number, to: string): void {
    const name = attemptName(id);
    const place = this.#places.get(name);
    if (place !== undefined && place !== to) this.violate('one-leader', `${name} is deployed to ${place} and to ${to}`);
    this.#places.set(name, to);
    const task = `${id.epoch}.${id.attempt}/${id.task}`;
    let ranges = this.#ranges.get(task);
    if (ranges === undefined) this.#ranges.set(task, (ranges = new Map()));
    ranges.set(id.subtask, keyGroups);
    if (ranges.size === parallelism) this.#checkPartition(task, [...ranges.values()], maxParallelism);
  }

  #checkPartition(task: string, ranges: readonly KeyGroupRange[], maxParallelism: number): void {
    let next = 0;
    for (const { first, last } of [...ranges].sort((a, b) => a.first - b.first || a.last - b.last)) {
      if (first > last) continue;
      if (first !== next) this.violate('key-group-partition', `${task}: key group ${next} has no owner, or two`);
      next = last + 1;
    }
    if (next !== maxParallelism)
      this.violate('key-group-partition', `${task}: ${next} of ${maxParallelism} key groups are owned`);
  }
}
