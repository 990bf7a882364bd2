/**
 * All functions of a subtask: takes messages in, calls for those that wait, and applies the answers. A synchronous state
 * machine (StateFun's FunctionGroupOperator): it asks for calls and is told what came of them.
 *
 *     deliver ──▶ busy-addresses ──▶ call-dispatcher ──▶ (ports) ──▶ answered ──▶ effects | failed-calls ──▶ busy-addresses
 *
 * Invariants
 * - One call of an address at a time, with its oldest messages in order. What comes meanwhile waits in the backlog.
 * - An answer's effects, and that its messages are done with, are one step: a checkpoint has both or neither.
 */
import type { Address, EndpointDescription, InvocationOutcome } from '@tidegate/functions-sdk/protocol';
import type { Random } from '../common/random.js';
import type { TransitionObserver } from '../common/transition-table.js';
import type { FunctionNode } from '../job/function-node.js';
import type { Counter, MetricRegistry } from '../metrics/registry.js';
import type { KeyedStore } from '../state/keyed-store.js';
import type { OperatorStateStore } from '../state/operator-state/operator-state-store.js';
import { AddressDesk } from './addresses/address-desk.js';
import { BusyAddresses } from './busy-addresses.js';
import { ByteBudget } from './byte-budget.js';
import { CallDispatcher, type CallPart } from './call-dispatcher.js';
import { declaredState } from './declared-state.js';
import { DelayedMessages } from './delayed-messages.js';
import { EffectsApplier } from './effects.js';
import { FailedCalls } from './failed-calls.js';
import type { CallFailure, CallOutcome } from './function-client.js';
import { FunctionEndpoint } from './function-endpoint.js';
import type { FunctionMessage } from './function-message.js';
import { FunctionTypes } from './function-types.js';
import type { FunctionGroupPorts } from './group-ports.js';
import type { InvocationTraces } from './invocation-traces.js';
import { callId } from './message-id.js';
import { StateExpiries } from './state-expiry.js';
import type { Decision } from './requests/decision.js';
import type { InvocationLog } from './requests/invocation-log.js';
import type { LoggedClient } from './requests/logged-client.js';
import { Redo } from './requests/redo.js';
import { RequestDesk } from './requests/request-desk.js';
import { isReplyType } from './requests/request-messages.js';

export interface FunctionGroupOptions {
  readonly node: FunctionNode;
  readonly ports: FunctionGroupPorts;
  readonly store: KeyedStore;
  readonly operators: OperatorStateStore;
  readonly metrics: MetricRegistry;
  readonly clock: { now(): number };
  readonly random: Random;
  /** Subtasks that have functions. */
  readonly parallelism: number;
  /** Of messages that wait, for this subtask. */
  readonly budgetBytes: number;
  readonly observer?: TransitionObserver | undefined;
  /** Whether checkpoints are taken by themselves. */
  readonly hasCheckpoints: boolean;
  /** Absent where nobody follows records. */
  readonly traces?: InvocationTraces | undefined;
  /** Present where functions answer requests from outside. */
  readonly requests?: RequestOptions | undefined;
}

export interface RequestOptions {
  readonly log: InvocationLog;
  readonly client: LoggedClient;
  /** For so long a reply is known. */
  readonly keptMs: number;
  /** Functions that answer in time, or their default does: by their type. */
  readonly decisions: ReadonlyMap<string, Decision>;
  wake(): void;
  /** See `RequestDeskOptions`. */
  follow?(traceparent: string | undefined, body: () => void): void;
}

/** Of the state of an address, in one call. */
const PARTS_MAX = 10_000;

export class FunctionGroup {
  readonly #types: FunctionTypes;
  readonly #endpoints: ReadonlyMap<string, FunctionEndpoint>;
  readonly #expiries = new StateExpiries();
  readonly #budget: ByteBudget;
  readonly #addresses: BusyAddresses;
  readonly #dispatcher: CallDispatcher;
  readonly #delayed: DelayedMessages;
  readonly #effects: EffectsApplier;
  readonly #failed: FailedCalls;
  readonly #dropped: Counter;
  readonly requests: RequestDesk | undefined;
  readonly addressDesk: AddressDesk;
  readonly #redo: Redo | undefined;

