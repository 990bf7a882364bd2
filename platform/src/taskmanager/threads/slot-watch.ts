/**
 * Watches the slots of a process for steps that do not end, and says which task it is. It runs in a thread of its own, as
 * the first slot shares its thread with the JobMaster, and with everything else that could say it.
 */
import type { Clock } from '../../common/clock.js';
import type { JobGraph } from '../../job/job-graph.js';
import { tasksOf } from '../../scheduling/job-task.js';
import { StepCell } from './step-cell.js';
import { StepWatch, type LongStep } from './step-watch.js';

/** What there is to be watched: plain data, to be sent to a thread. */
export interface WatchedSlots {
  /** The memory of their cells. */
  readonly steps: SharedArrayBuffer;
  readonly slots: number;
  /** What the job's tasks do, by the position of their vertices. */
  readonly tasks: ReadonlyMap<number, string>;
}

/** Has slots watched from elsewhere. @returns ends it */
export type SlotWatcher = (slots: WatchedSlots) => () => void;

/** More of a chain's operators are counted. */
const NAMES_MAX = 4;

/** @param steps the memory of the cells of so many slots */
export function watchedSlots(job: JobGraph, steps: SharedArrayBuffer, slots: number): WatchedSlots {
  const position = new Map(job.vertices.map(({ id }, position) => [id, position]));
  const tasks = tasksOf(job).map(({ id, vertices }) => [position.get(id)!, chainText(vertices)] as const);
  return { steps, slots, tasks: new Map(tasks) };
}

/** Any operator of a chain may be what takes so long. */
function chainText(chain: readonly { readonly id: string }[]): string {
  const names = chain.slice(0, NAMES_MAX).map(({ id }) => id);
  const more = chain.length > NAMES_MAX ? `, and ${chain.length - NAMES_MAX} more` : '';
  return names.join(' > ') + more;
}

const LOOK_MS = 1000;
const LONG_STEP_MS = 10_000;
/** Its thread is also that of the JobMaster, of commands and of signals. */
const FIRST_SLOT = 0;

export class SlotWatch {
  readonly #watches: readonly StepWatch[];
  #cancel: () => void = () => undefined;

  /** @param warn told what whoever watches the job should know */
  constructor(
    private readonly watched: WatchedSlots,
    private readonly clock: Clock,
    private readonly warn: (message: string) => void,
  ) {
    const { steps, slots } = watched;
    this.#watches = Array.from(
      { length: slots },
      (_, slot) => new StepWatch(new StepCell(steps, slot), clock, LONG_STEP_MS),
    );
    this.#lookAgain();
  }

  close(): void {
    this.#cancel();
  }

  #lookAgain(): void {
    this.#cancel = this.clock.schedule(LOOK_MS, () => {
      for (const [slot, watch] of this.#watches.entries()) {
        const long = watch.look();
        if (long !== undefined) this.warn(this.#text(slot, long));
      }
      this.#lookAgain();
    });
  }

  #text(slot: number, { task, seconds }: LongStep): string {
    const meanwhile =
      slot === FIRST_SLOT
        ? 'Until it is done the run does not hear signals and commands either. If it never is, kill -9 ends the run, and ' +
          'the next one goes on from the latest checkpoint.'
        : `Until it is done slot ${slot} does nothing else, and no checkpoint completes.`;
    const name = this.watched.tasks.get(task) ?? `task ${task}`;
    return `${name} has been at one step for ${seconds} s in slot ${slot}: a record or a few take it so long. ${meanwhile}`;
  }
}
