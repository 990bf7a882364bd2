/** One store under test with its model, its clock and its checkpoints: what the random commands of the suite act upon. */
import { filesOfKeyed } from '../../../src/checkpoint/snapshot-files.js';
import { VirtualClock } from '../../../src/common/virtual-clock.js';
import type { CheckpointBarrier } from '../../../src/job/checkpoint-barrier.js';
import { keyGroupRange } from '../../../src/job/key-groups.js';
import type { KeyedStateHandle, KeyGroupRange } from '../../../src/job/state-handle.js';
import { keyGroupOf, type Key } from '../../../src/record/key.js';
import type { KeyedSnapshot } from '../../../src/state/keyed-snapshot.js';
import type { KeyedStore } from '../../../src/state/keyed-store.js';
import { MemoryCheckpoints } from '../memory-checkpoints.js';
import { MAX_PARALLELISM, storeOptions } from '../stores.js';
import { perform, type Action } from './actions.js';
import { checkStates } from './check-states.js';
import type { BackendFixture } from './fixture.js';
import { Model } from './model.js';
import { KEYS, openStates, type SampleStates } from './sample-states.js';

interface Taken {
  readonly checkpoint: number;
  readonly type: CheckpointBarrier['type'];
  readonly model: Model;
  readonly now: number;
  readonly snapshot: KeyedSnapshot;
  handle?: KeyedStateHandle | undefined;
  /** What was written for it. */
  readonly files: string[];
}

export type Command =
  | { readonly command: 'act'; readonly action: Action }
  | { readonly command: 'drain' | 'prefetch' | 'check' | 'abort' | 'restart' | 'persist' }
  | { readonly command: 'snapshot'; readonly type: CheckpointBarrier['type'] }
  /** `isTold`: word of it comes to the store. */
  | { readonly command: 'complete'; readonly parallelism: number; readonly isTold: boolean }
  | { readonly command: 'sleep'; readonly ms: number };

function barrierOf(checkpoint: number, timestamp: number, type: CheckpointBarrier['type']): CheckpointBarrier {
  return { checkpoint, timestamp, type, alignment: { mode: 'aligned' }, then: 'continue' };
}

const ALL: KeyGroupRange = { first: 0, last: MAX_PARALLELISM - 1 };

export class World {
  readonly #clock = new VirtualClock(1_000_000);
  readonly #checkpoints = new MemoryCheckpoints();
  #checkpoint = 0;
  #model = new Model();
  #taken: Taken | undefined;
  #completed: Taken | undefined;

  private constructor(
    private readonly fixture: BackendFixture,
    private store: KeyedStore,
    private states: SampleStates,
  ) {}

  static async open(fixture: BackendFixture): Promise<World> {
    const store = await fixture.open(storeOptions({ fileBytes: 2000 }));
    const world = new World(fixture, store, openStates(store));
    await world.#reopen();
    return world;
  }

