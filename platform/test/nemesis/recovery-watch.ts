/**
 * How long the job takes from when somebody knows that it is disturbed until all its tasks run again: asks the coordinators
 * again and again.
 *
 * Invariants
 * - A failure of tasks is known from the time in the job's exceptions; a change of leaders when the new one answers first.
 */
import type { JobDetails } from '../../src/rest/cluster-service.js';
import type { ExceptionEntry } from '../../src/recovery/exception-history.js';

export interface Recovery {
  readonly led: 'restart' | 'new-leader';
  readonly ms: number;
}

const LOOK_MS = 50;
const ANSWER_MS = 400;

export class RecoveryWatch {
  readonly recoveries: Recovery[] = [];
  /** As it was seen last. */
  latest: JobDetails | undefined;
  #isOver = false;
  /** Whether the job has run at all: before that nothing is to recover. */
  #hasRun = false;
  #isRunning = false;
  #looking: Promise<void> = Promise.resolve();
  /** Who answered last, and after how many restarts of the job. */
  #last: { readonly api: string; readonly restarts: number } | undefined;
  #under: { readonly led: Recovery['led']; readonly since: number } | undefined;

  /** @param apis `HOST:PORT` of the coordinators */
  constructor(
    private readonly apis: readonly string[],
    private readonly job: string,
  ) {}

  start(): void {
    this.#looking = this.#look();
  }

  /** From when it was known until all tasks ran, ms. */
  times() {
    const all = this.recoveries.map(({ ms }) => ms);
    return {
      recoveries: all.length,
      recoveryMsMean: all.length === 0 ? 0 : Math.round(all.reduce((total, ms) => total + ms, 0) / all.length),
      recoveryMsWorst: Math.max(0, ...all),
      newLeaders: this.recoveries.filter(({ led }) => led === 'new-leader').length,
    };
  }

  /** What the job's failures were, as far as anybody who leads tells. */
  async failures(): Promise<string> {
    const answers = await Promise.all(this.apis.map((api) => this.#ask<object>(api, '/exceptions')));
    return JSON.stringify(answers.find((answer) => answer !== undefined));
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await this.#looking;
  }

  /** Resolves when all tasks run, or the time is over. */
  async untilRunning(msMax: number): Promise<boolean> {
    const end = Date.now() + msMax;
    // One that has just been hit may not know it yet.
    do await new Promise((resolve) => setTimeout(resolve, 2 * LOOK_MS));
    while (!this.#isRunning && Date.now() < end);
    return this.#isRunning;
  }

  async #look(): Promise<void> {
    while (!this.#isOver) {
      const answers = await Promise.all(this.apis.map(async (api) => ({ api, job: await this.#ask<JobDetails>(api) })));
      const leading = answers.find(({ job }) => job !== undefined);
      if (leading?.job === undefined) this.#nobodyLeads();
      else await this.#see(leading.api, leading.job);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  #nobodyLeads(): void {
    this.#isRunning = false;
    this.#last = undefined;
  }

  async #see(api: string, job: JobDetails): Promise<void> {
    const { run } = (this.latest = job);
    const now = Date.now();
    const restarts = run?.restarts ?? 0;
    const isSame = this.#last?.api === api && this.#last.restarts <= restarts;
    if (!isSame) this.#under ??= { led: 'new-leader', since: now };
    else if (restarts > this.#last!.restarts)
      this.#under ??= { led: 'restart', since: await this.#failedAt(api, restarts - this.#last!.restarts, now) };
    this.#last = { api, restarts };
    this.#isRunning =
      run?.state === 'running' && run.tasks.every(({ states }) => Object.keys(states).join() === 'running');
    if (!this.#isRunning || this.#under === undefined) return;
    const { led, since } = this.#under;
    if (this.#hasRun) this.recoveries.push({ led, ms: Math.max(0, now - since) });
    this.#hasRun = true;
    this.#under = undefined;
  }

  /** When the first of the last so many restarts was decided on. */
  async #failedAt(api: string, restarts: number, now: number): Promise<number> {
    const answer = await this.#ask<{ readonly exceptions: readonly ExceptionEntry[] }>(api, '/exceptions');
    const led = answer?.exceptions.filter((entry) => entry.led.to === 'restart') ?? [];
    return led.at(-restarts)?.time ?? now;
  }

  /** Undefined where nobody answers, or who answers leads elsewhere. */
  async #ask<T>(api: string, of = ''): Promise<T | undefined> {
    try {
      const signal = AbortSignal.timeout(ANSWER_MS);
      const response = await fetch(`http://${api}/v1/jobs/${this.job}${of}`, { redirect: 'manual', signal });
      return response.status === 200 ? ((await response.json()) as T) : undefined;
    } catch {
      return undefined;
    }
  }
}
