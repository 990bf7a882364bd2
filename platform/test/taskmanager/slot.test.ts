import assert from 'node:assert/strict';
import { VirtualClock } from '../../src/common/virtual-clock.js';
import { MetricRegistry } from '../../src/metrics/registry.js';
import { Slot } from '../../src/taskmanager/slot.js';
import { StepCell } from '../../src/taskmanager/threads/step-cell.js';
import type { StepResult, Task } from '../../src/task/task.js';

const BUFFER_TIMEOUT_MS = 10;

/** Notes what is done with it; each step takes as long as it says. */
class NotingTask implements Task {
  constructor(
    readonly id: string,
    private readonly log: string[],
    private readonly work: () => StepResult,
  ) {}

  step(): StepResult {
    const result = this.work();
    if (result !== 'waiting') this.log.push(this.id);
    return result;
  }

  flush(): void {
    this.log.push(`${this.id} flushed`);
  }

  isBackPressured(): boolean {
    return false;
  }

  receive(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A slot, and what was done in it. */
class SlotWorld {
  readonly log: string[] = [];
  readonly clock = new VirtualClock();
  readonly slot: Slot;
  #ended: () => void = () => undefined;
  readonly ended = new Promise<void>((resolve) => (this.#ended = resolve));

  constructor() {
    const yieldToEventLoop = (): Promise<void> => Promise.resolve();
    this.slot = new Slot({ clock: this.clock, yieldToEventLoop }, BUFFER_TIMEOUT_MS, new MetricRegistry(), {
      done: () => this.#ended(),
      failed: (_, error) => assert.fail(error),
      broken: (error) => assert.fail(error),
    });
  }

  spend(ms: number): void {
    this.clock.advanceTo(this.clock.monotonic() + ms);
  }

  task(id: string, order: number, work: () => StepResult): void {
    this.slot.add(new NotingTask(id, this.log, work), order);
  }
}

/** Answers one after the other, then always the last one. */
function answers(...results: readonly StepResult[]): () => StepResult {
  let next = 0;
  return () => results[Math.min(next++, results.length - 1)]!;
}

describe('a slot', () => {
  it('sends what a busy task has made when the buffer timeout has passed', async () => {
    const world = new SlotWorld();
    let steps = 0;
    world.task('busy', 0, () => {
      world.spend(3);
      return ++steps === 9 ? 'done' : 'progress';
    });
    await world.ended;
    await world.slot.close();
    const flushed = world.log.flatMap((entry, i) => (entry === 'busy flushed' ? [i] : []));
    // Made at 3 ms at the earliest, so due at 13, and seen at the end of the step that ends at 15.
    assert.deepEqual(flushed, [5], world.log.join(', '));
  });

  it('sends what was made before it sleeps, once, and then looks again whether that brought anything', async () => {
    const world = new SlotWorld();
    world.task('quiet', 0, answers('progress', 'waiting', 'waiting', 'waiting'));
    for (let turns = 0; turns < 20; turns++) await Promise.resolve();
    assert.deepEqual(world.log, ['quiet', 'quiet flushed']);
    await world.slot.close();
  });

  it('steps the task nearest to the end that can go on, so that nothing piles up before it', async () => {
    const world = new SlotWorld();
    let queued = 0;
    let most = 0;
    let made = 0;
    world.task('sink', 1, () => (queued === 0 ? 'waiting' : (queued--, 'progress')));
    world.task('source', 0, () => {
      queued += 3;
      most = Math.max(most, queued);
      world.spend(0.5);
      return ++made === 20 ? 'done' : 'progress';
    });
    await world.ended;
    await world.slot.close();
    // What one step made, and what was left at the beginning of a turn, which gives each task a step.
    assert.ok(most <= 5, `${most} were waiting`);
  });

  it('gives each task a step now and then, though others could always go on', async () => {
    const world = new SlotWorld();
    world.task('source', 0, answers('progress', 'progress', 'done'));
    world.task('sink', 1, () => {
      world.spend(1);
      return 'progress';
    });
    await world.ended;
    await world.slot.close();
    assert.equal(world.log.filter((entry) => entry === 'source').length, 3);
  });

  it('shows the step that is under way to whoever watches it from elsewhere', async () => {
    const world = new SlotWorld();
    const cell = new StepCell(StepCell.allocate(2), 1);
    const shown: unknown[] = [];
    world.slot.shownIn(cell);
    let steps = 0;
    world.task('only', 7, () => {
      shown.push(cell.now());
      return ++steps === 2 ? 'done' : 'progress';
    });
    await world.ended;
    await world.slot.close();
    assert.deepEqual(shown, [
      { step: 1, task: 7 },
      { step: 2, task: 7 },
    ]);
    assert.equal(cell.now(), undefined);
  });
});
