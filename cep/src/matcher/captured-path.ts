/** The events of a run, as conditions see them. One object serves all runs: it is bound to a run before each test. */
import type { Captured } from '../pattern/condition.js';
import { START_RUN, type Run } from './key-state.js';

export class CapturedPath<E> implements Captured<E> {
  #stages: readonly string[] = [];
  #end: Run<E> | undefined = undefined;

  bind(stages: readonly string[], run: Run<E>): this {
    this.#stages = stages;
    this.#end = run === START_RUN ? undefined : run;
    return this;
  }

  events(stage: string): readonly E[] {
    const index = this.#stages.indexOf(stage);
    const events: E[] = [];
    for (let run = this.#end; run !== undefined; run = run.parent) if (run.stage === index) events.push(run.event);
    return events.reverse();
  }

  first(stage: string): E | undefined {
    const index = this.#stages.indexOf(stage);
    let first: E | undefined;
    for (let run = this.#end; run !== undefined; run = run.parent) if (run.stage === index) first = run.event;
    return first;
  }

  last(stage?: string): E | undefined {
    if (stage === undefined) return this.#end?.event;
    const index = this.#stages.indexOf(stage);
    for (let run = this.#end; run !== undefined; run = run.parent) if (run.stage === index) return run.event;
    return undefined;
  }

  count(stage: string): number {
    const index = this.#stages.indexOf(stage);
    let count = 0;
    for (let run = this.#end; run !== undefined; run = run.parent) if (run.stage === index) count++;
    return count;
  }
}
