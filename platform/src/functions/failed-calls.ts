/**
 * Carries out what `failure-policy.ts` decides of an address whose call failed: again, later, or given up.
 *
 * Invariants
 * - An address that fails holds up itself alone; an endpoint that is not there, its own addresses.
 * - A message that is given up is a dead letter and done with in one step, or keeps its address parked, or fails the job.
 */
import type { Address } from '@tidegate/functions-sdk/protocol';
import { TidegateError } from '../common/errors.js';
import { namespaceOf } from '../common/function-namespace.js';
import type { Random } from '../common/random.js';
import type { FunctionTypeDescriptor } from '../job/function-node.js';
import { DeadLetter, rawForDeadLetter } from '../record/dead-letter.js';
import type { BusyAddress, BusyAddresses } from './busy-addresses.js';
import type { CallPart } from './call-dispatcher.js';
import { EmittedValueError } from './emitted-value-error.js';
import { readEmitted } from './emitted-value.js';
import { backoffMs, decide, type FailureDecision } from './failure-policy.js';
import type { CallFailure } from './function-client.js';
import type { FunctionEndpoint } from './function-endpoint.js';
import type { FunctionMessage, WaitingMessage } from './function-message.js';
import { typesMaxOf } from './function-types.js';
import type { FunctionGroupPorts } from './group-ports.js';
import type { RequestDesk } from './requests/request-desk.js';
import { RetryQueue } from './retry-queue.js';
import { functionOwner } from './state-place.js';

export interface FailedCallsOptions {
  readonly addresses: BusyAddresses;
  readonly ports: Pick<FunctionGroupPorts, 'deadLetter' | 'warn'>;
  readonly clock: { now(): number };
  readonly random: Random;
  /** Tells those who wait for what is given up. */
  readonly requests?: Pick<RequestDesk, 'giveUp'> | undefined;
}

export class FailedCalls {
  readonly #retries = new RetryQueue<BusyAddress>();

  constructor(private readonly options: FailedCallsOptions) {}

  /** Epoch milliseconds at which one is due; +Infinity: none is. */
  get next(): number {
    return this.#retries.next;
  }

  advance(nowMs: number): void {
    for (let due = this.#retries.takeDue(nowMs); due !== undefined; due = this.#retries.takeDue(nowMs)) {
      due.type.blocked--;
      this.options.addresses.ready(due);
    }
  }

  add({ address, messages }: CallPart, failure: CallFailure): void {
    const { addresses, clock, random } = this.options;
    const { type } = address;
    type.metrics.failures.value++;
    const failures = address.failures + 1;
    const failuresAlone = address.failuresAlone + (messages.length === 1 ? 1 : 0);
    const failed = { failure, count: messages.length, failures, failuresAlone };
    const decision = decide(failed, type.descriptor.onFailure, random.next());
    switch (decision.kind) {
      case 'rest':
        this.#rest(type.endpoint, failure, decision);
        return addresses.ready(address);
      case 'retry':
        address.failures = failures;
        address.failuresAlone = failuresAlone;
        address.batchMax = decision.batchMax;
        address.isolates = decision.isolates;
        type.troubles.note(address);
        if (decision.delayMs === 0) return addresses.ready(address);
        address.life.to('retrying');
        type.blocked++;
        return this.#retries.add(clock.now() + decision.delayMs, address);
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

  #giveUp(address: BusyAddress, message: WaitingMessage, failure: CallFailure): void {
    const { addresses, ports } = this.options;
    const { type, id } = address;
    const { onFailure } = type.descriptor;
    const what = `${type.descriptor.type} of ${JSON.stringify(id)}`;
    // A message that is kept may still have its reply.
    const isTold =
      onFailure.then !== 'park' && this.#tell({ type: type.descriptor.type, id }, message, failure.message);
    // Who has asked knows of it, and that is nobody else's failure.
    if (isTold && onFailure.then === 'fail') return this.#passOver(address, message);
    switch (onFailure.then) {
      case 'fail':
        throw new TidegateError(
          'TG481',
          `A message for ${what} failed ${times(address.failuresAlone + 1)}: ${failure.message}`,
          { retriable: failure.forbidden !== true },
        );
      case 'park':
        addresses.park(address);
        return ports.warn(`${what} is parked with its messages: ${failure.message}`);
      case 'dead-letter':
        this.emitLetter(type.descriptor, { type: type.descriptor.type, id }, message, failure.message);
        return this.#passOver(address, message);
    }
  }

  /** @returns whether there is somebody to tell */
  #tell(target: Address, message: WaitingMessage, reason: string): boolean {
    return this.options.requests?.giveUp(target, message, reason) === true;
  }

  /** @param declared what is said of the function, or its namespace, which has no place for another type */
  refuse(declared: FunctionTypeDescriptor, { target, ...message }: FunctionMessage): void {
    const namespace = namespaceOf(target.type);
    const reason = `${namespace} has met ${typesMaxOf(declared)} types, which is its maxTypes, and ${target.type} is none of them`;
    const isTold = this.#tell(target, message, reason);
    if (declared.onFailure.then === 'dead-letter') this.emitLetter(declared, target, message, reason);
    else if (!isTold) throw new TidegateError('TG489', `A message cannot be delivered: ${reason}`);
  }

  /** Where messages of the function that are given up go to dead letters. */
  emitLetter(
    declared: Pick<FunctionTypeDescriptor, 'onFailure'> | undefined,
    { type, id }: Address,
    message: WaitingMessage,
    reason: string,
  ): void {
    const to = declared?.onFailure.to;
    if (to === undefined) return;
    const letter = new DeadLetter(functionOwner(type), id, message.argument.typename, reason, readable(message));
    this.options.ports.deadLetter(to, letter);
  }

  /** Its oldest message is done with. */
  #passOver(address: BusyAddress, message: WaitingMessage): void {
    const { type } = address;
    type.metrics.givenUp.value++;
    address.forgive();
    type.troubles.note(address);
    address.batchMax = type.descriptor.maxBatch;
    this.options.addresses.done(address, [message]);
  }
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

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
