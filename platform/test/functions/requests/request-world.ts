/**
 * A group whose functions answer requests, without threads, sockets, disks and time of its own. A test says what happens
 * next: it may crash at any moment, and goes on from its last checkpoint and from what the log's disk has.
 *
 * What the functions do is never the same twice: each call that is made has a number, which is in its answer and in the state.
 */
import { FunctionSet, persisted, remoteFunction, statefulFunction, types } from '@tidegate/functions-sdk';
import type { InvocationBatch, TypedValue } from '@tidegate/functions-sdk/protocol';
import { VirtualClock } from '../../../src/common/virtual-clock.js';
import { FunctionCaller } from '../../../src/functions/function-caller.js';
import type { CallOutcome, FunctionClient } from '../../../src/functions/function-client.js';
import { FunctionGroup } from '../../../src/functions/function-group.js';
import type { FunctionMessage } from '../../../src/functions/function-message.js';
import { LoggedClient } from '../../../src/functions/requests/logged-client.js';
import { NOTHING } from '../../../src/functions/requests/request-messages.js';
import { positionsOf } from '../../../src/functions/requests/request-desk.js';
import { decisionType, type FunctionNode } from '../../../src/job/function-node.js';
import type { KeyedStateHandle, OperatorStateHandle } from '../../../src/job/state-handle.js';
import { MetricRegistry } from '../../../src/metrics/registry.js';
import { HeapKeyedStore } from '../../../src/state/heap/heap-keyed-store.js';
import { OperatorStateStore } from '../../../src/state/operator-state/operator-state-store.js';
import { readHandles } from '../../../src/state/restore/read-handles.js';
import { MemoryCheckpoints } from '../../state/memory-checkpoints.js';
import { storeOptions } from '../../state/stores.js';
import { nodeOf } from '../group-world.js';
import { MemoryDisk, MemoryLog } from './memory-log.js';

/**
 * Of `decide` it is a judge that is asked, who may be too late; of `ruled` an event that rules decide. `breaks` throws until it is
 * mended; `strange` sends to whom no reply can be sent; `says` writes down who has sent it.
 */
export type Kind =
  'plain' | 'clerk' | 'later' | 'throws' | 'breaks' | 'strange' | 'says' | 'nothing' | 'decide' | 'ruled';

const Told = types.json<{ readonly name: string; readonly kind: Kind }>('test/Told');
const Handed = types.json<{ readonly entry: string; readonly to: { type: string; id: string } }>('test/Handed');
const Late = types.json<{ readonly name: string }>('test/Late');
const Reply = types.json<{ readonly entry: string; readonly place: number }>('test/Reply');
const clerk = remoteFunction('test/clerk', [Handed]);

/** Of the calls that were made, in all worlds. */
let calls = 0;
/** Names of messages that break nothing any more. */
export const mended = new Set<string>();

const book = statefulFunction('test/book', {
  state: {
    entries: persisted(types.json<string[]>('test/Entries'), { default: () => [] }),
    waits: persisted(types.bool, { default: false }),
  },
})
  .on(Told, (context, { name, kind }) => {
    if (kind === 'nothing') return;
    if (kind === 'throws' || (kind === 'breaks' && !mended.has(name))) throw new Error('not this one');
    const { state, self, caller } = context;
    if (kind === 'strange') context.send({ type: 'tidegate.reply/%zz:k', id: self.id }, Reply, { entry: '', place: 0 });
    const entry = `${name}${kind === 'says' ? ` of ${caller?.type ?? 'nobody'}` : ''} #${++calls}`;
    state.entries.push(entry);
    // A token is free again when its message is there: it is used again and again.
    if (kind === 'later') {
      context.sendAfter(50, self, Late, { name }, state.waits ? {} : { token: 'late' });
      state.waits = true;
    }
    if (caller === undefined) return;
    if (kind === 'clerk') context.send(clerk.at(`clerk of ${self.id}`), Handed, { entry, to: caller });
    else context.reply(Reply, { entry, place: state.entries.length });
  })
  .on(Late, (context, { name }) => {
    context.state.entries.push(`late ${name} #${++calls}`);
    context.state.waits = false;
  });

const clerks = statefulFunction('test/clerk').on(Handed, (context, { entry, to }) =>
  context.send(to, Reply, { entry, place: 0 }),
);

const judge = statefulFunction('test/judge').on(Told, (context, { name }) => {
  if (context.caller !== undefined) context.reply(Reply, { entry: `${name} #${++calls}`, place: 0 });
});
const DECISION = {
  withinMs: 30,
  isOfRules: false,
  otherwise: { typename: 'test/Reply', hasValue: true, bytes: Buffer.from('by default') },
};
const RULED = decisionType('payments');

