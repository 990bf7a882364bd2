/**
 * A functions task's world without threads, sockets and time of its own: a test says what happens next. It may crash at any
 * moment, and goes on from its last snapshot; what was emitted behind that is taken back, as a transaction would.
 */
import { FunctionSet, type AnyFunction } from '@tidegate/functions-sdk';
import type { EndpointDescription, InvocationBatch } from '@tidegate/functions-sdk/protocol';
import { VirtualClock } from '../../src/common/virtual-clock.js';
import type { CallFailure, CallOutcome } from '../../src/functions/function-client.js';
import { FunctionGroup } from '../../src/functions/function-group.js';
import type { FunctionMessage } from '../../src/functions/function-message.js';
import type { FunctionNode } from '../../src/job/function-node.js';
import type { KeyedStateHandle, OperatorStateHandle } from '../../src/job/state-handle.js';
import { MetricRegistry } from '../../src/metrics/registry.js';
import type { DeadLetter } from '../../src/record/dead-letter.js';
import type { StreamRecord } from '../../src/record/stream-record.js';
import { HeapKeyedStore } from '../../src/state/heap/heap-keyed-store.js';
import { OperatorStateStore } from '../../src/state/operator-state/operator-state-store.js';
import { readHandles } from '../../src/state/restore/read-handles.js';
import { MemoryCheckpoints } from '../state/memory-checkpoints.js';
import { storeOptions } from '../state/stores.js';

export interface PendingCall {
  readonly call: number;
  readonly batches: readonly InvocationBatch[];
}

/** How long each call takes. */
export const CALL_MS = 3;

interface Saved {
  readonly keyed: KeyedStateHandle | undefined;
  readonly operators: readonly OperatorStateHandle[];
  readonly given: number;
  readonly emitted: number;
  readonly letters: number;
}

export class GroupWorld {
  readonly clock = new VirtualClock();
  readonly emitted: StreamRecord[] = [];
  readonly letters: DeadLetter[] = [];
  readonly warnings: string[] = [];
  readonly metrics = new MetricRegistry();
  /** What the endpoint says of itself, and how often it was asked. */
  description: EndpointDescription | CallFailure = { kind: 'failure', status: 405, retriable: false, message: '' };
  described = 0;
  /** Not answered. */
  pending: PendingCall[] = [];
  /** Answered, also those of attempts that are gone. */
  readonly answered: PendingCall[] = [];
  group!: FunctionGroup;
  #store!: HeapKeyedStore;
  #operators!: OperatorStateStore;
  #given = 0;
  #saved: Saved = { keyed: undefined, operators: [], given: 0, emitted: 0, letters: 0 };
  readonly #files = new MemoryCheckpoints();
  #checkpoints = 0;
  #functions: FunctionSet;

  private constructor(
    private readonly node: FunctionNode,
    functions: readonly AnyFunction[],
    private readonly input: readonly FunctionMessage[],
  ) {
    this.#functions = new FunctionSet(functions);
  }

  static async open(
    node: FunctionNode,
    functions: readonly AnyFunction[],
    input: readonly FunctionMessage[],
    description?: CallFailure,
  ): Promise<GroupWorld> {
    const world = new GroupWorld(node, functions, input);
    if (description !== undefined) world.description = description;
    await world.crash();
    return world;
  }

  /** Other functions answer from now on. */
  deploy(functions: readonly AnyFunction[]): void {
    this.#functions = new FunctionSet(functions);
  }

  get hasMore(): boolean {
    return this.#given < this.input.length;
  }