  constructor(private readonly options: FunctionGroupOptions) {
    const { node, ports, store, operators, metrics, clock, parallelism, random, budgetBytes, observer, requests } =
      options;
    this.#budget = new ByteBudget(budgetBytes);
    this.#dropped = metrics.counter(node.id, 'dropped');
    this.#endpoints = new Map(node.endpoints.map((one) => [one.id, new FunctionEndpoint(one)]));
    this.#types = new FunctionTypes({
      ...{ types: node.types, endpoints: this.#endpoints, expiries: this.#expiries },
      ...{ store, operators, metrics, clock, parallelism },
    });
    this.#delayed = new DelayedMessages(store, node.id);
    this.requests = requests && this.#openRequests(requests);
    this.#effects = new EffectsApplier({
      types: this.#types,
      egresses: new Map(node.egresses.map((one) => [one.typename, one])),
      delayed: this.#delayed,
      send: (message) => this.#send(message),
      emit: (sink, record) => ports.emit(sink, record),
      ...(requests === undefined ? {} : { isAnswer: isReplyType }),
    });
    const warn = (message: string): void => ports.warn(message);
    if (this.requests !== undefined) {
      const { applied } = this.requests;
      const isOwn = (id: string): boolean => ports.isOwn(id);
      this.#redo = new Redo({ types: this.#types, applied, isOwn, warn }, requests!.log.past);
      this.#redo.takeOut(clock.now());
    }
    this.#addresses = new BusyAddresses({ types: this.#types, budget: this.#budget, clock, warn, observer });
    this.#dispatcher = new CallDispatcher(ports, options.traces);
    const { hasCheckpoints } = options;
    const desk = { types: this.#types, addresses: this.#addresses, clock, log: requests?.log, hasCheckpoints };
    this.addressDesk = new AddressDesk(desk);
    this.#failed = new FailedCalls({ addresses: this.#addresses, ports, clock, random, requests: this.requests });
  }

  /** To be called once, when answers can be taken. */
  start(): void {
    this.#redo?.apply({
      effects: this.#effects,
      delayed: this.#delayed,
      table: this.requests!.table,
      send: (message) => this.#send(message),
      giveUp: (target, message, reason) =>
        this.#failed.emitLetter(this.#types.declared(target.type), target, message, reason),
    });
    for (const { descriptor } of this.#endpoints.values()) this.options.ports.describe(descriptor);
  }

  /** What its types have now is told as the subtask's. @returns ends it */
  watch(subtask: number): () => void {
    return this.#types.watch(subtask);
  }

  /** Messages, and with them addresses, wait or are called. Those that are parked do not count. */
  get isBusy(): boolean {
    return this.#addresses.count > 0 || this.#delayed.next < Infinity;
  }

  /** Whether more may come from outside. */
  get wantsInput(): boolean {
    return !this.#budget.isSpent;
  }

  /** Epoch milliseconds at which `advance` has something to do; +Infinity: never. */
  get nextWakeUp(): number {
    const deadline = this.requests?.table.nextDue ?? Infinity;
    let next = Math.min(this.#delayed.next, this.#failed.next, this.#expiries.next, deadline);
    for (const { opensAt } of this.#types.limited) next = Math.min(next, opensAt);
    for (const { restsUntil, waiting } of this.#endpoints.values())
      if (waiting > 0 && restsUntil !== -Infinity) next = Math.min(next, restsUntil);
    return next;
  }

  deliver(message: FunctionMessage): void {
    const { target } = message;
    const type = this.#types.get(target.type);
    if (type === undefined) return this.#deliverOther(message);
    if (this.requests?.applied.passOver(message) === true) return;
    type.metrics.messagesIn.value++;
    this.options.traces?.arrived(message);
    this.#addresses.add(type, target.id, message);
  }

  /** Time has come so far: what is due is sent, and what rested goes on. */
  advance(nowMs: number): void {
    this.requests?.table.advance(nowMs);
    this.#delayed.advance(nowMs, (message) => this.#send(message));
    for (const endpoint of this.#endpoints.values()) endpoint.wake(nowMs);
    this.#failed.advance(nowMs);
    this.#expire(nowMs);
  }

  /** Calls for what is ready, as far as requests may go. To be called behind everything else. */
  dispatch(): void {
    const nowMs = this.options.clock.now();
    this.#expire(nowMs);
    for (const type of this.#types.limited) type.readmit(nowMs);
    for (const endpoint of this.#endpoints.values()) this.#dispatcher.dispatch(endpoint, nowMs);
  }

  #expire(nowMs: number): void {
    if (this.#expiries.next <= nowMs) this.#expiries.advance(nowMs, (message) => this.deliver(message));
  }

  described(endpoint: string, told: EndpointDescription | CallFailure): void {
    const known = this.#endpoints.get(endpoint)!;
    if (!('kind' in told))
      for (const description of told.functions) {
        const served = this.#types.get(description.type);
        if (served?.endpoint !== known) continue;
        served.state.register(declaredState(description));
        // Who has asked lets those go that wait for it.
        if (served.knowledge === 'none') served.knowledge = 'known';
      }
    known.open(told);
  }

  /** A barrier has come. */
  prepareSnapshot(checkpoint: number, nowMs: number): void {
    for (const { backlog, troubles } of this.#types.values()) {
      backlog.prepareSnapshot();
      troubles.prepareSnapshot();
    }
    this.requests?.prepareSnapshot(checkpoint, nowMs);
    this.addressDesk.prepareSnapshot(checkpoint);
  }

  /** Dropped if nobody waits for it any more. @param tookMs since it was asked for */
  answered(call: number, outcomes: readonly CallOutcome[], tookMs: number): void {
    const known = this.#dispatcher.end(call);
    if (known === undefined) return;
    const { endpoint, parts } = known;
    const isServed = outcomes.some(({ kind }) => kind !== 'failure');
    if (isServed && endpoint.serves(messagesOf(parts), tookMs)) this.options.ports.describe(endpoint.descriptor);
    for (let index = 0; index < parts.length; index++) {
      const part = parts[index]!;
      const { type } = part.address;
      type.metrics.latency.record(tookMs / 1000);
      const outcome = outcomes[index] ?? { kind: 'failure', retriable: true, message: 'there is no answer for it' };
      if (outcome.kind === 'failure') this.#fail(part, outcome);
      else this.#succeeded(part, outcome);
      if (type.knowledge === 'asked') this.#dispatcher.release(type, outcome.kind !== 'failure');
    }
  }

  #succeeded(part: CallPart, outcome: InvocationOutcome): void {
    const { address, messages } = part;
    const { type, id } = address;
    if (outcome.kind === 'incomplete') {
      const parts = type.state.partsOf(outcome.missing);
      if (parts.length > 0) return this.#fetch(part, parts);
      // Who does not describe itself was asked without state, to say what it has.
      if (type.state.register(outcome.missing) || type.knowledge === 'asked') return this.#addresses.ready(address);
      return this.#fail(part, invalid('it asks for no state that it was not given'));
    }
    const nowMs = this.options.clock.now();
    const call = this.requests && callId({ type: type.descriptor.type, id }, messages[0]?.messageId);
    const apply = (): string | undefined => this.#effects.apply(type, id, outcome.effects, nowMs, call);
    const unfit = this.options.traces === undefined ? apply() : this.options.traces.within(part, apply);
    this.requests?.done(outcome);
    if (unfit !== undefined) return this.#fail(part, invalid(unfit));
    this.requests?.handled(id, messages);
    this.options.traces?.end(part, undefined);
    if (address.failures > 0) type.troubles.note(address);
    address.succeeded(type.descriptor.maxBatch);
    this.#addresses.done(address, messages);
  }

  /** The call is made again, with the parts of its state that it asks for. */
  #fetch(called: CallPart, parts: readonly string[]): void {
    const { address } = called;
    const isNew = address.want(parts);
    if (isNew && address.wanted.size <= PARTS_MAX) return this.#addresses.ready(address);
    address.wanted.clear();
    const reason = isNew
      ? `reads more than ${PARTS_MAX} parts of its state in one call`
      : 'asks for parts that it was given';
    this.#fail(called, invalid(`it ${reason}`));
  }

  #fail(part: CallPart, failure: CallFailure): void {
    this.options.traces?.end(part, failure.message);
    this.#failed.add(part, failure);
  }

  #send(message: FunctionMessage): void {
    const sender = message.caller && this.#types.get(message.caller.type)?.metrics;
    if (this.options.ports.isOwn(message.target.id)) {
      if (sender !== undefined) sender.messagesLocal.value++;
      this.deliver(message);
    } else {
      if (sender !== undefined) sender.messagesRemote.value++;
      this.options.ports.forward(message);
    }
  }

  #openRequests({ log, client, keptMs, decisions, wake, follow }: RequestOptions): RequestDesk {
    const { store, operators, ports, clock } = this.options;
    return new RequestDesk({
      ...{ store, operators, log, client, keptMs, decisions, clock, wake },
      isOwn: (id) => ports.isOwn(id),
      deliver: (message) => this.deliver(message),
      forward: (message) => ports.forward(message),
      hasRoom: () => this.wantsInput,
      ...(follow === undefined ? {} : { follow }),
    });
  }

  #deliverOther(message: FunctionMessage): void {
    if (this.requests?.takes(message) === true) return;
    const { target } = message;
    const declared = this.#types.declared(target.type);
    if (declared === undefined) return this.#drop(target);
    if (this.requests?.applied.passOver(message) === true) return;
    this.#dropped.value++;
    this.#failed.refuse(declared, message);
  }

  /** It was sent, or delayed, before an edit of the application took its function out. */
  #drop({ type, id }: Address): void {
    this.#dropped.value++;
    this.options.ports.warn(
      `a message for ${type} of ${JSON.stringify(id)} is dropped: the application has it no more`,
    );
  }
}

function messagesOf(parts: readonly CallPart[]): number {
  let count = 0;
  for (const { messages } of parts) count += messages.length;
  return count;
}

/** Not the protocol's: nothing of the answer is applied. */
function invalid(reason: string): CallFailure {
  return { kind: 'failure', retriable: true, message: reason };
}
