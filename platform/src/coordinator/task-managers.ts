/**
 * Which task managers there are, and whether they live.
 *
 * Invariants
 * - A task manager that has been lost stays lost: under its name nothing of it counts any more.
 */
import type { Clock } from '../common/clock.js';

export class TaskManagers {
  /** When each was last heard of: `Clock.monotonic()`. */
  readonly #heard = new Map<string, number>();
  readonly #lost = new Set<string>();
  readonly #watches = new Map<string, () => void>();

  /**
   * @param timeout ms without a word after which a task manager is lost; undefined: it shares this process
   * @param lost told once for each; `silentMs`: since it was last heard of
   */
  constructor(
    private readonly timeout: number | undefined,
    private readonly clock: Clock,
    private readonly lost: (taskManager: string, reason: string, silentMs: number) => void,
  ) {}

  isKnown(taskManager: string): boolean {
    return this.#heard.has(taskManager);
  }

  /** @returns whether it is new */
  register(taskManager: string): boolean {
    if (this.#lost.has(taskManager) || this.#heard.has(taskManager)) return false;
    this.#heard.set(taskManager, this.clock.monotonic());
    if (this.timeout !== undefined) this.#watch(taskManager, this.timeout, this.timeout);
    return true;
  }

  hear(taskManager: string): void {
    if (this.isKnown(taskManager)) this.#heard.set(taskManager, this.clock.monotonic());
  }

  lose(taskManager: string, reason: string): void {
    const heard = this.#heard.get(taskManager);
    if (heard === undefined) return;
    this.#heard.delete(taskManager);
    this.#lost.add(taskManager);
    this.#watches.get(taskManager)?.();
    this.#watches.delete(taskManager);
    this.lost(taskManager, reason, this.clock.monotonic() - heard);
  }

  /** Nobody is watched any more. */
  close(): void {
    for (const cancel of this.#watches.values()) cancel();
    this.#watches.clear();
  }

  #watch(taskManager: string, timeout: number, wait: number): void {
    const check = (): void => {
      const left = (this.#heard.get(taskManager) ?? 0) + timeout - this.clock.monotonic();
      if (left <= 0) this.lose(taskManager, `nothing was heard of it for ${timeout} ms`);
      else this.#watch(taskManager, timeout, left);
    };
    this.#watches.set(taskManager, this.clock.schedule(wait, check));
  }
}
