/**
 * A job in front of a sink, and the model of what must be seen: attempts that write, stage, flush and commit, that die, stop
 * and go on at any operation, and that are started again from completed checkpoints.
 *
 * Invariants checked
 * - After a commit, and after a recovery, the output is the records of the completed (restored) checkpoint: each once, in
 *   order per lane, and those of the attempt that the checkpoint took them from.
 * - After a recovery nothing else is left.
 */
import assert from 'node:assert/strict';
import type { Committer, RestoredEpochs, Sink, SinkWriter, StagedEpoch } from '../../../src/api/index.js';
import { Life, type Turn } from './life.js';

/** Independent sequences of records; each goes through one subtask, whichever that is at a parallelism. */
export const LANES = 3;

export interface World {
  /** A sink of an attempt, whose I/O ends with the attempt's life. */
  create(life: Life): Sink;
  /** What a reader of the output finds, in order per lane. */
  visible(): Promise<readonly string[]>;
  /** What lies there for no reason when a recovery is done. */
  leftovers(): Promise<readonly string[]>;
  /** What was not made durable is lost; all processes have ended. */
  losePower?(seed: number): void;
  /** What the system does when an attempt's process has ended. */
  processEnded?(life: Life): Promise<void>;
}

interface Checkpoint extends RestoredEpochs {
  /** Records by lane. */
  readonly records: readonly (readonly string[])[];
}

interface Attempt {
  readonly life: Life;
  readonly writers: readonly SinkWriter[];
  readonly committers: readonly Committer[];
  /** Records by lane, staged or not. */
  readonly records: string[][];
  /** Staged and not known to be committed. */
  uncommitted: StagedEpoch[];
  committed: StagedEpoch[];
  epoch: number;
  /** The last checkpoint of which it was told that it is complete. */
  completed: Checkpoint | undefined;
}

export class SinkWorld {
  readonly #world: World;
  #parallelism: number;
  #attempts = 0;
  #running: Attempt | undefined;
  #stopped: Attempt[] = [];
  readonly #checkpoints: Checkpoint[] = [];
  #armed: { readonly operations: number; readonly turn: Turn } | undefined;
  #armedLife: Life | undefined;

  constructor(world: World, parallelism: number) {
    this.#world = world;
    this.#parallelism = parallelism;
  }

  /** Whether the turn that was armed last has been met. */
  get hasMetTurn(): boolean {
    return this.#armed === undefined && (this.#armedLife?.hasMetTurn ?? false);
  }

  /** The next attempt that does I/O meets the turn. */
  arm(operations: number, turn: Turn): void {
    this.#armed = { operations, turn };
  }

  async write(lane: number, records: number, bytes: number): Promise<void> {
    const attempt = await this.#ensureRunning();
    if (attempt !== undefined) this.#writeTo(attempt, lane, records, bytes);
  }

  /** A checkpoint that is completed, or given up after it was flushed. */
  async checkpoint(completes: boolean): Promise<void> {
    const attempt = await this.#ensureRunning();
    if (attempt === undefined) return;
    this.#stage(attempt);
    const flushed = await this.#live(attempt, () => Promise.all(attempt.writers.map((writer) => writer.flush())));
    if (!flushed || !completes) return;
    const checkpoint: Checkpoint = {
      epoch: attempt.epoch,
      staged: [...attempt.uncommitted],
      rewound: false,
      records: attempt.records.map((lane) => [...lane]),
    };
    this.#checkpoints.push(checkpoint);
    attempt.completed = checkpoint;
  }

