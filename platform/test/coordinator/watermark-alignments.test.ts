import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SCRIPT_FORMAT } from '../../src/cli/testing/scripted-source.js';
import { VirtualClock } from '../../src/common/virtual-clock.js';
import { WatermarkAlignments } from '../../src/coordinator/watermark-alignments.js';
import { UNTYPED } from '../../src/expression/index.js';
import type { JobVertex } from '../../src/job/job-graph.js';
import type { SourceNode } from '../../src/job/stream-graph.js';
import { MetricRegistry } from '../../src/metrics/registry.js';
import { SourceOperator } from '../../src/operators/source/source-operator.js';
import type { AttemptId, TaskCommand } from '../../src/rpc/task-execution.js';
import { SplitAlignment } from '../../src/task/split-alignment.js';
import { NO_WATERMARK } from '../../src/time/watermark.js';

const INTERVAL = 1000;
/** What a subtask says that holds nobody back, and what it is told when there is no limit. */
const NOTHING = Number.MAX_SAFE_INTEGER;

function sourceVertex(name: string, group: string, maxDrift: number): JobVertex & { operator: { node: SourceNode } } {
  const node: SourceNode = {
    id: `ingresses.${name}`,
    name,
    connector: { type: 'script', options: {} },
    format: { type: 'script', options: {} },
    schema: UNTYPED,
    time: {
      ...{ kind: 'event', field: ['t'], format: 'epoch-millis', maxOutOfOrderness: 0, order: 'sorted' },
      watermarkAlignment: { group, maxDrift, updateInterval: INTERVAL },
    },
    onBadRecord: 'fail',
  };
  return { id: node.id, operator: { kind: 'source', node }, parallelism: 1 };
}

const attemptOf = (task: string, subtask: number, attempt = 1): AttemptId => ({ epoch: 1, attempt, task, subtask });

/** A coordinator whose subtasks are only names; what it tells them is noted. */
class Desk {
  readonly clock = new VirtualClock(0);
  readonly members: { id: AttemptId; isTerminal: boolean }[];
  readonly alignments: WatermarkAlignments;
  #told: string[] = [];

  constructor(vertices: readonly JobVertex[], subtasks: number) {
    this.members = vertices.flatMap(({ id }) =>
      Array.from({ length: subtasks }, (_, i) => ({ id: attemptOf(id, i), isTerminal: false })),
    );
    const graph = { executions: (tasks: ReadonlySet<string>) => this.members.filter(({ id }) => tasks.has(id.task)) };
    this.alignments = new WatermarkAlignments({ vertices }, graph, this.clock, ({ task, subtask }, command) => {
      assert.equal(command.kind, 'align-watermarks');
      const { limit = 'as before' } = command as { readonly limit?: number };
      this.#told.push(`${task.slice('ingresses.'.length)}${subtask} ${limit === NOTHING ? 'any' : limit}`);
    });
  }

  hear(member: number, watermark: number): this {
    const { id } = this.members[member]!;
    this.alignments.hear({ kind: 'watermark', id, watermark });
    return this;
  }

  told(): string[] {
    return this.#told.splice(0);
  }
}

