/**
 * A platform in one process and on virtual time: delivers messages between functions, keeps their state, their delayed
 * messages and what they emit. It speaks the protocol in bytes, so what a test sees is what is sent over a network.
 *
 * Invariants
 * - Messages are delivered in the order of their sending; the same messages at the same times give the same run.
 * - The effects of a batch are applied in StateFun's order, all or none.
 */
import { FunctionSet, type AnyFunction } from '../function/function-set.js';
import { decodeFromFunction, encodeFromFunction } from '../wire/from-function.js';
import type {
  Address,
  Effects,
  EgressMessage,
  Invocation,
  InvocationBatch,
  InvocationOutcome,
  StateSpec,
  TypedValue,
} from '../wire/messages.js';
import { decodeToFunction, encodeToFunction } from '../wire/to-function.js';
import { DelayedMessages } from './delayed-messages.js';
import { StateStore } from './state-store.js';

/** More messages than this from one cause are taken for a circle that does not end. */
const DELIVERIES_MAX = 100_000;

export interface Delivery {
  readonly target: Address;
  readonly from: Address | undefined;
  readonly argument: TypedValue;
}

export class VirtualPlatform {
  readonly state = new StateStore();
  readonly delayed = new DelayedMessages();
  /** What was emitted, in order. */
  readonly emitted: EgressMessage[] = [];
  /** What was sent to functions that are not part of the test, in order. */
  readonly undelivered: Delivery[] = [];
  readonly #functions: FunctionSet;
  readonly #types: ReadonlySet<string>;
  readonly #isBatching: boolean;
  #queue: Delivery[] = [];
  #nowMs: number;

  constructor(functions: readonly AnyFunction[], nowMs: number, isBatching: boolean) {
    this.#functions = new FunctionSet(functions);
    this.#types = new Set(functions.map(({ type }) => type));
    this.#nowMs = nowMs;
    this.#isBatching = isBatching;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  send(delivery: Delivery): void {
    this.#queue.push(delivery);
  }

  /** Delivers until nothing is left to deliver. Rejects with the FunctionError of a batch, which has no effect. */
  async run(): Promise<void> {
    for (let deliveries = 0; this.#queue.length > 0; deliveries++) {
      if (deliveries === DELIVERIES_MAX)
        throw new Error(`after ${DELIVERIES_MAX} messages there is still one for ${this.#queue[0]!.target.type}`);
      await this.#deliver(this.#queue[0]!.target);
    }
  }

  /** Lets time pass: what becomes due is delivered at its time. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await this.run();
    for (let due = this.#takeDue(untilMs); due !== undefined; due = this.#takeDue(untilMs)) {
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      this.send(due);
      await this.run();
    }
    this.#nowMs = untilMs;
  }

  /** What comes next by then: a delayed message, or one of state that expires. */
  #takeDue(untilMs: number): (Delivery & { readonly atMs: number }) | undefined {
    const expired = this.state.takeExpired(Math.min(untilMs, this.delayed.next));
    if (expired !== undefined) return { ...expired, from: undefined };
    const due = this.delayed.takeDue(untilMs);
    return due && { ...due, atMs: due.dueMs };
  }

  async #deliver(target: Address): Promise<void> {
    const batch = this.#takeBatch(target);
    if (!this.#types.has(target.type)) return void this.undelivered.push(...batch);
    const effects = await this.#invoke(
      target,
      batch.map(({ from, argument }) => ({ caller: from, argument })),
    );
    this.#apply(target, effects);
  }

  /** The first message for the target, or with batching all that wait for it. */
  #takeBatch(target: Address): Delivery[] {
    if (!this.#isBatching) return this.#queue.splice(0, 1);
    const isForTarget = (delivery: Delivery): boolean =>
      delivery.target.type === target.type && delivery.target.id === target.id;
    const batch = this.#queue.filter(isForTarget);
    this.#queue = this.#queue.filter((delivery) => !isForTarget(delivery));
    return batch;
  }

  async #invoke(target: Address, invocations: readonly Invocation[], parts = new Set<string>()): Promise<Effects> {
    const state = this.state.readAll(target, parts, this.#nowMs);
    const outcome = await this.#call({ target, state, invocations });
    if (outcome.kind === 'result') return outcome.effects;
    // As on a real platform, the first call of a type says which state there is, and one that reads parts of it which.
    const isPart = ({ name }: StateSpec): boolean => this.state.isPart(target.type, name);
    this.state.register(
      target.type,
      outcome.missing.filter((spec) => !isPart(spec)),
    );
    for (const { name } of outcome.missing.filter(isPart)) parts.add(name);
    return this.#invoke(target, invocations, parts);
  }

  async #call(batch: InvocationBatch): Promise<InvocationOutcome> {
    const outcome = await this.#functions.invoke(decodeToFunction(encodeToFunction(batch)));
    return decodeFromFunction(encodeFromFunction(outcome));
  }

  #apply(self: Address, { messages, delayed, egresses, state }: Effects): void {
    // First, as it is what may be refused.
    if (delayed.length > 0) this.delayed.apply(self, delayed, this.#nowMs);
    for (const { target, argument } of messages) this.send({ target, from: self, argument });
    this.emitted.push(...egresses);
    for (const mutation of state) this.state.apply(self, mutation, this.#nowMs);
  }
}
