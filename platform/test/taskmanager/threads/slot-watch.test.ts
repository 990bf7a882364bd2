/** A step that does not end, seen from another thread: its clock goes on, whatever the slots' threads do. */
import assert from 'node:assert/strict';
import { VirtualClock } from '../../../src/common/virtual-clock.js';
import { buildJobGraph } from '../../../src/job/job-graph.js';
import { SlotWatch, watchedSlots } from '../../../src/taskmanager/threads/slot-watch.js';
import { StepCell } from '../../../src/taskmanager/threads/step-cell.js';
import { planned } from '../harness.js';
import { ruleApplication } from '../rule-case.js';

class WatchedWorld {
  readonly #clock = new VirtualClock();
  readonly #steps = StepCell.allocate(2);
  readonly warnings: string[] = [];
  readonly watch = new SlotWatch(
    {
      steps: this.#steps,
      slots: 2,
      tasks: new Map([
        [0, 'ingresses.in > rules.quick'],
        [1, 'rules.slow'],
      ]),
    },
    this.#clock,
    (message) => this.warnings.push(message),
  );

  cell(slot: number): StepCell {
    return new StepCell(this.#steps, slot);
  }

  pass(seconds: number): void {
    this.#clock.advanceTo(this.#clock.monotonic() + seconds * 1000);
  }
}

const job = buildJobGraph(
  planned(
    ruleApplication(`
  quick: { from: in, to: out }
  pair: { from: in, key: k, pattern: { within: 1h, steps: [{ begin: a }, { followedBy: b }] }, to: out }`),
  ),
);

describe('a step that does not end', () => {
  it('is that of a task, which is called by all that is chained in it', () => {
    const tasks = [...watchedSlots(job, StepCell.allocate(1), 1).tasks];
    assert.deepEqual(
      tasks.map(([vertex, name]) => [job.vertices[vertex]?.id, name.replace(/\.[0-9a-f]{8}/, '')]),
      [
        ['ingresses.in', 'ingresses.in > rules.quick > patterns.in'],
        ['egresses.out', 'egresses.out'],
        ['egresses.bad', 'egresses.bad'],
      ],
    );
  });

  it('F63: is named with its task while it lasts, and again when it has lasted twice as long', () => {
    const world = new WatchedWorld();
    world.pass(5);
    world.cell(1).begin(1);
    world.pass(10);
    assert.deepEqual(world.warnings, []);
    world.pass(1);
    assert.deepEqual(world.warnings.length, 1);
    assert.match(
      world.warnings[0]!,
      /^rules\.slow has been at one step for 10 s in slot 1: a record or a few take it so long/,
    );
    world.pass(9);
    assert.deepEqual(world.warnings.length, 1);
    world.pass(41);
    assert.deepEqual(
      world.warnings.map((message) => /for (\d+) s/.exec(message)?.[1]),
      ['10', '20', '40'],
    );
    world.watch.close();
    world.pass(1000);
    assert.equal(world.warnings.length, 3);
  });

  it('F63: is named in each slot, and what it means in the first one is said', () => {
    const world = new WatchedWorld();
    for (const slot of [0, 1]) world.cell(slot).begin(slot);
    world.pass(11);
    assert.deepEqual(
      world.warnings.map((message) => [/^\S+/.exec(message)?.[0], message.includes('kill -9')]),
      [
        ['ingresses.in', true],
        ['rules.slow', false],
      ],
    );
  });

  it('is none of many short ones, and none that has ended', () => {
    const world = new WatchedWorld();
    const cell = world.cell(0);
    for (let seconds = 0; seconds < 60; seconds++) {
      cell.begin(0);
      world.pass(1);
    }
    cell.end();
    world.pass(60);
    assert.deepEqual(world.warnings, []);
  });
});