describe('the coordinator of watermarks', () => {
  it('asks all subtasks, and tells the lowest watermark and the drift once all have answered', () => {
    const desk = new Desk([sourceVertex('a', 'g', 100)], 2);
    desk.alignments.start();
    assert.deepEqual(desk.told(), ['a0 as before', 'a1 as before']);
    assert.deepEqual(desk.hear(0, 50).told(), []);
    assert.deepEqual(desk.hear(1, 70).told(), ['a0 150', 'a1 150']);
  });

  it('tells a rise at once where it is worth it, and any when the interval is over', () => {
    const desk = new Desk([sourceVertex('a', 'g', 80)], 2);
    desk.alignments.start();
    desk.hear(0, 0).hear(1, 0).told();
    assert.deepEqual(desk.hear(0, 50).hear(1, 9).told(), []);
    assert.deepEqual(desk.hear(1, 10).told(), ['a0 90', 'a1 90']);
    assert.deepEqual(desk.hear(1, 12).told(), []);
    desk.clock.advanceTo(desk.clock.monotonic() + INTERVAL);
    assert.deepEqual(desk.told(), ['a0 92', 'a1 92']);
  });

  it('aligns sources that name the same group, each with the drift that it allows, and no others', () => {
    const desk = new Desk([sourceVertex('a', 'g', 10), sourceVertex('b', 'g', 20), sourceVertex('c', 'h', 30)], 1);
    desk.alignments.start();
    desk.told();
    assert.deepEqual(desk.hear(2, 7).told(), ['c0 37']);
    assert.deepEqual(desk.hear(0, 500).hear(1, 5).told(), ['a0 15', 'b0 25']);
  });

  it('does not wait for a subtask of which nothing counts, or that has ended, and has no limit when that is so of all', () => {
    const desk = new Desk([sourceVertex('a', 'g', 100)], 3);
    desk.alignments.start();
    desk.told();
    assert.deepEqual(desk.hear(0, 50).hear(1, NOTHING).hear(2, 60).told(), ['a0 150', 'a1 150', 'a2 150']);
    desk.members[0]!.isTerminal = true;
    assert.deepEqual(desk.hear(2, 80).told(), ['a1 180', 'a2 180']);
    assert.deepEqual(desk.hear(2, NOTHING).told(), ['a1 any', 'a2 any']);
  });

  it('believes nothing that an attempt said which is over', () => {
    const desk = new Desk([sourceVertex('a', 'g', 100)], 2);
    desk.alignments.start();
    desk.hear(0, 500).hear(1, 500).told();
    desk.members[1] = { id: attemptOf('ingresses.a', 1, 2), isTerminal: false };
    desk.hear(0, 900);
    desk.clock.advanceTo(desk.clock.monotonic() + INTERVAL);
    // What was told last holds until the new one has said how far it is.
    assert.deepEqual(desk.told(), ['a0 600', 'a1 600']);
    assert.deepEqual(desk.hear(1, 300).told(), ['a0 400', 'a1 400']);
  });

  it('leaves no timer behind when it is stopped', () => {
    const desk = new Desk([sourceVertex('a', 'g', 100)], 1);
    desk.alignments.start();
    desk.told();
    desk.alignments.stop();
    desk.hear(0, 5);
    desk.clock.advanceTo(desk.clock.monotonic() + 10 * INTERVAL);
    assert.deepEqual(desk.told(), []);
  });
});

const DRIFT = 50;

/** Subtasks with real operators and alignments; messages between them and the coordinator are carried as the test says. */
class Group {
  readonly clock = new VirtualClock(0);
  readonly #mail: (() => void)[] = [];
  readonly #alignments: WatermarkAlignments;
  readonly #splits: { subtask: number; id: string; times: number[]; isPaused: boolean; hasEnded: boolean }[];
  readonly #operators: SourceOperator[];
  readonly #tasks: SplitAlignment[];

