/**
 * All functions of a subtask: takes messages in, calls for those that wait, and applies the answers. A synchronous state
 * machine (StateFun's FunctionGroupOperator): it asks for calls and is told what came of them.
 *
 * Invariants
 * - One call of an address at a time, with its oldest messages in order. What comes meanwhile waits in the backlog.
 * - An answer's effects, and that its messages are done with, are one step: a checkpoint has both or neither.
 * - An address that fails holds up itself alone; an endpoint that is not there, its own addresses.
 */
import type {
  Address,
  EndpointDescription,
  InvocationBatch,
  InvocationOutcome,
} from '@tidegate/functions-sdk/protocol';
import type { Random } from '../common/random.js';
import { TidegateError } from '../common/errors.js';
import type { TransitionObserver } from '../common/transition-table.js';
import type { EndpointDescriptor } from '../job/function-endpoint.js';
import type { FunctionNode } from '../job/function-node.js';
import type { Counter, MetricRegistry } from '../metrics/registry.js';
import { DeadLetter, rawForDeadLetter } from '../record/dead-letter.js';
import type { StreamRecord } from '../record/stream-record.js';
import type { KeyedStore } from '../state/keyed-store.js';
import type { OperatorStateStore } from '../state/operator-state/operator-state-store.js';
import { ActiveAddress } from './active-address.js';
import { ByteBudget } from './byte-budget.js';
import { CallTable } from './call-table.js';
import { DelayedMessages } from './delayed-messages.js';
import { EffectsApplier } from './effects.js';
import { backoffMs, decide, type FailureDecision } from './failure-policy.js';
import type { CallFailure, CallOutcome } from './function-client.js';
import { FunctionEndpoint } from './function-endpoint.js';
import type { FunctionMessage, WaitingMessage } from './function-message.js';
import { FunctionTypeState } from './function-type-state.js';
import { readEmitted } from './emitted-value.js';
import { EmittedValueError } from './emitted-value-error.js';
import { RetryQueue } from './retry-queue.js';

export interface FunctionGroupPorts {
  /** Asks for a call: answered by `answered` with the same number. */
  call(call: number, endpoint: EndpointDescriptor, batches: readonly InvocationBatch[]): void;
  /** Asks what an endpoint says of itself: answered by `described`. */
  describe(endpoint: EndpointDescriptor): void;
  /** Whether the subtask has the address itself. */
  isOwn(id: string): boolean;
  /** To the subtask that has the address. */
  forward(message: FunctionMessage): void;
  emit(sink: string, record: StreamRecord): void;
  deadLetter(sink: string, letter: DeadLetter): void;
  warn(message: string): void;
}

export interface FunctionGroupOptions {
  readonly node: FunctionNode;
  readonly ports: FunctionGroupPorts;
  readonly store: KeyedStore;
  readonly operators: OperatorStateStore;
  readonly metrics: MetricRegistry;
  readonly clock: { now(): number };
  readonly random: Random;
  /** Of messages that wait, for this subtask. */
  readonly budgetBytes: number;
  readonly observer?: TransitionObserver | undefined;
}

type Active = ActiveAddress<FunctionTypeState>;

interface Call {
  readonly endpoint: FunctionEndpoint;
  readonly parts: readonly { readonly address: Active; readonly messages: readonly WaitingMessage[] }[];
}

/** In one request; a batch is closed before it exceeds the bytes, so one message may be more. */
const ADDRESSES_MAX = 256;
const REQUEST_BYTES_MAX = 256 * 1024;
const BATCH_BYTES_MAX = 4 * 1024 * 1024;

export class FunctionGroup {
  readonly #types: ReadonlyMap<string, FunctionTypeState>;
  readonly #endpoints: ReadonlyMap<string, FunctionEndpoint>;
  readonly #calls = new CallTable<Call>();
  readonly #delayed: DelayedMessages;
  readonly #effects: EffectsApplier;
  readonly #retries = new RetryQueue<Active>();
  readonly #budget: ByteBudget;
  readonly #dropped: Counter;
  /** Addresses that have messages, and are not parked. */
  #busy = 0;