  async run(command: Command): Promise<void> {
    switch (command.command) {
      case 'act':
        return perform(command.action, this.states, this.#model, this.#clock.now());
      case 'drain':
        return this.store.drain();
      case 'prefetch':
        return this.states.value.prefetch([...KEYS, undefined, 'not counted'], KEYS.length + 1);
      case 'check':
        return checkStates(this.states, this.#model, () => true, this.#clock.now());
      case 'sleep':
        return this.#clock.advanceTo(this.#clock.now() + command.ms);
      case 'snapshot':
        return this.#snapshot(command.type);
      case 'persist':
        return this.#persist();
      case 'abort':
        return this.#abort();
      case 'complete':
        return this.#complete(command.parallelism, command.isTold);
      case 'restart':
        return this.#restart();
    }
  }

  async close(): Promise<void> {
    this.#taken?.snapshot.release();
    await this.store.close();
  }

  #snapshot(type: CheckpointBarrier['type']): void {
    if (this.#taken !== undefined) return;
    const checkpoint = ++this.#checkpoint;
    const base = this.#completed?.type === 'checkpoint' ? { base: this.#completed.checkpoint } : {};
    const snapshot = this.store.snapshot({ ...barrierOf(checkpoint, this.#clock.now(), type), ...base });
    this.#taken = { checkpoint, type, model: this.#model.copy(), now: this.#clock.now(), snapshot, files: [] };
  }

  async #persist(): Promise<void> {
    const taken = this.#taken;
    if (taken === undefined || 'handle' in taken) return;
    const before = new Set(this.#checkpoints.files.keys());
    taken.handle = await taken.snapshot.persist(this.#checkpoints.target(`chk-${taken.checkpoint}`));
    for (const name of this.#checkpoints.files.keys()) if (!before.has(name)) taken.files.push(name);
  }

  #abort(): void {
    if (this.#taken === undefined) return;
    this.#taken.snapshot.release();
    this.store.checkpointAborted(this.#taken.checkpoint);
    // Nothing of it may be relied on.
    for (const name of this.#taken.files) this.#checkpoints.files.delete(name);
    this.#taken = undefined;
  }

  /** Completes the checkpoint and proves it: dealt out to so many subtasks, and brought together again. */
  async #complete(parallelism: number, isTold: boolean): Promise<void> {
    await this.#persist();
    const taken = this.#taken;
    if (taken === undefined) return;
    this.#taken = undefined;
    this.#completed = taken;
    this.#dropOlder(taken);
    if (isTold) this.store.checkpointComplete(taken.checkpoint);
    const parts: KeyedStateHandle[] = [];
    for (let subtask = 0; subtask < parallelism; subtask++) {
      const range = keyGroupRange(subtask, MAX_PARALLELISM, parallelism);
      const store = await this.#openFrom(taken.handle === undefined ? [] : [taken.handle], range, taken.now);
      const isMine = (key: Key): boolean => {
        const group = keyGroupOf(key, MAX_PARALLELISM);
        return group >= range.first && group <= range.last;
      };
      checkStates(openStates(store), taken.model, isMine, taken.now);
      const barrier = barrierOf(1, 0, subtask === 1 ? 'savepoint' : 'checkpoint');
      const folder = `scaled-${taken.checkpoint}-${subtask}`;
      const part = await store.snapshot(barrier).persist(this.#checkpoints.target(folder));
      if (part !== undefined) parts.push(part);
      await store.close();
    }
    const together = await this.#openFrom(parts, ALL, taken.now);
    checkStates(openStates(together), taken.model, () => true, taken.now);
    await together.close();
  }

  /** One checkpoint is kept: nothing that it does not name may be relied on. */
  #dropOlder({ handle }: Taken): void {
    const kept = new Set((handle === undefined ? [] : filesOfKeyed(handle)).map(({ name }) => name));
    const { files } = this.#checkpoints;
    for (const name of [...files.keys()]) if (!kept.has(name)) files.delete(name);
  }

  #openFrom(handles: readonly KeyedStateHandle[], keyGroups: KeyGroupRange, now: number): Promise<KeyedStore> {
    return this.fixture.open(storeOptions({ keyGroups, clock: { now: () => now }, fileBytes: 2000 }), {
      checkpoint: this.#checkpoint,
      handles,
      from: this.#checkpoints,
    });
  }

  /** A crash: what is not in the last completed checkpoint is lost. */
  async #restart(): Promise<void> {
    await this.close();
    this.#taken = undefined;
    this.#model = this.#completed?.model.copy() ?? new Model();
    await this.#reopen();
  }

  async #reopen(): Promise<void> {
    await this.store.close();
    const handle = this.#completed?.handle;
    const options = storeOptions({ keyGroups: ALL, clock: this.#clock, fileBytes: 2000 });
    this.store = await this.fixture.open(
      options,
      handle === undefined
        ? undefined
        : { checkpoint: this.#completed!.checkpoint, handles: [handle], from: this.#checkpoints },
    );
    this.states = openStates(this.store);
  }
}