  /** The attempt is told that its last checkpoint is complete; with `again` it commits also what it has committed before. */
  async commit(again: boolean): Promise<void> {
    const attempt = await this.#ensureRunning();
    const completed = attempt?.completed;
    if (attempt === undefined || completed === undefined) return;
    if (await this.#live(attempt, () => commitAll(attempt, completed, again))) await this.#assertVisible(completed);
  }

  /** The process dies between two operations. */
  async die(): Promise<void> {
    if (this.#running !== undefined) await this.#end(this.#running);
  }

  /** Back to an earlier checkpoint, or to the beginning where there is none. */
  async rewind(steps: number): Promise<void> {
    await this.die();
    const at = Math.max(0, this.#checkpoints.length - 1 - steps);
    const rewound = this.#checkpoints.splice(at).slice(0, 1);
    this.#checkpoints.push(...rewound.map((checkpoint) => ({ ...checkpoint, rewound: true })));
    await this.#ensureRunning();
  }

  async startFresh(): Promise<void> {
    await this.die();
    this.#checkpoints.length = 0;
    await this.#ensureRunning();
  }

  async rescale(parallelism: number): Promise<void> {
    await this.die();
    this.#parallelism = parallelism;
    await this.#ensureRunning();
  }

  async losePower(seed: number): Promise<void> {
    if (this.#world.losePower === undefined) return;
    await this.die();
    for (const attempt of this.#stopped.splice(0)) await this.#end(attempt);
    this.#world.losePower(seed);
  }

  /** Attempts that were stopped go on where they were, and do a little more before they learn that they are dead. */
  async goOn(): Promise<void> {
    for (const attempt of this.#stopped.splice(0)) {
      attempt.life.goOn();
      await attempt.life.settled();
      this.#writeTo(attempt, 0, 2, 10);
      const late = this.#late(attempt);
      // Their errors are nobody's any more, but they are not unhandled.
      late.catch(() => undefined);
      await Promise.race([late.catch(() => undefined), attempt.life.settled()]);
      await this.#end(attempt);
    }
  }

  /** Ends all trouble, and sees to it that everything comes out. */
  async finish(): Promise<void> {
    this.#armed = undefined;
    await this.goOn();
    this.#running?.life.disarm();
    await this.write(0, 3, 10);
    await this.checkpoint(true);
    await this.commit(false);
    assert.ok(this.#running, 'an attempt that meets no trouble goes on');
    await this.#assertVisible(this.#checkpoints.at(-1));
    await this.die();
    await this.#ensureRunning();
    await this.die();
  }

  async #late(attempt: Attempt): Promise<void> {
    this.#stage(attempt);
    await Promise.all(attempt.writers.map((writer) => writer.flush()));
    if (attempt.completed !== undefined) await commitAll(attempt, attempt.completed, true);
  }

  async #ensureRunning(): Promise<Attempt | undefined> {
    if (this.#running !== undefined) return this.#running;
    const life = new Life();
    this.#handOver(life);
    const restored = this.#checkpoints.at(-1);
    const attempt = this.#create(life, restored);
    this.#running = attempt;
    const recovered = await this.#live(attempt, () =>
      Promise.all(attempt.committers.map((committer, subtask) => committer.recover(this.#dealt(restored, subtask)))),
    );
    if (!recovered) return undefined;
    attempt.uncommitted = [];
    await this.#assertVisible(restored);
    // What another process makes behind a recovery's back, the next one finds.
    if (!life.hasMetTurn) assert.deepEqual(await this.#world.leftovers(), [], 'a recovery leaves nothing behind');
    return attempt;
  }

  #create(life: Life, restored: Checkpoint | undefined): Attempt {
    const sink = this.#world.create(life);
    const number = ++this.#attempts;
    const subtasks = Array.from({ length: this.#parallelism }, (_, subtask) => ({
      subtask,
      parallelism: this.#parallelism,
      attempt: number,
    }));
    assert.ok(sink.createCommitter);
    return {
      life,
      writers: subtasks.map((subtask) =>
        sink.createWriter({ ...subtask, delivery: 'exactly-once', restored: restored !== undefined }),
      ),
      committers: subtasks.map((subtask) => sink.createCommitter?.(subtask) as Committer),
      records: restored?.records.map((lane) => [...lane]) ?? Array.from({ length: LANES }, () => []),
      uncommitted: [],
      committed: [],
      // A coordinator that died may give the numbers of incomplete checkpoints again.
      epoch: restored?.epoch ?? 0,
      completed: restored,
    };
  }

  #dealt(restored: Checkpoint | undefined, to: number): RestoredEpochs | undefined {
    if (restored === undefined) return undefined;
    return { ...restored, staged: restored.staged.filter(({ subtask }) => subtask % this.#parallelism === to) };
  }

  #writeTo({ writers, records }: Attempt, lane: number, count: number, bytes: number): void {
    for (let index = 0; index < count; index++) {
      const payload = `${lane}:${records[lane]?.length}:${this.#attempts}:${'x'.repeat(bytes)}`;
      records[lane]?.push(payload);
      writers[lane % writers.length]?.write({ payload, timestamp: 0 });
    }
  }

  #stage(attempt: Attempt): void {
    attempt.epoch++;
    for (const [subtask, writer] of attempt.writers.entries()) {
      attempt.uncommitted.push({ subtask, epoch: attempt.epoch, staged: writer.stage(attempt.epoch) });
    }
  }

  #handOver(life: Life): void {
    if (this.#armed === undefined) return;
    life.arm(this.#armed.operations, this.#armed.turn, () => this.goOn());
    this.#armedLife = life;
    this.#armed = undefined;
  }

  /** Whether the work was done; if not, the attempt is over, or stopped. */
  async #live(attempt: Attempt, work: () => Promise<unknown>): Promise<boolean> {
    this.#handOver(attempt.life);
    let failure: unknown;
    const lived = await attempt.life.live(work).catch((error: unknown) => {
      failure = error;
      return undefined;
    });
    if (lived !== undefined) return true;
    if (attempt.life.state === 'stopped') {
      this.#running = undefined;
      this.#stopped.push(attempt);
      return false;
    }
    // A failure that nobody brought about is one of the sink's own.
    if (attempt.life.state === 'alive' && attempt.life.failures === 0) throw failure;
    await attempt.life.live(() => closeAll(attempt));
    await this.#end(attempt);
    return false;
  }

  async #end(attempt: Attempt): Promise<void> {
    attempt.life.end();
    await attempt.life.settled();
    await this.#world.processEnded?.(attempt.life);
    if (this.#running === attempt) this.#running = undefined;
  }

  async #assertVisible(checkpoint: Checkpoint | undefined): Promise<void> {
    const lanes: string[][] = Array.from({ length: LANES }, () => []);
    for (const record of await this.#world.visible()) lanes[Number(record.split(':')[0])]?.push(record);
    assert.deepEqual(lanes.map(shortened), (checkpoint?.records ?? lanes.map(() => [])).map(shortened));
  }
}

async function commitAll(attempt: Attempt, completed: Checkpoint, again: boolean): Promise<void> {
  const due = attempt.uncommitted.filter(({ epoch }) => epoch <= completed.epoch);
  const epochs = again ? [...attempt.committed, ...due] : due;
  await Promise.all(
    attempt.committers.map(async (committer, to) => {
      for (const epoch of epochs) if (epoch.subtask === to) await committer.commit(epoch);
    }),
  );
  attempt.committed = epochs;
  attempt.uncommitted = attempt.uncommitted.filter(({ epoch }) => epoch > completed.epoch);
}

/** As the platform does for an attempt that failed; what cannot be closed is left to the next recovery. */
async function closeAll({ writers, committers }: Attempt): Promise<void> {
  await Promise.allSettled([...writers, ...committers].map((part) => part.close()));
}

function shortened(records: readonly string[]): readonly string[] {
  return records.map((record) => `${record.slice(0, 20)} (${record.length})`);
}