  constructor(private readonly options: FunctionGroupOptions) {
    const { node, ports, store, operators, metrics, budgetBytes } = options;
    this.#budget = new ByteBudget(budgetBytes);
    this.#dropped = metrics.counter(node.id, 'dropped');
    this.#endpoints = new Map(node.endpoints.map((one) => [one.id, new FunctionEndpoint(one)]));
    this.#types = new Map(
      node.types.map((descriptor) => {
        const endpoint = this.#endpoints.get(descriptor.endpoint)!;
        return [descriptor.type, new FunctionTypeState(descriptor, endpoint, store, operators, metrics)];
      }),
    );
    this.#delayed = new DelayedMessages(store, node.id);
    this.#effects = new EffectsApplier({
      types: this.#types,
      egresses: new Map(node.egresses.map((one) => [one.typename, one])),
      delayed: this.#delayed,
      send: (message) => this.#send(message),
      emit: (sink, record) => ports.emit(sink, record),
    });
    for (const type of this.#types.values())
      for (const [id, bytes] of type.backlog.all()) {
        this.#budget.take(bytes);
        this.#wake(type, id);
      }
  }

  /** To be called once, when answers can be taken. */
  start(): void {
    for (const { descriptor } of this.#endpoints.values()) this.options.ports.describe(descriptor);
  }

  /** Messages, and with them addresses, wait or are called. Those that are parked do not count. */
  get isBusy(): boolean {
    return this.#busy > 0 || this.#delayed.next < Infinity;
  }

  /** Whether more may come from outside. */
  get wantsInput(): boolean {
    return !this.#budget.isSpent;
  }

  /** Epoch milliseconds at which `advance` has something to do; +Infinity: never. */
  get nextWakeUp(): number {
    let next = Math.min(this.#delayed.next, this.#retries.next);
    for (const { restsUntil, waiting } of this.#endpoints.values())
      if (waiting > 0 && restsUntil > 0) next = Math.min(next, restsUntil);
    return next;
  }

  deliver({ target, ...message }: FunctionMessage): void {
    const type = this.#types.get(target.type);
    if (type === undefined) return this.#drop(target);
    type.metrics.messagesIn.value++;
    if (this.#budget.take(type.backlog.add(target.id, message))) this.#warnOfSpentBudget();
    if (!type.active.has(target.id)) this.#wake(type, target.id);
  }

  /** Time has come so far: what is due is sent, and what rested goes on. */
  advance(nowMs: number): void {
    this.#delayed.advance(nowMs, (message) => this.#send(message));
    for (const endpoint of this.#endpoints.values()) endpoint.wake(nowMs);
    for (let due = this.#retries.takeDue(nowMs); due !== undefined; due = this.#retries.takeDue(nowMs))
      this.#ready(due);
  }

  /** Calls for what is ready, as far as requests may go. To be called behind everything else. */
  dispatch(): void {
    const nowMs = this.options.clock.now();
    for (const endpoint of this.#endpoints.values()) while (endpoint.canCall(nowMs) && this.#request(endpoint));
  }

  described(endpoint: string, told: EndpointDescription | CallFailure): void {
    const known = this.#endpoints.get(endpoint)!;
    if (!('kind' in told))
      for (const { type, state } of told.functions) {
        const served = this.#types.get(type);
        if (served?.endpoint !== known) continue;
        served.state.register(state.map(({ name, type: typename, expiration }) => ({ name, typename, expiration })));
        // Who has asked lets those go that wait for it.
        if (served.knowledge === 'none') served.knowledge = 'known';
      }
    known.open(told);
  }

  /** Dropped if nobody waits for it any more. */
  answered(call: number, outcomes: readonly CallOutcome[]): void {
    const known = this.#calls.end(call);
    if (known === undefined) return;
    const { endpoint, parts } = known;
    endpoint.requestEnds();
    const isServed = outcomes.some(({ kind }) => kind !== 'failure');
    if (isServed && endpoint.serves()) this.options.ports.describe(endpoint.descriptor);
    for (const [index, { address, messages }] of parts.entries()) {
      const { type } = address;
      const outcome = outcomes[index] ?? { kind: 'failure', retriable: true, message: 'there is no answer for it' };
      if (outcome.kind === 'failure') this.#failed(address, messages, outcome);
      else this.#succeeded(address, messages, outcome);
      if (type.knowledge === 'asked') this.#release(type, outcome.kind !== 'failure');
    }
  }

  /** The type's state is known now, or the next one asks. */
  #release(type: FunctionTypeState, isKnown: boolean): void {
    type.knowledge = isKnown ? 'known' : 'none';
    const held = type.held;
    type.held = [];
    for (const address of held) type.endpoint.add(address);
  }

  #request(endpoint: FunctionEndpoint): boolean {
    const parts: { readonly address: Active; readonly messages: readonly WaitingMessage[] }[] = [];
    const batches: InvocationBatch[] = [];
    let bytes = 0;
    while (parts.length < (endpoint.isSharing ? ADDRESSES_MAX : 1) && bytes < REQUEST_BYTES_MAX) {
      const address = endpoint.next(parts.length === 0);
      if (address === undefined) break;
      const { type, id } = address;
      const messages = type.backlog.peek(id, address.batchMax, BATCH_BYTES_MAX);
      for (const { argument } of messages) bytes += argument.bytes.length;
      parts.push({ address, messages });
      batches.push({ target: addressOf(address), state: type.state.read(id), invocations: messages });
      address.life.to('calling');
      type.metrics.calls.value++;
      if (type.knowledge !== 'none') continue;
      type.knowledge = 'asked';
      break;
    }
    if (parts.length === 0) return false;
    endpoint.requestBegins();
    this.options.ports.call(this.#calls.begin({ endpoint, parts }), endpoint.descriptor, batches);
    return true;
  }

  #succeeded(address: Active, messages: readonly WaitingMessage[], outcome: InvocationOutcome): void {
    const { type, id } = address;
    if (outcome.kind === 'incomplete') {
      if (type.state.register(outcome.missing)) return this.#ready(address);
      return this.#failed(address, messages, invalid('it asks for no state that it was not given'));
    }
    const unfit = this.#effects.apply(type, id, outcome.effects, this.options.clock.now());
    if (unfit !== undefined) return this.#failed(address, messages, invalid(unfit));
    address.failures = 0;
    const { maxBatch } = type.descriptor;
    address.batchMax = address.isolates ? 1 : Math.min(maxBatch, address.batchMax * 2);
    address.isolates = false;
    this.#done(address, messages.length);
  }

  #failed(address: Active, messages: readonly WaitingMessage[], failure: CallFailure): void {
    const { type } = address;
    type.metrics.failures.value++;
    const failures = address.failures + 1;
    const decision = decide(
      { failure, count: messages.length, failures },
      type.descriptor.onFailure,
      this.options.random.next(),
    );
    switch (decision.kind) {
      case 'rest':
        this.#rest(type.endpoint, failure, decision);
        return this.#ready(address);
      case 'retry':
        address.failures = failures;
        address.batchMax = decision.batchMax;
        address.isolates = decision.isolates;
        if (decision.delayMs === 0) return this.#ready(address);
        address.life.to('retrying');
        return this.#retries.add(this.options.clock.now() + decision.delayMs, address);
      case 'give-up':
        return this.#giveUp(address, messages[0]!, failure);
    }
  }

  /** Several calls may end with the same news: it rests once for them. */
  #rest(
    endpoint: FunctionEndpoint,
    { retryAfterMs = 0, message }: CallFailure,
    { isThrottled }: Extract<FailureDecision, { kind: 'rest' }>,
  ): void {
    const { clock, random, ports } = this.options;
    const nowMs = clock.now();
    if (endpoint.restsUntil > nowMs) return;
    const delayMs = Math.max(retryAfterMs, backoffMs(endpoint.failures + 1, random.next()));
    endpoint.rest(nowMs + delayMs, isThrottled);
    if (endpoint.failures === 1)
      ports.warn(`${endpoint.descriptor.id}: ${message}; it is tried again until it answers`);
  }

  #giveUp(address: Active, message: WaitingMessage, failure: CallFailure): void {
    const { type, id } = address;
    const { onFailure } = type.descriptor;
    const what = `${type.descriptor.type} of ${JSON.stringify(id)}`;
    switch (onFailure.then) {
      case 'fail':
        throw new TidegateError(
          'TG481',
          `A message for ${what} failed ${address.failures + 1} times: ${failure.message}`,
        );
      case 'park':
        address.life.to('parked');
        this.#busy--;
        return this.options.ports.warn(`${what} is parked with its messages: ${failure.message}`);
      case 'dead-letter': {
        const { typename } = message.argument;
        const raw = readable(message);
        this.options.ports.deadLetter(
          onFailure.to!,
          new DeadLetter(`functions.${type.descriptor.type}`, id, typename, failure.message, raw),
        );
        type.metrics.givenUp.value++;
        address.failures = 0;
        address.batchMax = type.descriptor.maxBatch;
        this.#done(address, 1);
      }
    }
  }

  /** Of an address that was called: so many of its messages are done with. */
  #done(address: Active, count: number): void {
    const { type, id } = address;
    this.#budget.free(type.backlog.remove(id, count));
    if (type.backlog.count(id) > 0) return this.#ready(address);
    address.life.to('idle');
    type.active.delete(id);
    this.#busy--;
  }

  #send(message: FunctionMessage): void {
    if (this.options.ports.isOwn(message.target.id)) this.deliver(message);
    else this.options.ports.forward(message);
  }

  /** An address without messages has one. */
  #wake(type: FunctionTypeState, id: string): void {
    const address = new ActiveAddress(type, id, type.descriptor.maxBatch, this.options.observer);
    type.active.set(id, address);
    this.#busy++;
    type.endpoint.add(address);
  }

  #ready(address: Active): void {
    address.life.to('ready');
    address.type.endpoint.add(address);
  }

  /** It was sent, or delayed, before an edit of the application took its function out. */
  #drop({ type, id }: Address): void {
    this.#dropped.value++;
    this.options.ports.warn(
      `a message for ${type} of ${JSON.stringify(id)} is dropped: the application has it no more`,
    );
  }

  #warnOfSpentBudget(): void {
    let largest = { what: '', bytes: 0 };
    for (const [name, { backlog }] of this.#types)
      for (const [id, bytes] of backlog.all())
        if (bytes > largest.bytes) largest = { what: `${name} of ${JSON.stringify(id)}`, bytes };
    this.options.ports.warn(
      `${this.#budget.used} bytes of messages wait for functions, more than settings.memory.functions: ` +
        `nothing comes in until some are delivered. Most of them, ${largest.bytes} bytes, are for ${largest.what}.`,
    );
  }
}

function addressOf({ type, id }: Active): Address {
  return { type: type.descriptor.type, id };
}

/** For people: a message that is not what its type says is shown as its bytes. */
function readable({ argument }: WaitingMessage): unknown {
  try {
    return rawForDeadLetter(readEmitted(argument));
  } catch (error) {
    if (error instanceof EmittedValueError) return rawForDeadLetter(argument.bytes);
    throw error;
  }
}

/** Not the protocol's: nothing of the answer is applied. */
function invalid(reason: string): CallFailure {
  return { kind: 'failure', retriable: true, message: reason };
}
