/**
 * Tests of functions: in process, on virtual time, with whatever test runner there is. Expectations throw Node's
 * AssertionError, which every runner shows with its difference.
 *
 * @example
 * const kit = new TestKit([greeter]);
 * await kit.send(greeter.at('bob'), types.string, 'Bob');
 * kit.expectState(greeter, 'bob', { seen: 1 });
 */
import assert from 'node:assert/strict';
import type { SendableTo } from '../function/accepted.js';
import type { AcceptedAt } from '../function/address.js';
import type { AnyFunction } from '../function/function-set.js';
import type { ListState } from '../function/list-state.js';
import type { MapState } from '../function/map-state.js';
import type { StatefulFunction } from '../function/stateful-function.js';
import { toMs, type Duration } from '../types/duration.js';
import type { Typename } from '../types/typename.js';
import { toTypedValue, type ValueType } from '../types/value-type.js';
import type { Address, TypedValue } from '../wire/messages.js';
import { readKafkaRecord, type EmittedKafkaRecord } from './kafka-record.js';
import { VirtualPlatform } from './virtual-platform.js';

export interface TestKitOptions {
  /** The virtual time at the beginning, in milliseconds since the epoch. Default: 0. */
  readonly startMs?: number;
  /** Hand over all messages that wait for an instance as one batch, as a busy platform does. Default: one by one. */
  readonly batching?: boolean;
}

/** A delayed message that waits. */
export interface PendingMessage {
  readonly inMs: number;
  readonly to: Address;
  readonly typename: string;
  readonly token: string | undefined;
}

/** Lists as arrays, maps as objects. */
export type Shown<State> = {
  [K in keyof State]?: State[K] extends ListState<infer T>
    ? readonly T[]
    : State[K] extends MapState<infer T>
      ? Readonly<Record<string, T>>
      : State[K];
};

export class TestKit {
  readonly #platform: VirtualPlatform;

  constructor(functions: readonly AnyFunction[], { startMs = 0, batching = false }: TestKitOptions = {}) {
    this.#platform = new VirtualPlatform(functions, startMs, batching);
  }

  get nowMs(): number {
    return this.#platform.nowMs;
  }

  /**
   * Sends a message and delivers it and all that follows from it at this time. Rejects with the FunctionError of a
   * handler that failed; its batch then had no effect.
   */
  async send<To extends Address, T, Name extends string>(
    to: To,
    type: ValueType<T, Name> & SendableTo<AcceptedAt<To>, T, Name>,
    value: NoInfer<T>,
    { from }: { readonly from?: Address } = {},
  ): Promise<void> {
    this.enqueue(to, type, value, from === undefined ? {} : { from });
    await this.#platform.run();
  }

  /** Sends a message that is delivered with the next `send`, `run` or `advance`. */
  enqueue<To extends Address, T, Name extends string>(
    to: To,
    type: ValueType<T, Name> & SendableTo<AcceptedAt<To>, T, Name>,
    value: NoInfer<T>,
    { from }: { readonly from?: Address } = {},
  ): void {
    this.#platform.send({ target: to, from, argument: toTypedValue<T>(type, value) });
  }

  /** Delivers what is enqueued, and all that follows from it at this time. */
  async run(): Promise<void> {
    await this.#platform.run();
  }

  /** Lets virtual time pass; delayed messages are delivered at their times. */
  async advance(by: Duration): Promise<void> {
    await this.#platform.advance(toMs(by));
  }

  /** The stored state of an instance; what has no value is left out, defaults included. */
  state<State, Accepts>(of: StatefulFunction<State, Accepts>, id: string): Shown<State> {
    const address = { type: of.type, id };
    const entries = of.definition.states.flatMap(({ name, type, inParts }) => {
      if (inParts !== undefined) {
        const parts = this.#platform.state.entriesOf(address, name);
        const shown = parts.map(({ key, bytes }) => [key, type.decode(bytes)] as const);
        if (inParts === 'map') return shown.length === 0 ? [] : [[name, Object.fromEntries(shown)]];
        const elements = shown.sort(([one], [other]) => Number(one) - Number(other)).map(([, value]) => value);
        return shown.length === 0 ? [] : [[name, elements]];
      }
      const value = this.#platform.state.peek(address, name, this.nowMs);
      return value === undefined ? [] : [[name, type.decode(value.bytes)]];
    });
    return Object.fromEntries(entries) as Shown<State>;
  }

  /** All values that were emitted to an egress, in order. Fails if one is of another type. */
  emitted<T>(egress: Typename, type: ValueType<T>): T[] {
    return this.#platform.emitted
      .filter((message) => message.egress === egress)
      .map(({ argument }) => decode(argument, type));
  }

  /** All records that were emitted to a Kafka egress, in order. */
  kafkaRecords(egress: Typename): EmittedKafkaRecord[] {
    return this.#platform.emitted
      .filter((message) => message.egress === egress)
      .flatMap((message) => readKafkaRecord(message) ?? []);
  }

  /** All messages of a type that were sent to an instance of a function that is not part of this test, in order. */
  sentTo<T>(to: Address, type: ValueType<T>): T[] {
    return this.#platform.undelivered
      .filter(({ target, argument }) => isSame(target, to) && argument.typename === type.typename)
      .map(({ argument }) => decode(argument, type));
  }

  /** The delayed messages that wait, the next one first. */
  pending(): PendingMessage[] {
    return this.#platform.delayed.all.map(({ dueMs, target, argument, token }) => ({
      inMs: dueMs - this.nowMs,
      to: target,
      typename: argument.typename,
      token,
    }));
  }

  /** Fails unless the stored state is this, no more and no less. */
  expectState<State, Accepts>(of: StatefulFunction<State, Accepts>, id: string, expected: NoInfer<Shown<State>>): void {
    assert.deepEqual(this.state(of, id), expected);
  }

  /** Fails unless exactly these values were emitted to the egress, in this order. */
  expectEmitted<T>(egress: Typename, type: ValueType<T>, expected: readonly NoInfer<T>[]): void {
    assert.deepEqual(this.emitted(egress, type), expected);
  }

  /** Fails unless exactly these messages of the type were sent to the instance, in this order. */
  expectSent<T>(to: Address, type: ValueType<T>, expected: readonly NoInfer<T>[]): void {
    assert.deepEqual(this.sentTo(to, type), expected);
  }
}

function isSame(a: Address, b: Address): boolean {
  return a.type === b.type && a.id === b.id;
}

function decode<T>(argument: TypedValue, type: ValueType<T>): T {
  assert.equal(argument.typename, type.typename, `a ${argument.typename} was sent, not a ${type.typename}`);
  return type.decode(argument.bytes);
}