export interface RequestWorldOptions {
  readonly keptMs?: number;
  readonly onFailure?: FunctionNode['types'][number]['onFailure'];
}

interface Saved {
  readonly keyed: KeyedStateHandle | undefined;
  readonly operators: readonly OperatorStateHandle[] | undefined;
  readonly given: number;
}

export class RequestWorld {
  readonly clock = new VirtualClock();
  /** By key: what was told first. */
  readonly replies = new Map<string, string>();
  /** What was told and is not what was told before. */
  readonly contradictions: string[] = [];
  readonly #disk = new MemoryDisk();
  readonly #files = new MemoryCheckpoints();
  readonly #functions = new FunctionSet([book, clerks, judge]);
  #pending: { readonly batches: readonly InvocationBatch[]; readonly done: (outcomes: CallOutcome[]) => void }[] = [];
  #group!: FunctionGroup;
  #caller!: FunctionCaller;
  #log!: MemoryLog;
  #store!: HeapKeyedStore;
  #operators!: OperatorStateStore;
  #saved: Saved = { keyed: undefined, operators: undefined, given: 0 };
  #attempt = 0;
  #checkpoints = 0;
  #given = 0;

  private constructor(
    private readonly input: readonly FunctionMessage[],
    private readonly options: RequestWorldOptions,
  ) {}

  static async open(input: readonly FunctionMessage[], options: RequestWorldOptions = {}): Promise<RequestWorld> {
    const world = new RequestWorld(input, options);
    await world.crash();
    return world;
  }

  get hasMore(): boolean {
    return this.#given < this.input.length;
  }

  take(count: number): void {
    for (const message of this.input.slice(this.#given, this.#given + count)) this.#give(message);
    this.#given = Math.min(this.input.length, this.#given + count);
  }

  ask(key: string, id: string, kind: Kind, how: 'call' | 'leave' = 'call'): void {
    const argument = { typename: 'test/Told', hasValue: true, bytes: Told.encode({ name: key, kind }) };
    const books = { type: 'test/book', id };
    const target =
      kind === 'decide' ? { ...books, type: 'test/judge' } : kind === 'ruled' ? { type: RULED, id: key } : books;
    const request = { how, target, key, argument } as const;
    this.#group.requests!.ask(request, ({ what, argument: { bytes } }) => {
      const told = `${what} ${Buffer.from(bytes).toString()}`;
      const before = this.replies.get(key);
      if (before === undefined) this.replies.set(key, told);
      else if (before !== told) this.contradictions.push(`${key}: ${before}, then ${told}`);
    });
    this.step();
  }

  /** An address that was given up, and is called again. */
  release(id: string): void {
    this.#group.addressDesk.ask({ kind: 'release', type: 'test/book', id }, () => undefined);
    this.#group.addressDesk.settle();
    this.step();
  }