  /** Takes the next messages of the input. */
  take(count: number): void {
    for (const message of this.input.slice(this.#given, this.#given + count)) this.group.deliver(message);
    this.#given = Math.min(this.input.length, this.#given + count);
  }

  /** Answers a call that waits: as its functions do, or with what the test says. */
  async answer(place: number, outcomes?: readonly CallOutcome[]): Promise<void> {
    const [pending] = this.pending.splice(place, 1);
    if (pending === undefined) return;
    this.answered.push(pending);
    this.group.answered(pending.call, outcomes ?? (await this.outcomesOf(pending)), CALL_MS);
  }

  async outcomesOf({ batches }: PendingCall): Promise<CallOutcome[]> {
    return Promise.all(
      batches.map(async (batch): Promise<CallOutcome> => {
        try {
          return await this.#functions.invoke(batch);
        } catch (error) {
          return { kind: 'failure', status: 500, retriable: true, message: String(error) };
        }
      }),
    );
  }

  async snapshot(): Promise<void> {
    const checkpoint = ++this.#checkpoints;
    const barrier = {
      checkpoint,
      timestamp: 0,
      type: 'savepoint',
      alignment: { mode: 'none' },
      then: 'continue',
    } as const;
    this.group.prepareSnapshot(checkpoint, this.clock.now());
    const operators = this.#operators.snapshot();
    const [given, emitted, letters] = [this.#given, this.emitted.length, this.letters.length];
    const keyed = await this.#store.snapshot(barrier).persist(this.#files.target(`c${checkpoint}`));
    this.#saved = { keyed, operators, given, emitted, letters };
    this.group.addressDesk.complete(checkpoint);
  }

  /** Everything but the last snapshot is gone. */
  async crash(): Promise<void> {
    const { keyed, operators, given, emitted, letters } = this.#saved;
    this.emitted.length = emitted;
    this.letters.length = letters;
    this.#given = given;
    const options = storeOptions({ clock: this.clock });
    const restored = keyed === undefined ? undefined : await readHandles([keyed], this.#files, options);
    this.#store = new HeapKeyedStore(options, restored);
    this.#operators = new OperatorStateStore(operators);
    this.pending = [];
    this.group = this.#newGroup();
    this.group.start();
  }

  /** Lets time pass, and all that is due be called and answered. */
  async pass(ms: number): Promise<void> {
    this.clock.advanceTo(this.clock.now() + ms);
    this.group.advance(this.clock.now());
    await this.settle();
  }

  /** Until nobody waits for an answer. */
  async settle(): Promise<void> {
    for (this.group.dispatch(); this.pending.length > 0; this.group.dispatch()) await this.answer(0);
  }

  /** Until nothing is left to do. */
  async finish(): Promise<void> {
    for (let round = 0; this.hasMore || this.group.isBusy; round++) {
      if (round > 10_000) throw new Error('it does not come to its end');
      this.take(7);
      this.group.dispatch();
      while (this.pending.length > 0) await this.answer(0);
      this.clock.advanceTo(this.clock.now() + 1000);
      this.group.advance(this.clock.now());
    }
  }

  #newGroup(): FunctionGroup {
    const group: FunctionGroup = new FunctionGroup({
      node: this.node,
      ports: {
        call: (call, _endpoint, batches) => void this.pending.push({ call, batches }),
        describe: ({ id }) => {
          this.described++;
          queueMicrotask(() => group.described(id, this.description));
        },
        isOwn: () => true,
        forward: () => {
          throw new Error('every address is its own');
        },
        emit: (_sink, record) => void this.emitted.push(record),
        deadLetter: (_sink, letter) => void this.letters.push(letter),
        warn: (text) => void this.warnings.push(text),
      },
      store: this.#store,
      operators: this.#operators,
      metrics: this.metrics,
      clock: this.clock,
      random: { next: () => 0.5 },
      parallelism: 1,
      budgetBytes: 1 << 20,
      hasCheckpoints: true,
    });
    return group;
  }
}

/** Functions with one endpoint, that emit to `egress`, which may be anything. */
export function nodeOf(
  types: readonly string[],
  onFailure: FunctionNode['types'][number]['onFailure'] = { retries: 3, then: 'dead-letter', to: 'egresses.bad' },
): FunctionNode {
  const endpoint = { kind: 'http', id: 'functions.e', url: 'http://localhost/' } as const;
  return {
    kind: 'functions',
    id: 'functions',
    inputs: [],
    types: types.map((type) => ({ type, endpoint: endpoint.id, maxBatch: 5, onFailure })),
    endpoints: [{ ...endpoint, requestsMax: 3, timeoutMs: 1000, connectTimeoutMs: 1000, maxAnswerBytes: 1 << 20 }],
    egresses: [{ typename: 'test/out', to: 'egresses.out', form: 'value' }],
    memoryBytes: 1 << 20,
  };
}