  /** @param steps of each split of each subtask, from one record to the next */
  constructor(steps: readonly (readonly (readonly number[])[])[]) {
    const vertex = sourceVertex('a', 'g', DRIFT);
    const executions = steps.map((_, i) => ({ id: attemptOf(vertex.id, i), isTerminal: false }));
    this.#alignments = new WatermarkAlignments(
      { vertices: [vertex] },
      { executions: () => executions },
      this.clock,
      ({ subtask }, command) => this.#mail.push(() => this.#receive(subtask, command)),
    );
    this.#splits = steps.flatMap((ofSubtask, subtask) =>
      ofSubtask.map((of, i) => {
        let time = 0;
        return {
          subtask,
          id: `${subtask}.${i}`,
          times: of.map((step) => (time += step)),
          isPaused: false,
          hasEnded: false,
        };
      }),
    );
    const nowhere = { collect: () => undefined };
    const outputs = { main: nowhere, timeless: nowhere, late: nowhere, bad: nowhere };
    this.#operators = steps.map(
      () => new SourceOperator(vertex.operator.node, SCRIPT_FORMAT, outputs, this.clock, new MetricRegistry(), false),
    );
    for (const { subtask, id } of this.#splits) this.#operators[subtask]!.addSplit(id);
    const set = (id: string, isPaused: boolean) =>
      void (this.#splits.find((split) => split.id === id)!.isPaused = isPaused);
    this.#tasks = this.#operators.map(
      (operator, i) =>
        new SplitAlignment(DRIFT, {
          operator,
          reader: { pause: (id) => set(id, true), resume: (id) => set(id, false) },
          reached: (watermark) => {
            const report = { kind: 'watermark', id: executions[i]!.id, watermark } as const;
            this.#mail.push(() => this.#alignments.hear(report));
          },
        }),
    );
    this.#alignments.start();
  }

  get hasEnded(): boolean {
    return this.#splits.every(({ hasEnded }) => hasEnded);
  }

  get splits(): number {
    return this.#splits.length;
  }

  get mail(): number {
    return this.#mail.length;
  }

  #receive(subtask: number, command: TaskCommand): void {
    if (command.kind === 'align-watermarks') this.#tasks[subtask]!.align(command.limit);
  }

  /** @param becomes of a message, anywhere among those on their way */
  carry(index: number, becomes: 'delivered' | 'lost' | 'doubled'): void {
    const at = index % Math.max(1, this.#mail.length);
    const [message] = becomes === 'doubled' ? this.#mail.slice(at, at + 1) : this.#mail.splice(at, 1);
    if (becomes !== 'lost') message?.();
  }

  /** Reads some records of a split, if it is not paused. Fails if it is then too far ahead. */
  read(index: number, count: number): void {
    const split = this.#splits[index % this.#splits.length]!;
    if (split.isPaused || split.hasEnded) return;
    const operator = this.#operators[split.subtask]!;
    const payloads = split.times.splice(0, count).map((t) => ({ t }));
    if (payloads.length === 0) {
      split.hasEnded = true;
      operator.endSplit(split.id);
      this.#tasks[split.subtask]!.tell();
      return;
    }
    const own = operator.watermarkOf(split.id)!;
    const lowest = Math.min(
      ...this.#splits.flatMap(({ id, subtask }) => this.#operators[subtask]!.watermarkOf(id) ?? []),
    );
    if (own !== NO_WATERMARK)
      assert.ok(own <= lowest + DRIFT, `${split.id} is at ${own} and read, one is at ${lowest}`);
    operator.accept({ split: split.id, payloads, offsets: payloads.map((_, i) => i), bytes: 1, nextOffset: 1 });
    this.#tasks[split.subtask]!.gave(split.id);
  }
}

describe('subtasks whose watermarks are aligned', () => {
  const splits = fc.array(fc.array(fc.nat(40), { maxLength: 30 }), { minLength: 1, maxLength: 3 });
  const events = fc.array(
    fc.oneof(
      fc.record({ do: fc.constant('read' as const), index: fc.nat(20), count: fc.integer({ min: 1, max: 4 }) }),
      fc.record({
        do: fc.constant('carry' as const),
        index: fc.nat(20),
        becomes: fc.constantFrom('delivered', 'delivered', 'lost', 'doubled'),
      }),
      fc.record({ do: fc.constant('wait' as const) }),
    ),
    { maxLength: 200 },
  );

  it('never read a split that is too far ahead, and read all to the end, whatever becomes of messages', () => {
    fc.assert(
      fc.property(fc.array(splits, { minLength: 1, maxLength: 3 }), events, (steps, happenings) => {
        const group = new Group(steps);
        for (const happening of happenings) {
          if (happening.do === 'read') group.read(happening.index, happening.count);
          else if (happening.do === 'carry') group.carry(happening.index, happening.becomes);
          else group.clock.advanceTo(group.clock.monotonic() + INTERVAL);
        }
        for (let round = 0; !group.hasEnded; round++) {
          assert.ok(round < 2000, 'all splits come to their end');
          group.clock.advanceTo(group.clock.monotonic() + INTERVAL);
          for (let left = group.mail; left > 0; left--) group.carry(0, 'delivered');
          for (let i = 0; i < group.splits; i++) group.read(i, 3);
        }
      }),
    );
  });
});
