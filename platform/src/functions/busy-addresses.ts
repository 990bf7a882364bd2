/**
 * The addresses of a subtask that have messages, from the first message to the last that is done with.
 *
 * Invariants
 * - An address is busy exactly while its backlog has messages and it is not parked, whatever else happens to it.
 * - What waits to be called for is counted against one budget; what a parked address keeps is not, so that it holds up
 *   nobody else.
 */
import type { TransitionObserver } from '../common/transition-table.js';
import { ActiveAddress, type Trouble } from './active-address.js';
import type { ByteBudget } from './byte-budget.js';
import type { WaitingMessage } from './function-message.js';
import type { FunctionTypeState } from './function-type-state.js';
import type { FunctionTypes } from './function-types.js';

export type BusyAddress = ActiveAddress<FunctionTypeState>;

export interface BusyAddressesOptions {
  readonly types: FunctionTypes;
  readonly budget: ByteBudget;
  /** Epoch milliseconds. */
  readonly clock: { now(): number };
  warn(message: string): void;
  readonly observer: TransitionObserver | undefined;
}

/** A budget that is spent again and again is told of once, until it was free for so long. */
const TOLD_AGAIN_AFTER_MS = 60_000;

export class BusyAddresses {
  #count = 0;
  #isTold = false;
  /** When the budget had room again after it was spent. */
  #freeSinceMs = 0;

  /** All that have messages in what was restored are ready, but for those that are parked. */
  constructor(private readonly options: BusyAddressesOptions) {
    for (const type of options.types.values())
      for (const [id, bytes, count] of type.backlog.all()) {
        type.waiting += count;
        const trouble = type.troubles.restored(id);
        if (trouble?.isParked === true) this.#keepParked(type, id, trouble);
        else {
          options.budget.take(bytes);
          this.#wake(type, id, trouble);
        }
      }
  }

  /** Those that are parked do not count. */
  get count(): number {
    return this.#count;
  }

  add(type: FunctionTypeState, id: string, message: WaitingMessage): void {
    const bytes = type.backlog.add(id, message);
    type.waiting++;
    const address = type.active.get(id);
    if (isParked(address)) return;
    this.#take(bytes);
    if (address === undefined) this.#wake(type, id);
  }

  /** It may be called. */
  ready(address: BusyAddress): void {
    address.life.to('ready');
    address.type.endpoint.add(address);
  }

  /** It was called, and these oldest ones of its messages are done with. */
  done(address: BusyAddress, messages: readonly WaitingMessage[]): void {
    const { type, id } = address;
    const { freed, left } = type.backlog.remove(id, messages);
    this.#free(freed);
    type.waiting -= messages.length;
    if (left > 0) return this.ready(address);
    address.life.to('idle');
    type.active.delete(id);
    this.#count--;
  }

  /** It keeps its messages, and is called no more. */
  park(address: BusyAddress): void {
    const { type, id } = address;
    address.life.to('parked');
    type.blocked++;
    type.troubles.note(address);
    this.#free(type.backlog.bytes(id));
    type.backlog.page(id);
    this.#count--;
  }

  /** It was parked, and is called again, as if nothing had failed. */
  release(address: BusyAddress): void {
    const { type, id } = address;
    type.blocked--;
    this.#count++;
    this.#take(type.backlog.bytes(id));
    address.forgive();
    type.troubles.note(address);
    address.isolates = false;
    address.batchMax = type.descriptor.maxBatch;
    this.ready(address);
  }

  /** It was when the checkpoint was taken. */
  #keepParked(type: FunctionTypeState, id: string, trouble: Trouble): void {
    type.active.set(id, new ActiveAddress(type, id, type.descriptor.maxBatch, this.options.observer, trouble));
    type.blocked++;
  }

  /** An address without messages has one. */
  #wake(type: FunctionTypeState, id: string, trouble?: Trouble): void {
    const address = new ActiveAddress(type, id, type.descriptor.maxBatch, this.options.observer, trouble);
    type.active.set(id, address);
    this.#count++;
    type.endpoint.add(address);
  }

  #take(bytes: number): void {
    const { budget, clock } = this.options;
    if (!budget.take(bytes)) return;
    if (this.#isTold && clock.now() - this.#freeSinceMs < TOLD_AGAIN_AFTER_MS) return;
    this.#isTold = true;
    this.#tellOfSpentBudget();
  }

  #free(bytes: number): void {
    const { budget, clock } = this.options;
    const wasSpent = budget.isSpent;
    budget.free(bytes);
    if (wasSpent && !budget.isSpent) this.#freeSinceMs = clock.now();
  }

  #tellOfSpentBudget(): void {
    const { types, budget, warn } = this.options;
    let largest = { what: '', bytes: 0 };
    for (const { descriptor, backlog, active } of types.values())
      for (const [id, bytes] of backlog.all())
        if (bytes > largest.bytes && !isParked(active.get(id)))
          largest = { what: `${descriptor.type} of ${JSON.stringify(id)}`, bytes };
    warn(
      `${budget.used} bytes of messages wait for functions, more than settings.memory.functions: ` +
        `nothing comes in until some are delivered. Most of them, ${largest.bytes} bytes, are for ${largest.what}.`,
    );
  }
}

function isParked(address: BusyAddress | undefined): boolean {
  return address?.life.state === 'parked';
}