  step(): void {
    this.#group.requests!.settle();
    this.#caller.tell(this.#group, () => this.#group.dispatch());
    if (this.#group.nextWakeUp <= this.clock.now()) this.#group.advance(this.clock.now());
    this.#group.dispatch();
  }

  /** Has a call that is under way made; what came of it goes to the log. */
  async answer(place: number): Promise<void> {
    const [call] = this.#pending.splice(place % Math.max(1, this.#pending.length), 1);
    if (call === undefined) return;
    const outcomes = await Promise.all(call.batches.map((batch) => this.#invoke(batch)));
    call.done(outcomes);
    this.step();
  }

  sync(count: number): void {
    this.#log.sync(count);
    this.step();
  }

  async checkpoint(): Promise<void> {
    const checkpoint = ++this.#checkpoints;
    const alignment = { mode: 'none' } as const;
    const barrier = { checkpoint, timestamp: 0, type: 'savepoint', alignment, then: 'continue' } as const;
    this.#group.prepareSnapshot(checkpoint, this.clock.now());
    const operators = this.#operators.snapshot();
    const given = this.#given;
    const keyed = await this.#store.snapshot(barrier).persist(this.#files.target(`c${checkpoint}`));
    this.#saved = { keyed, operators, given };
  }

  async crash(): Promise<void> {
    const { keyed, operators, given } = this.#saved;
    this.#given = given;
    this.#pending = [];
    const options = storeOptions({ clock: this.clock });
    const restored = keyed === undefined ? undefined : await readHandles([keyed], this.#files, options);
    this.#store = new HeapKeyedStore(options, restored);
    this.#operators = new OperatorStateStore(operators);
    const positions = operators && positionsOf(this.#operators).get();
    this.#log = new MemoryLog(this.#disk, ++this.#attempt, positions);
    const client = new LoggedClient(this.#client(), this.#log, this.clock);
    this.#caller = new FunctionCaller(client, this.clock, () => undefined);
    this.#group = this.#newGroup(client);
    this.#group.start();
    await Promise.resolve();
    this.step();
  }

  /** Until nothing waits. */
  async finish(): Promise<void> {
    for (let round = 0; this.hasMore || this.#group.isBusy || this.#pending.length > 0; round++) {
      if (round > 3000) throw new Error('it does not come to its end');
      this.take(5);
      this.step();
      while (this.#pending.length > 0) await this.answer(0);
      this.sync(Infinity);
      this.step();
      this.clock.advanceTo(this.clock.now() + 20);
    }
    this.sync(Infinity);
    this.step();
  }

  /** Of a book, as its state has them. */
  async entries(id: string): Promise<readonly string[]> {
    const probe: FunctionMessage = {
      target: { type: 'test/book', id },
      caller: undefined,
      argument: { typename: 'test/Told', hasValue: true, bytes: Told.encode({ name: 'probe', kind: 'nothing' }) },
    };
    this.#group.deliver(probe);
    this.#group.dispatch();
    // Behind a crash a function is asked first what state it has, without any.
    let value = this.#calledWith(id);
    for (let call = 0; value === undefined && call < 3; call++) {
      await this.answer(0);
      value = this.#calledWith(id);
    }
    if (value === undefined) throw new Error('the book is not called with its state');
    await this.finish();
    return value.hasValue ? (JSON.parse(Buffer.from(value.bytes).toString()) as string[]) : [];
  }

  /** The entries that the call under way has been given; undefined: it has no state. */
  #calledWith(id: string): TypedValue | undefined {
    const batches = this.#pending.flatMap((call) => call.batches).filter(({ target }) => target.id === id);
    const entries = batches.flatMap(({ state }) => state).find(({ name }) => name === 'entries');
    return entries && (entries.value ?? NOTHING);
  }

  async #invoke(batch: InvocationBatch): Promise<CallOutcome> {
    try {
      return await this.#functions.invoke(batch);
    } catch (error) {
      const invocation = batch.invocations.findIndex(({ argument }) =>
        /"(?:throws|breaks)"/.test(Buffer.from(argument!.bytes).toString()),
      );
      return { kind: 'failure', status: 500, retriable: false, invocation, message: String(error) };
    }
  }

  #client(): FunctionClient {
    return {
      call: (_endpoint, batches, done) => {
        this.#pending.push({ batches, done });
        return () => undefined;
      },
      describe: (_endpoint, done) => {
        queueMicrotask(() => done({ kind: 'failure', status: 405, retriable: false, message: '' }));
        return () => undefined;
      },
      close: () => Promise.resolve(),
    };
  }

  /** An alert never says the same twice. */
  #give(message: FunctionMessage): void {
    const { target, argument } = message;
    if (target.type !== RULED) return this.#group.deliver(message);
    if (!argument.hasValue) return this.#group.requests!.arrived(target);
    const bytes = Buffer.from(`an alert #${++calls}`);
    this.#group.requests!.decided(target, { ...argument, bytes });
  }

  #newGroup(client: LoggedClient): FunctionGroup {
    return new FunctionGroup({
      node: nodeOf(['test/book', 'test/clerk', 'test/judge'], this.options.onFailure),
      ports: {
        call: (call, endpoint, batches) => this.#caller.call(call, endpoint, batches),
        describe: (endpoint) => this.#caller.describe(endpoint),
        isOwn: () => true,
        forward: () => {
          throw new Error('every address is its own');
        },
        emit: () => undefined,
        deadLetter: () => undefined,
        warn: () => undefined,
      },
      store: this.#store,
      operators: this.#operators,
      metrics: new MetricRegistry(),
      clock: this.clock,
      random: { next: () => 0.5 },
      parallelism: 1,
      budgetBytes: 1 << 20,
      hasCheckpoints: true,
      requests: {
        ...{ log: this.#log, client, keptMs: this.options.keptMs ?? 1e9, wake: () => undefined },
        decisions: new Map([
          ['test/judge', DECISION],
          [RULED, { ...DECISION, isOfRules: true }],
        ]),
      },
    });
  }
}

/** What comes through the graph of an event that is to be decided: the event itself, or an alert. */
export function decisionMessage(request: string, what: 'event' | 'alert'): FunctionMessage {
  const argument = { ...NOTHING, typename: 'test/Alert', hasValue: what === 'alert' };
  return { target: { type: RULED, id: request }, caller: undefined, argument };
}

/** A record that a route makes a message of. */
export function recordMessage(number: number, id: string, kind: Kind): FunctionMessage {
  return {
    target: { type: 'test/book', id },
    caller: undefined,
    argument: { typename: 'test/Told', hasValue: true, bytes: Told.encode({ name: `record ${number}`, kind }) },
    messageId: `r:test:${number}`,
  };
}
